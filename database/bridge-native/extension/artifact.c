/* Reading an artifact: the prefix, and of the header what is used here. See compute/engine/src/artifact.ts. */
#include "models.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "pgml.h"

#define MAGIC "PGMLMODL"
#define FORMAT_VERSION 1
#define PREFIX_BYTES 24

void
pgml_unusable_model(const char *format,...)
{
	StringInfoData reason;
	int			needed;

	initStringInfo(&reason);
	do
	{
		va_list		arguments;

		va_start(arguments, format);
		needed = appendStringInfoVA(&reason, format, arguments);
		va_end(arguments);
		if (needed > 0)
			enlargeStringInfo(&reason, needed);
	} while (needed > 0);
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg_internal("not a usable model: %s", reason.data)));
}

static uint32
word_at(const char *bytes, int offset)
{
	uint32		word;

	memcpy(&word, bytes + offset, sizeof(word));
	return word;
}

void
pgml_locate_block(const char *artifact, size_t bytes, uint32 *block, uint32 *block_bytes)
{
	uint32		version;
	uint32		header_bytes;

	if (bytes < strlen(MAGIC) || memcmp(artifact, MAGIC, strlen(MAGIC)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("not a usable model: it does not begin as one"),
				 errhint("Models of PostgresML itself cannot be read; train them again.")));
	if (bytes < PREFIX_BYTES)
		pgml_unusable_model("only %zu bytes of it are there", bytes);
	version = word_at(artifact, 8);
	if (version != FORMAT_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("not a usable model: its format has version %u, expected was version %d", version, FORMAT_VERSION),
				 version > FORMAT_VERSION ? errhint("It was made by a newer pgml; upgrade this one.") :
				 errhint("Train the model again.")));
	header_bytes = word_at(artifact, 12);
	*block = word_at(artifact, 16);
	*block_bytes = word_at(artifact, 20);
	if ((uint64) *block + *block_bytes != bytes)
		pgml_unusable_model("it should have " UINT64_FORMAT " bytes but has %zu", (uint64) *block + *block_bytes, bytes);
	if (*block < (uint64) PREFIX_BYTES + header_bytes)
		pgml_unusable_model("its block begins at byte %u within a header of %u bytes", *block, header_bytes);
}

static void
faulty_header(const char *key)
{
	pgml_unusable_model("\"%s\" is missing from its header or wrong", key);
}

/* The value of a key if it has the type that is wanted, else NULL. */
static JsonbValue *
field(JsonbContainer *object, const char *key, enum jbvType type)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, key, strlen(key), NULL);

	return value != NULL && value->type == type ? value : NULL;
}

static char *
text_field(JsonbContainer *object, const char *key, const char *blamed)
{
	JsonbValue *value = field(object, key, jbvString);

	if (value == NULL)
		faulty_header(blamed);
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* The array under a key, or NULL if it is absent and that is allowed. */
static JsonbContainer *
array_field(JsonbContainer *object, const char *key, bool optional, const char *blamed)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, key, strlen(key), NULL);

	if (value == NULL && optional)
		return NULL;
	if (value == NULL || value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		faulty_header(blamed);
	return value->val.binary.data;
}

static JsonbContainer *
object_in(JsonbContainer *array, int index, const char *blamed)
{
	JsonbValue *value = getIthJsonbValueFromContainer(array, index);

	if (value == NULL || value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		faulty_header(blamed);
	return value->val.binary.data;
}

/* A number of the header that is whole and between `least` and `most`. */
static double
whole_field(JsonbContainer *object, const char *key, double least, double most, const char *blamed)
{
	JsonbValue *value = field(object, key, jbvNumeric);
	double		number;

	if (value == NULL)
		faulty_header(blamed);
	number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
	if (!(number >= least && number <= most && number == floor(number)))
		faulty_header(blamed);
	return number;
}

static void
read_feature(JsonbContainer *object, Feature *feature)
{
	JsonbContainer *categories = array_field(object, "categories", true, "features");

	feature->name = text_field(object, "name", "features");
	feature->width = (int) whole_field(object, "width", 1, PG_INT32_MAX, "features");
	feature->category_count = -1;
	if (categories == NULL)
		return;
	feature->category_count = JsonContainerSize(categories);
	feature->categories = palloc(sizeof(char *) * Max(feature->category_count, 1));
	for (int i = 0; i < feature->category_count; i++)
	{
		JsonbValue *category = getIthJsonbValueFromContainer(categories, i);

		if (category->type != jbvString)
			faulty_header("features");
		feature->categories[i] = pnstrdup(category->val.string.val, category->val.string.len);
	}
}

/* Between header and block lie the sections that the header lists, each at a multiple of 16, and nothing else. */
static void
check_sections(const char *artifact, JsonbContainer *root)
{
	JsonbContainer *sections = array_field(root, "sections", true, "sections");
	uint64		end = ((uint64) PREFIX_BYTES + word_at(artifact, 12) + 15) / 16 * 16;
	uint32		block = word_at(artifact, 16);

	for (int i = 0; sections != NULL && i < JsonContainerSize(sections); i++)
	{
		JsonbContainer *section = object_in(sections, i, "sections");
		char	   *type = text_field(section, "type", "sections");
		uint64		length = whole_field(section, "length", 0, PG_UINT32_MAX, "sections");

		if (strcmp(type, "float64") != 0 && strcmp(type, "float32") != 0 && strcmp(type, "int32") != 0)
			faulty_header("sections");
		end = (end + length * (strcmp(type, "float64") == 0 ? 8 : 4) + 15) / 16 * 16;
	}
	if (block != end)
		pgml_unusable_model("its block begins at byte %u, its header and sections end at " UINT64_FORMAT, block, end);
}

/* The header, which is an error of the model if it is not JSON. */
static Jsonb *
parse_header(const char *artifact)
{
	MemoryContext caller = CurrentMemoryContext;
	char	   *json = pnstrdup(artifact + PREFIX_BYTES, word_at(artifact, 12));
	Jsonb	   *volatile parsed = NULL;

	PG_TRY();
	{
		char	   *text = pg_any_to_server(json, strlen(json), PG_UTF8);

		parsed = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
		if (text != json)
			pfree(text);
	}
	PG_CATCH();
	{
		if (ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		pgml_unusable_model("its header is not JSON");
	}
	PG_END_TRY();
	pfree(json);
	return parsed;
}

void
pgml_read_header(const char *artifact, ModelHeader *header)
{
	Jsonb	   *parsed = parse_header(artifact);
	JsonbContainer *root = &parsed->root;
	JsonbContainer *features;
	JsonbContainer *labels;
	char	   *missing;

	if (!JB_ROOT_IS_OBJECT(parsed))
		faulty_header("kind");
	check_sections(artifact, root);
	header->kind = text_field(root, "kind", "kind");
	header->task = text_field(root, "task", "task");
	header->algorithm = text_field(root, "algorithm", "algorithm");

	features = array_field(root, "features", false, "features");
	header->feature_count = JsonContainerSize(features);
	header->features = palloc(sizeof(Feature) * Max(header->feature_count, 1));
	for (int i = 0; i < header->feature_count; i++)
		read_feature(object_in(features, i, "features"), &header->features[i]);

	labels = array_field(root, "labels", false, "labels");
	header->class_count = -1;
	if (JsonContainerSize(labels) > 0)
	{
		JsonbContainer *classes = array_field(object_in(labels, 0, "labels"), "classes", true, "labels");

		if (classes != NULL)
			header->class_count = JsonContainerSize(classes);
	}

	missing = text_field(root, "missing", "missing");
	header->learns_missing = strcmp(missing, "learn") == 0;
	if (!header->learns_missing && strcmp(missing, "refuse") != 0)
		faulty_header("missing");

	pfree(parsed);
}
