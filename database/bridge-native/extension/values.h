/* Arguments of SQL functions as frames hold them, and back. */
#ifndef PGML_VALUES_H
#define PGML_VALUES_H

#include "channel.h"

typedef struct FrameText
{
	const char *text;
	size_t		length;
} FrameText;

/* A text argument that must not be NULL. */
FrameText	method_argument(FunctionCallInfo fcinfo, int number);

/* A jsonb argument as JSON; NULL is JSON's null. */
FrameText	jsonb_argument(FunctionCallInfo fcinfo, int number);

Datum		jsonb_from_frame(const char *json, size_t length);

#endif
