/*
 * The ensemble as one would write it by hand in C for one model: what the extension's evaluator is compared with. Reads
 * the evaluator block of complete trees from a file (compute/kernels/assembly/evaluate/trees.ts says how it is laid out),
 * trusts it, and knows no missing values.
 */
#include "postgres.h"

#include "fmgr.h"
#include "storage/fd.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_MODULE_MAGIC;

typedef struct
{
	uint32		offset;			/* of the feature in the row, in bytes */
	float4		threshold;
} Test;

static char *trees;
static uint32 tree_count;
static uint32 levels;

PG_FUNCTION_INFO_V1(c_load);
PG_FUNCTION_INFO_V1(c_predict);
PG_FUNCTION_INFO_V1(c_predict_plainly);
PG_FUNCTION_INFO_V1(c_pack);

Datum
c_load(PG_FUNCTION_ARGS)
{
	char	   *path = text_to_cstring(PG_GETARG_TEXT_PP(0));
	FILE	   *file = AllocateFile(path, "rb");
	long		length;
	char	   *block;
	uint32	   *words;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read %s: %m", path)));
	rewind(file);
	block = MemoryContextAlloc(TopMemoryContext, length);
	if (fread(block, 1, length, file) != (size_t) length)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read %s: %m", path)));
	FreeFile(file);
	words = (uint32 *) block;
	tree_count = words[6];
	levels = words[8];
	trees = block + words[9];
	PG_RETURN_VOID();
}

static inline uint32
step(const Test *tests, uint32 at, const char *row)
{
	return 2 * at + (*(const float4 *) (row + tests[at].offset) >= tests[at].threshold);
}

/* Walks are chains of loads that depend on each other, so four trees are walked at once. */
Datum
c_predict(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	const char *row = ARR_DATA_PTR(array);
	size_t		tree_bytes = (size_t) 12 << levels;
	uint32		leaf = 1 << levels;
	float4		sum = 0;

	for (uint32 tree = 0; tree + 4 <= tree_count; tree += 4)
	{
		const Test *tests[4];
		uint32		at[4] = {1, 1, 1, 1};

		for (int walk = 0; walk < 4; walk++)
			tests[walk] = (const Test *) (trees + (tree + walk) * tree_bytes);
		for (uint32 level = 0; level < levels; level++)
			for (int walk = 0; walk < 4; walk++)
				at[walk] = step(tests[walk], at[walk], row);
		for (int walk = 0; walk < 4; walk++)
			sum += ((const float4 *) (tests[walk] + leaf))[at[walk] - leaf];
	}
	PG_RETURN_FLOAT4(sum);
}

/* Tree by tree, as one writes it first. */
Datum
c_predict_plainly(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	const char *row = ARR_DATA_PTR(array);
	size_t		tree_bytes = (size_t) 12 << levels;
	uint32		leaf = 1 << levels;
	float4		sum = 0;

	for (uint32 tree = 0; tree < tree_count; tree++)
	{
		const Test *tests = (const Test *) (trees + tree * tree_bytes);
		uint32		at = 1;

		for (uint32 level = 0; level < levels; level++)
			at = step(tests, at, row);
		sum += ((const float4 *) (tests + leaf))[at - leaf];
	}
	PG_RETURN_FLOAT4(sum);
}

/* The numbers of a real[] as they lie in memory: what a call of the runtime's method predict takes. */
Datum
c_pack(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	int			length = ARR_DIMS(array)[0] * sizeof(float4);
	bytea	   *bytes = palloc(VARHDRSZ + length);

	SET_VARSIZE(bytes, VARHDRSZ + length);
	memcpy(VARDATA(bytes), ARR_DATA_PTR(array), length);
	PG_RETURN_BYTEA_P(bytes);
}
