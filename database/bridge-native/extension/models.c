/* Mapping models into this backend, checked, and unmapping those used longest ago. */
#include "models.h"

#include <sys/mman.h>
#include <unistd.h>

#include "storage/fd.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "deployments.h"
#include "pgml.h"

#define SCRATCH_ROWS 64
#define MOST_SLICE_ROWS 1024
/* Rows of many features go in smaller slices, so that they stay in the processor's cache. */
#define SLICE_BYTES (256 * 1024)

static dlist_head mapped = DLIST_STATIC_INIT(mapped);
static int	mapped_count = 0;
static int	most_mapped = 64;

void
pgml_models_init(void)
{
	DefineCustomIntVariable("pgml.mapped_models",
							"Models that one session keeps ready at a time.",
							"The model used longest ago makes room for a new one. Files of models are shared by all sessions.",
							&most_mapped, 64, 1, 65536, PGC_USERSET, 0, NULL, NULL, NULL);
}

Model *
pgml_mapped_model(const uint8 *digest)
{
	dlist_iter	iterator;

	dlist_foreach(iterator, &mapped)
	{
		Model	   *model = dlist_container(Model, node, iterator.cur);

		if (memcmp(model->digest, digest, DIGEST_BYTES) == 0)
		{
			dlist_move_head(&mapped, &model->node);
			return model;
		}
	}
	return NULL;
}

/* Answers point to models, so they go with the first of them. */
static void
make_room(void)
{
	while (mapped_count >= most_mapped)
	{
		Model	   *oldest = dlist_container(Model, node, dlist_tail_node(&mapped));

		pgml_drop_answers();
		dlist_delete(&oldest->node);
		mapped_count--;
		MemoryContextDelete(oldest->context);
	}
}

/* Runs when the context of a model goes. */
static void
unmap(void *memory)
{
	wasm_rt_memory_t *mapping = memory;

	if (mapping->data != NULL)
		munmap(mapping->data, mapping->size);
}

/* A model that is no error's to lose: its context goes with the caller's until it is kept. */
static Model *
new_model(const uint8 *digest)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "pgml model", ALLOCSET_SMALL_SIZES);
	Model	   *model = MemoryContextAllocZero(context, sizeof(Model));
	MemoryContextCallback *callback = MemoryContextAllocZero(context, sizeof(MemoryContextCallback));

	model->context = context;
	memcpy(model->digest, digest, DIGEST_BYTES);
	model->evaluators.w2c_env_memory = &model->memory;
	callback->func = unmap;
	callback->arg = &model->memory;
	MemoryContextRegisterResetCallback(context, callback);
	return model;
}

/* A word of the artifact's prefix or of its block. */
static uint32
word_of(const char *words, int index)
{
	uint32		word;

	memcpy(&word, words + 4 * index, sizeof(word));
	return word;
}

/*
 * Lays the memory out, and maps it: the bytes of the artifact from the file, or from `artifact` if there is no file,
 * then empty pages.
 */
static void
map_memory(Model *model, int file, const char *artifact, size_t bytes, const char *block, uint32 block_bytes)
{
	uint64		page = sysconf(_SC_PAGESIZE);
	uint64		features = word_of(block, 1);
	uint64		outputs = word_of(block, 2);
	uint64		classes = word_of(block, 4);
	uint64		slice = Min(Max(SLICE_BYTES / (4 * Max(features, 1)), 1), MOST_SLICE_ROWS);
	uint64		scratch = (bytes + page - 1) / page * page;
	uint64		rows = scratch + 8 * SCRATCH_ROWS * outputs;
	uint64		answers = rows + 4 * slice * features;
	uint64		end = answers + 4 * slice * Max(classes, 1);
	void	   *data;

	/* Checking the block takes one byte for 16 of it, in the place of the scratch space. */
	end = Max(end, scratch + block_bytes / 16);
	end = (end + page - 1) / page * page;
	if (end > PG_UINT32_MAX)
		pgml_unusable_model("it needs " UINT64_FORMAT " bytes of memory, the most are %u", end, PG_UINT32_MAX);

	data = mmap(NULL, end, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory: a model of " UINT64_FORMAT " bytes does not fit: %m", end),
				 errhint("Lower pgml.mapped_models, which keeps that many models ready in each session.")));
	model->memory.data = data;
	model->memory.size = end;
	if (file < 0)
		memcpy(data, artifact, bytes);
	else if (mmap(data, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file, 0) == MAP_FAILED)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not map a model's file: %m")));

	model->features = features;
	model->classes = classes;
	model->slice = slice;
	model->scratch = scratch;
	model->rows = rows;
	model->answers = answers;
}

/*
 * A bit for each decision that gives probabilities (see compute/kernels/assembly/evaluate/decision.ts): logistic, softmax,
 * one versus rest, shares, clipped, pairwise coupling, Laplace, neighbour vote.
 */
#define PROBABLE_DECISIONS \
	(1 << 1 | 1 << 2 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 11 | 1 << 14)

#define ONE_VERSUS_ONE 9

/* The codes of compute/kernels/assembly/evaluate/check.ts. */
static const char *const block_faults[] = {
	NULL,
	"it is shorter than its header",
	"it is of no known kind",
	"it has no known decision",
	"it has no features or no outputs",
	"its classes do not go with its outputs and its decision",
	"an array of it lies outside",
	"its trees have too many levels",
	"a test of its trees is on a feature that is not there",
	"a node of its trees lies outside",
	"a leaf of its trees can be left",
	"a node of its trees leads back",
	"its leaf table does not go with its outputs",
	"a row of its leaf table lies outside",
	"a set of categories of its trees lies outside",
	"its neighbours cannot be searched",
	"its decision does not go with its kind",
	"it has no known kernel function",
	"the program of its kernel is not valid",
	"its scores do not go with its outputs and its decision",
	"a model of it is not one, or lies outside"
};

static void
check_model(Model *model, uint32 block_bytes)
{
	ModelHeader *header = &model->header;
	static const char *const kinds[] = {"", "linear", "trees", "centroids", "kernel", "neighbours", "joint"};
	uint32		fault = w2c_evaluate_check(&model->evaluators, model->block, block_bytes, model->scratch);
	uint32		decision;
	int64		width = 0;
	const char *kind;

	if (fault != 0)
		pgml_unusable_model("not a valid model block: %s", block_faults[fault]);
	for (int i = 0; i < header->feature_count; i++)
		width += header->features[i].width;
	kind = kinds[word_of((char *) model->memory.data + model->block, 0)];
	if (strcmp(kind, header->kind) != 0 || width != model->features)
		pgml_unusable_model("its header describes %s over " INT64_FORMAT " features, its block %s over %d",
							header->kind, width, kind, model->features);
	if (header->class_count >= 0 && header->class_count != model->classes)
		pgml_unusable_model("its header describes %d classes, its block %d", header->class_count, model->classes);
	decision = word_of((char *) model->memory.data + model->block, 3);
	model->has_probabilities = (PROBABLE_DECISIONS >> decision & 1) != 0;
	model->votes = decision == ONE_VERSUS_ONE;
}

/* The rest, for the bytes of a file (mapped at `artifact`) or in private memory. */
static Model *
load(const uint8 *digest, int file, const char *artifact, size_t bytes)
{
	Model	   *model = new_model(digest);
	MemoryContext before;
	uint32		block_bytes;

	pgml_locate_block(artifact, bytes, &model->block, &block_bytes);
	if (block_bytes < 64)
		pgml_unusable_model("not a valid model block: %s", block_faults[1]);
	map_memory(model, file, artifact, bytes, artifact + model->block, block_bytes);
	before = MemoryContextSwitchTo(model->context);
	pgml_read_header(artifact, &model->header);
	MemoryContextSwitchTo(before);
	check_model(model, block_bytes);

	make_room();
	MemoryContextSetParent(model->context, TopMemoryContext);
	dlist_push_head(&mapped, &model->node);
	mapped_count++;
	return model;
}

/* Whether a file has all of the artifact's bytes: something else than this extension may have cut it. */
static bool
is_whole(const char *artifact, size_t bytes)
{
	uint32		block = bytes < 24 ? 0 : word_of(artifact, 4);
	uint32		block_bytes = bytes < 24 ? 0 : word_of(artifact, 5);

	return block > 0 && (uint64) block + block_bytes == bytes;
}

Model *
pgml_map_model_file(const uint8 *digest)
{
	size_t		bytes;
	int			file = pgml_open_model_file(digest, &bytes);
	char	   *artifact;
	Model	   *model = NULL;

	if (file < 0)
		return NULL;
	/* Only to look at: what is kept is mapped again, with room behind it. */
	artifact = mmap(NULL, bytes, PROT_READ, MAP_SHARED, file, 0);
	if (artifact == MAP_FAILED)
	{
		CloseTransientFile(file);
		return NULL;
	}
	PG_TRY();
	{
		if (is_whole(artifact, bytes))
			model = load(digest, file, artifact, bytes);
		else
			pgml_remove_model_file(digest);
	}
	PG_FINALLY();
	{
		munmap(artifact, bytes);
	}
	PG_END_TRY();
	CloseTransientFile(file);
	return model;
}

Model *
pgml_map_artifact(const uint8 *digest, const char *artifact, size_t bytes)
{
	uint32		block;
	uint32		block_bytes;

	pgml_locate_block(artifact, bytes, &block, &block_bytes);
	if (pgml_store_model_file(digest, artifact, bytes))
	{
		Model	   *model = pgml_map_model_file(digest);

		if (model != NULL)
			return model;
	}
	return load(digest, -1, artifact, bytes);
}
