/* pgml_bridge.call: one exchange with the runtime. */
#include "channel.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "values.h"

PG_FUNCTION_INFO_V1(pgml_call);

static void
send_call(uint32 id, FunctionCallInfo fcinfo)
{
	FrameText	method = method_argument(fcinfo, 0);
	FrameText	request = jsonb_argument(fcinfo, 1);
	bytea	   *payload = PG_ARGISNULL(2) ? NULL : PG_GETARG_BYTEA_PP(2);

	frame_begin(FRAME_CALL, id);
	frame_put_uint32(method.length);
	frame_put_uint32(request.length);
	frame_put_uint32(payload ? VARSIZE_ANY_EXHDR(payload) : ABSENT);
	frame_put(method.text, method.length);
	frame_put(request.text, request.length);
	if (payload)
		frame_put(VARDATA_ANY(payload), VARSIZE_ANY_EXHDR(payload));
	frame_end();
	channel_flush();
}

static Datum
composite_of(FunctionCallInfo fcinfo, Frame *frame)
{
	FrameReader reader = frame_reader(frame);
	uint32		response_length = read_uint32(&reader);
	uint32		result_length = read_uint32(&reader);
	Datum		values[2];
	bool		nulls[2] = {false, result_length == ABSENT};
	TupleDesc	description;

	if (get_call_result_type(fcinfo, NULL, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "pgml_bridge.call must return a record");
	values[0] = jsonb_from_frame(read_bytes(&reader, response_length), response_length);
	if (result_length != ABSENT)
	{
		const char *result = read_bytes(&reader, result_length);

		if (result_length > MaxAllocSize - VARHDRSZ)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the runtime's result of %u bytes is larger than a bytea can be", result_length)));
		values[1] = PointerGetDatum(cstring_to_text_with_len(result, result_length));
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls));
}

Datum
pgml_call(PG_FUNCTION_ARGS)
{
	Exchange   *exchange = exchange_begin();
	Datum		answer = 0;

	PG_TRY();
	{
		send_call(exchange_id(exchange), fcinfo);
		answer = composite_of(fcinfo, exchange_next(exchange));
	}
	PG_FINALLY();
	{
		exchange_release(exchange);
	}
	PG_END_TRY();
	PG_RETURN_DATUM(answer);
}
