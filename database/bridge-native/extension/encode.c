/*
 * A row of SQL, as jsonb, turned into a model's features. What is accepted, and every error, is as
 * compute/engine/src/encode.ts says.
 */
#include "models.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "deployments.h"
#include "pgml.h"

PG_FUNCTION_INFO_V1(pgml_encode);

/* Writes a number as JavaScript does: shortest digits, an exponent from 1e21 on and below 1e-6. */
static void
append_number(StringInfo out, double number)
{
	char		shortest[DOUBLE_SHORTEST_DECIMAL_LEN];
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];
	int			count = 0;
	int			point = 0;		/* the value is 0.digits times ten to this power */
	bool		fraction = false;

	if (number < 0)
		appendStringInfoChar(out, '-');
	number = fabs(number);
	if (number == 0 || isinf(number))
	{
		appendStringInfoString(out, number == 0 ? "0" : "Infinity");
		return;
	}
	double_to_shortest_decimal_buf(number, shortest);
	for (char *at = shortest; *at != '\0'; at++)
	{
		if (*at == '.')
			fraction = true;
		else if (*at == 'e')
		{
			point += atoi(at + 1);
			break;
		}
		else if (count == 0 && *at == '0')
			point -= fraction ? 1 : 0;
		else
		{
			digits[count++] = *at;
			point += fraction ? 0 : 1;
		}
	}
	while (count > 1 && digits[count - 1] == '0')
		count--;

	if (point > 21 || point <= -6)
	{
		appendStringInfoChar(out, digits[0]);
		if (count > 1)
			appendStringInfo(out, ".%.*s", count - 1, digits + 1);
		appendStringInfo(out, "e%c%d", point > 0 ? '+' : '-', abs(point - 1));
	}
	else if (point <= 0)
		appendStringInfo(out, "0.%.*s%.*s", -point, "00000", count, digits);
	else if (point >= count)
	{
		appendBinaryStringInfo(out, digits, count);
		for (int zero = count; zero < point; zero++)
			appendStringInfoChar(out, '0');
	}
	else
		appendStringInfo(out, "%.*s.%.*s", point, digits, count - point, digits + point);
}

static double
number_of(JsonbValue *value)
{
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
}

static void append_json(StringInfo out, JsonbValue *value);

static void
append_container(StringInfo out, JsonbContainer *container)
{
	JsonbIterator *iterator = JsonbIteratorInit(container);
	JsonbIteratorToken token;
	JsonbValue	value;
	bool		first = true;

	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_BEGIN_OBJECT || token == WJB_BEGIN_ARRAY)
			appendStringInfoChar(out, token == WJB_BEGIN_OBJECT ? '{' : '[');
		else if (token == WJB_END_OBJECT || token == WJB_END_ARRAY)
			appendStringInfoChar(out, token == WJB_END_OBJECT ? '}' : ']');
		else
		{
			if (token != WJB_VALUE && !first)
				appendStringInfoChar(out, ',');
			append_json(out, &value);
			if (token == WJB_KEY)
				appendStringInfoChar(out, ':');
			first = false;
		}
	}
}

/* As JSON.stringify. */
static void
append_json(StringInfo out, JsonbValue *value)
{
	if (value->type == jbvNull)
		appendStringInfoString(out, "null");
	else if (value->type == jbvBool)
		appendStringInfoString(out, value->val.boolean ? "true" : "false");
	else if (value->type == jbvString)
		escape_json(out, pnstrdup(value->val.string.val, value->val.string.len));
	else if (value->type == jbvNumeric)
		append_number(out, number_of(value));
	else
		append_container(out, value->val.binary.data);
}

/* A value as the user would write it, cut after 57 UTF-16 units if it has more than 60, for error messages. */
static char *
quote(JsonbValue *value)
{
	StringInfoData text;
	int			units = 0;
	int			cut = -1;

	initStringInfo(&text);
	append_json(&text, value);
	for (int at = 0; at < text.len;)
	{
		int			bytes = pg_mblen(text.data + at);
		int			taken = GetDatabaseEncoding() == PG_UTF8 && bytes == 4 ? 2 : 1;

		if (cut < 0 && units + taken > 57)
			cut = at;
		units += taken;
		at += bytes;
	}
	return units > 60 ? psprintf("%.*s...", cut, text.data) : text.data;
}

static JsonbValue *
field(JsonbContainer *row, const char *name)
{
	return getKeyJsonValueFromContainer(row, name, strlen(name), NULL);
}

static char *
feature_names(const ModelHeader *header)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < header->feature_count; i++)
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "", header->features[i].name);
	return names.data;
}

#define MISSING_SHOWN 5

static void __attribute__((__noreturn__))
refuse_missing_fields(const ModelHeader *header, JsonbContainer *row)
{
	StringInfoData names;
	int			missing = 0;

	initStringInfo(&names);
	for (int i = 0; i < header->feature_count; i++)
	{
		if (field(row, header->features[i].name) != NULL)
			continue;
		if (missing < MISSING_SHOWN)
			appendStringInfo(&names, "%s\"%s\"", missing > 0 ? ", " : "", header->features[i].name);
		missing++;
	}
	if (missing > MISSING_SHOWN)
		appendStringInfo(&names, " and %d more", missing - MISSING_SHOWN);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the row has no field %s", names.data),
			 errhint("The model was trained on: %s.", feature_names(header))));
}

/* The value of each feature: by its name, or by the names f1, f2, … of an anonymous record, in order. */
static JsonbValue **
values_in_order(const ModelHeader *header, JsonbContainer *row)
{
	JsonbValue **values = palloc(sizeof(JsonbValue *) * Max(header->feature_count, 1));
	int			fields = JsonContainerSize(row);
	bool		named = true;
	bool		anonymous = fields > 0;
	char		name[16];

	for (int i = 0; i < header->feature_count && named; i++)
		named = (values[i] = field(row, header->features[i].name)) != NULL;
	if (named)
		return values;
	for (int i = 0; i < fields && anonymous; i++)
	{
		snprintf(name, sizeof(name), "f%d", i + 1);
		anonymous = field(row, name) != NULL;
	}
	if (!anonymous)
		refuse_missing_fields(header, row);
	if (fields != header->feature_count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the row has %d fields, but the model was trained on %d", fields, header->feature_count),
				 errhint("Give in this order: %s.", feature_names(header))));
	for (int i = 0; i < fields; i++)
	{
		snprintf(name, sizeof(name), "f%d", i + 1);
		values[i] = field(row, name);
	}
	return values;
}

static bool
is_space(char letter)
{
	return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

static const char *
skip_digits(const char *at)
{
	while (*at >= '0' && *at <= '9')
		at++;
	return at;
}

/* Whether a text is a number as to_jsonb writes those of any type, or as a literal without a type. */
static bool
is_numeric(const char *at)
{
	const char *start;

	while (is_space(*at))
		at++;
	if (*at == '+' || *at == '-')
		at++;
	start = at;
	at = skip_digits(at);
	if (*at == '.')
	{
		const char *fraction = at + 1;

		at = skip_digits(fraction);
		if (at == fraction && fraction == start + 1)
			return false;
	}
	else if (at == start)
		return false;
	if (*at == 'e' || *at == 'E')
	{
		at++;
		if (*at == '+' || *at == '-')
			at++;
		start = at;
		at = skip_digits(at);
		if (at == start)
			return false;
	}
	while (is_space(*at))
		at++;
	return *at == '\0';
}

static double
as_number(const Feature *feature, JsonbValue *value)
{
	if (value->type == jbvNull)
		return get_float8_nan();
	if (value->type == jbvNumeric)
		return number_of(value);
	if (value->type == jbvBool)
		return value->val.boolean ? 1 : 0;
	if (value->type == jbvString)
	{
		char	   *text = pnstrdup(value->val.string.val, value->val.string.len);

		if (strcmp(text, "NaN") == 0)
			return get_float8_nan();
		if (strcmp(text, "Infinity") == 0)
			return get_float8_infinity();
		if (strcmp(text, "-Infinity") == 0)
			return -get_float8_infinity();
		if (is_numeric(text))
			return strtod(text, NULL);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("feature \"%s\" is a number, but %s was given", feature->name, quote(value))));
}

/* Text: the number of its category, 0 for NULL, NaN for a category that the fit has not seen. */
static double
category_code(const Feature *feature, JsonbValue *value)
{
	if (value->type == jbvNull)
		return 0;
	if (value->type != jbvString)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("feature \"%s\" is text, but %s was given", feature->name, quote(value)),
				 errhint("Cast it to text.")));
	for (int i = 0; i < feature->category_count; i++)
		if (strlen(feature->categories[i]) == value->val.string.len &&
			memcmp(feature->categories[i], value->val.string.val, value->val.string.len) == 0)
			return i + 1;
	return get_float8_nan();
}

static bool
is_array(JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data);
}

/* The elements of an array, and of arrays in it, behind those that `elements` has already. */
static List *
flatten(JsonbContainer *array, List *elements)
{
	for (int i = 0; i < JsonContainerSize(array); i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(array, i);

		if (is_array(element))
			elements = flatten(element->val.binary.data, elements);
		else
			elements = lappend(elements, element);
	}
	return elements;
}

/* Writes the feature's values. */
static void
encode_feature(const Feature *feature, JsonbValue *value, double *numbers)
{
	List	   *elements;
	ListCell   *cell;

	if (feature->category_count >= 0)
	{
		numbers[0] = category_code(feature, value);
		return;
	}
	if (feature->width == 1 && !is_array(value))
	{
		numbers[0] = as_number(feature, value);
		return;
	}
	if (!is_array(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("feature \"%s\" must be an array of %d numbers, not %s", feature->name, feature->width, quote(value))));
	elements = flatten(value->val.binary.data, NIL);
	if (list_length(elements) != feature->width)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("Mismatched array length for feature `%s`. Expected: %d Received: %d",
						feature->name, feature->width, list_length(elements))));
	foreach(cell, elements)
		*numbers++ = as_number(feature, lfirst(cell));
}

#define CATEGORIES_SHOWN 20

static void __attribute__((__noreturn__))
refuse_value(const ModelHeader *header, const Feature *feature, JsonbValue *value, float4 number)
{
	if (feature->category_count >= 0)
	{
		StringInfoData known;

		initStringInfo(&known);
		for (int i = 0; i < feature->category_count && i < CATEGORIES_SHOWN; i++)
			appendStringInfo(&known, "%s\"%s\"", i > 0 ? ", " : "", feature->categories[i]);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("feature \"%s\" has the value %s, which was not among the training rows", feature->name, quote(value)),
				 errhint("The model knows: %s%s.", known.data, feature->category_count > CATEGORIES_SHOWN ? ", …" : "")));
	}
	if (!isnan(number))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("feature \"%s\" is infinite, or beyond the range of the type real", feature->name),
				 errhint("Replace such values, or bound them with LEAST and GREATEST.")));
	/* Which of the two an element of an array was is not known here. */
	ereport(ERROR,
			(errcode(value->type == jbvNull ? ERRCODE_NULL_VALUE_NOT_ALLOWED : ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("feature \"%s\" is %s, but a model of %s needs all values", feature->name,
					value->type == jbvNull ? "NULL" : "missing (NULL or NaN)", header->algorithm),
			 errhint("Fill the gaps with COALESCE, or train an algorithm that learns from missing values.")));
}

/* The fields of a row, or an error that says what was given instead. */
static JsonbContainer *
fields_of(Jsonb *row)
{
	JsonbValue	whole;
	char	   *given = "an array";

	if (JB_ROOT_IS_OBJECT(row))
		return &row->root;
	if (JB_ROOT_IS_SCALAR(row) && JsonbExtractScalar(&row->root, &whole))
	{
		StringInfoData text;

		initStringInfo(&text);
		append_json(&text, &whole);
		given = text.data;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a row must be a JSON object, not %s", given),
			 errhint("to_jsonb(row) makes one of a row.")));
}

Datum
pgml_encode(PG_FUNCTION_ARGS)
{
	Model	   *model = pgml_model_of_id(fcinfo);
	const ModelHeader *header = &model->header;
	JsonbContainer *row = fields_of(PG_GETARG_JSONB_P(1));
	JsonbValue **values = values_in_order(header, row);
	double	   *numbers = palloc(sizeof(double) * model->features);
	Datum	   *encoded = palloc(sizeof(Datum) * model->features);
	int			at = 0;

	for (int i = 0; i < header->feature_count; i++)
	{
		const Feature *feature = &header->features[i];

		encode_feature(feature, values[i], numbers);
		for (int element = 0; element < feature->width; element++)
		{
			float4		number = (float4) numbers[element];

			if (isnan(number) ? !header->learns_missing : isinf(number))
				refuse_value(header, feature, values[i], number);
			encoded[at++] = Float4GetDatum(number);
		}
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(encoded, at, FLOAT4OID, sizeof(float4), true, TYPALIGN_INT));
}
