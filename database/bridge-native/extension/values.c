/* Arguments of SQL functions as frames hold them, and back. */
#include "values.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"

FrameText
method_argument(FunctionCallInfo fcinfo, int number)
{
	FrameText	method;
	text	   *argument;

	if (PG_ARGISNULL(number))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the method of a call must not be NULL")));
	argument = PG_GETARG_TEXT_PP(number);
	method.length = VARSIZE_ANY_EXHDR(argument);
	method.text = text_to_frame(VARDATA_ANY(argument), &method.length);
	return method;
}

FrameText
jsonb_argument(FunctionCallInfo fcinfo, int number)
{
	FrameText	json = {"null", 4};
	Jsonb	   *argument;

	if (PG_ARGISNULL(number))
		return json;
	argument = PG_GETARG_JSONB_P(number);
	json.text = JsonbToCString(NULL, &argument->root, VARSIZE(argument));
	json.length = strlen(json.text);
	json.text = text_to_frame(json.text, &json.length);
	return json;
}

Datum
jsonb_from_frame(const char *json, size_t length)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text_from_frame(json, length)));
}
