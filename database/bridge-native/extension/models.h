/*
 * Models in the memory of a backend.
 *
 * The evaluators see one memory per model, by offsets from its start:
 *
 *   0         the artifact, its evaluator block at `block`: a private mapping of a file that all backends share, so its
 *             pages are shared as long as nobody writes there, and the evaluators do not
 *   scratch   from the next page on: f64[min(count, 64)][outputs] for the evaluators
 *   rows      f32[slice][features], what is to be predicted
 *   answers   f32[slice][max(classes, 1)], what was predicted
 *
 * The bounds that the evaluators check are those of the whole, so that they can hurt nothing else.
 */
#ifndef PGML_MODELS_H
#define PGML_MODELS_H

#include "postgres.h"

#include "lib/ilist.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "generated/evaluate.h"

#define DIGEST_BYTES 32

/* A column that the model was fitted on, as the artifact's header describes it. */
typedef struct Feature
{
	char	   *name;			/* NUL-terminated, in the encoding of the database */
	int			width;			/* values per row */
	int			category_count; /* -1: numbers */
	char	  **categories;		/* of text; the first has the code 1 */
} Feature;

/* What is used of an artifact's header. */
typedef struct ModelHeader
{
	char	   *kind;
	char	   *task;
	char	   *algorithm;
	bool		learns_missing;
	int			feature_count;
	Feature    *features;
	int			class_count;	/* -1: not given */
} ModelHeader;

typedef struct Model
{
	dlist_node	node;			/* among the mapped models, the one used last first */
	uint8		digest[DIGEST_BYTES];	/* SHA-256 of the artifact */
	MemoryContext context;		/* holds all of this; deleting it unmaps the memory */
	wasm_rt_memory_t memory;
	w2c_evaluate evaluators;	/* instance over `memory` */
	ModelHeader header;
	int			features;		/* values per row */
	int			classes;
	bool		has_probabilities;
	bool		votes;			/* of machines for pairs of classes, which could have learned probabilities */
	int			slice;			/* rows that fit at once */
	uint32		block;
	uint32		scratch;
	uint32		rows;
	uint32		answers;
} Model;

/* The mapped model with this digest, or NULL. */
extern Model *pgml_mapped_model(const uint8 *digest);

/* Maps the model in a file, or NULL if there is no such file. */
extern Model *pgml_map_model_file(const uint8 *digest);

/* Stores an artifact as a file and maps that, or keeps it in private memory if it cannot be stored. */
extern Model *pgml_map_artifact(const uint8 *digest, const char *artifact, size_t bytes);

/* model_files.c: artifacts as files, by digest. */

/* An open file and its length, or -1 if there is none. */
extern int	pgml_open_model_file(const uint8 *digest, size_t *bytes);

extern void pgml_remove_model_file(const uint8 *digest);

/* Whether the artifact was stored. It is no error if not: the disk may be full. */
extern bool pgml_store_model_file(const uint8 *digest, const char *artifact, size_t bytes);

/* artifact.c: the bytes that compute/engine/src/artifact.ts describes. */

/* Where the evaluator block lies; raises an error if the bytes are no whole artifact. */
extern void pgml_locate_block(const char *artifact, size_t bytes, uint32 *block, uint32 *block_bytes);

/* Reads the header into the current memory context. */
extern void pgml_read_header(const char *artifact, ModelHeader *header);

/* Raises 'not a usable model: …'. */
extern void pgml_unusable_model(const char *format,...) pg_attribute_printf(1, 2) __attribute__((__noreturn__));

#endif
