/*
 * The fast path: a model and an array in, numbers out. The values go into the model's memory, where an evaluator reads
 * them; nothing is allocated but results.
 */
#include "models.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "deployments.h"
#include "pgml.h"

PG_FUNCTION_INFO_V1(pgml_predict_project);
PG_FUNCTION_INFO_V1(pgml_predict_model);
PG_FUNCTION_INFO_V1(pgml_predict_proba_project);
PG_FUNCTION_INFO_V1(pgml_predict_proba_model);
PG_FUNCTION_INFO_V1(pgml_predict_batch_project);
PG_FUNCTION_INFO_V1(pgml_predict_batch_model);

/* The elements of a real[] where they lie, which may be at any address: short values are not aligned. */
typedef struct Features
{
	int			length;
	const bits8 *nulls;			/* a bit for each element, 0 for NULL; NULL if there are none */
	const char *values;			/* of those that are not NULL, one after the other */
} Features;

/* Fields of ArrayType, from behind the length word: int32 ndim, dataoffset, elemtype, then int32 dimensions. */
static Features
read_features(Datum array)
{
	struct varlena *stored = (struct varlena *) DatumGetPointer(array);
	const char *content;
	int32		dimensions[MAXDIM];
	int32		dimension_count;
	int32		data_offset;
	Features	features;

	if (VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored))
		stored = PG_DETOAST_DATUM(array);
	content = VARDATA_ANY(stored);
	memcpy(&dimension_count, content, sizeof(int32));
	memcpy(&data_offset, content + 4, sizeof(int32));
	memcpy(dimensions, content + 12, sizeof(int32) * dimension_count);
	features.length = ArrayGetNItems(dimension_count, dimensions);
	features.nulls = data_offset == 0 ? NULL : (const bits8 *) content + 12 + 2 * sizeof(int32) * dimension_count;
	/* Offsets in an array count from its length word of 4 bytes. */
	features.values = content - VARHDRSZ + (data_offset == 0 ? ARR_OVERHEAD_NONULLS(dimension_count) : data_offset);
	return features;
}

/* The name of a value of a row: elements of an array are named by their subscript. */
static char *
value_name(const Model *model, int value)
{
	for (int i = 0; i < model->header.feature_count; i++)
	{
		Feature    *feature = &model->header.features[i];

		if (value < feature->width)
			return feature->width == 1 ? feature->name : psprintf("%s[%d]", feature->name, value + 1);
		value -= feature->width;
	}
	return "";
}

#define SHOWN 20

static int
errdetail_features(const Model *model)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int value = 0; value < model->features && value < SHOWN; value++)
		appendStringInfo(&names, "%s%s", value > 0 ? ", " : "", value_name(model, value));
	if (model->features > SHOWN)
		appendStringInfo(&names, " and %d more", model->features - SHOWN);
	return errdetail_internal("The features are: %s.", names.data);
}

static const char *
plural(int count)
{
	return count == 1 ? "" : "s";
}

static void __attribute__((__noreturn__))
refuse_count(const Model *model, int given)
{
	bool		several_rows = given > model->features && given % model->features == 0;

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the model has %d feature%s, but %d were given", model->features, plural(model->features), given),
			 errdetail_features(model),
			 several_rows ? errhint("Use pgml.predict_batch for several rows at once.") :
			 errhint("Give the features in the order of the columns that the model was trained on.")));
}

static void __attribute__((__noreturn__))
refuse_value(const Model *model, int place, float4 value)
{
	int			row = place / model->features;
	char	   *where = row > 0 ? psprintf(" in row %d", row + 1) : "";

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("feature \"%s\" is %s%s, but a model of %s needs finite numbers", value_name(model, place % model->features),
					isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity", where, model->header.algorithm),
			 isnan(value) ? errhint("Replace such values, or train an algorithm that learns from missing values.") :
			 errhint("Replace such values, or bound them with LEAST and GREATEST.")));
}

/*
 * Writes all elements to `target`, NULL as NaN, which only a model that learns from missing values allows.
 */
static void
fill_gaps(const Model *model, const Features *features, char *target)
{
	const float4 missing = get_float4_nan();
	const char *value = features->values;
	int			nulls = 0;

	for (int i = 0; i < features->length; i++)
	{
		bool		is_null = (features->nulls[i / 8] & (1 << (i % 8))) == 0;

		memcpy(target + sizeof(float4) * i, is_null ? (const char *) &missing : value, sizeof(float4));
		if (is_null)
			nulls++;
		else
			value += sizeof(float4);
	}
	if (nulls > 0 && !model->header.learns_missing)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("features must not be NULL for a model of %s, but %d of %d are",
						model->header.algorithm, nulls, features->length),
				 errhint("Fill the gaps with COALESCE, or train an algorithm that learns from missing values.")));
}

/* Infinity is refused as in training, and so is NaN unless the model learned from missing values. */
static void
check_finite(const Model *model, const char *values, int length)
{
	const uint32 exponent = 0x7f800000;
	uint32		odd = 0;

	for (int i = 0; i < length; i++)
	{
		uint32		bits;

		memcpy(&bits, values + sizeof(float4) * i, sizeof(bits));
		odd |= (bits & exponent) == exponent;
	}
	if (likely(!odd))
		return;
	for (int i = 0; i < length; i++)
	{
		float4		value;

		memcpy(&value, values + sizeof(float4) * i, sizeof(value));
		if (isinf(value) || (isnan(value) && !model->header.learns_missing))
			refuse_value(model, i, value);
	}
}

/* Puts one row of checked features into the model's memory. */
static void
set_row(Model *model, Datum array)
{
	Features	features = read_features(array);
	char	   *row = (char *) model->memory.data + model->rows;

	if (features.length != model->features)
		refuse_count(model, features.length);
	if (features.nulls == NULL)
		memcpy(row, features.values, sizeof(float4) * features.length);
	else
		fill_gaps(model, &features, row);
	check_finite(model, row, features.length);
}

static Datum
predict(Model *model, Datum features)
{
	CHECK_FOR_INTERRUPTS();
	set_row(model, features);
	return Float4GetDatum(w2c_evaluate_predictRow(&model->evaluators, model->block, model->rows, model->scratch));
}

/* A real[] of one dimension, or none if it is empty, whose elements are to be written. */
static ArrayType *
new_array(int length, char **elements)
{
	int			dimensions = length > 0 ? 1 : 0;
	Size		bytes = ARR_OVERHEAD_NONULLS(dimensions) + sizeof(float4) * length;
	ArrayType  *array = palloc0(bytes);

	SET_VARSIZE(array, bytes);
	array->ndim = dimensions;
	array->elemtype = FLOAT4OID;
	if (length > 0)
	{
		ARR_DIMS(array)[0] = length;
		ARR_LBOUND(array)[0] = 1;
	}
	*elements = ARR_DATA_PTR(array);
	return array;
}

static Datum
probabilities(Model *model, Datum features)
{
	ArrayType  *result;
	char	   *elements;

	if (!model->has_probabilities)
	{
		if (strcmp(model->header.task, "regression") == 0)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("You can't predict probabilities for a regression model")));
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a %s model of %s has no probabilities", model->header.task, model->header.algorithm),
				 model->votes ?
				 errhint("Train it with the hyperparameter \"probability\" true, or use pgml.predict.") :
				 errhint("Use pgml.predict.")));
	}
	CHECK_FOR_INTERRUPTS();
	set_row(model, features);
	w2c_evaluate_predictProbabilities(&model->evaluators, model->block, model->rows, 1, model->answers, model->scratch);
	result = new_array(model->classes, &elements);
	memcpy(elements, model->memory.data + model->answers, sizeof(float4) * model->classes);
	return PointerGetDatum(result);
}

static Datum
batch(Model *model, Datum array)
{
	Features	features = read_features(array);
	int			row_count = features.length / model->features;
	Size		row_bytes = sizeof(float4) * model->features;
	ArrayType  *result;
	char	   *elements;

	if (features.length % model->features != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d values are no whole number of rows: the model has %d feature%s",
						features.length, model->features, plural(model->features)),
				 errdetail_features(model)));
	if (features.nulls != NULL)
	{
		char	   *filled = palloc(sizeof(float4) * Max(features.length, 1));

		fill_gaps(model, &features, filled);
		features.values = filled;
	}
	check_finite(model, features.values, features.length);
	result = new_array(row_count, &elements);
	for (int row = 0; row < row_count; row += model->slice)
	{
		int			here = Min(model->slice, row_count - row);

		CHECK_FOR_INTERRUPTS();
		memcpy(model->memory.data + model->rows, features.values + row_bytes * row, row_bytes * here);
		w2c_evaluate_predict(&model->evaluators, model->block, model->rows, here, model->answers, model->scratch);
		memcpy(elements + sizeof(float4) * row, model->memory.data + model->answers, sizeof(float4) * here);
	}
	return PointerGetDatum(result);
}

Datum
pgml_predict_project(PG_FUNCTION_ARGS)
{
	return predict(pgml_model_of_project(fcinfo), PG_GETARG_DATUM(1));
}

Datum
pgml_predict_model(PG_FUNCTION_ARGS)
{
	return predict(pgml_model_of_id(fcinfo), PG_GETARG_DATUM(1));
}

Datum
pgml_predict_proba_project(PG_FUNCTION_ARGS)
{
	return probabilities(pgml_model_of_project(fcinfo), PG_GETARG_DATUM(1));
}

Datum
pgml_predict_proba_model(PG_FUNCTION_ARGS)
{
	return probabilities(pgml_model_of_id(fcinfo), PG_GETARG_DATUM(1));
}

Datum
pgml_predict_batch_project(PG_FUNCTION_ARGS)
{
	return batch(pgml_model_of_project(fcinfo), PG_GETARG_DATUM(1));
}

Datum
pgml_predict_batch_model(PG_FUNCTION_ARGS)
{
	return batch(pgml_model_of_id(fcinfo), PG_GETARG_DATUM(1));
}
