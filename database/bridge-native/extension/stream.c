/* pgml_bridge.stream: a set that is returned value by value, as PostgreSQL asks for the next one. */
#include "channel.h"

#include "funcapi.h"

#include "values.h"

/*
 * Items that the runtime may have sent beyond those that were taken. Enough to hide the way there and back, few enough to
 * hold in memory whatever an item is.
 */
#define CREDIT_ITEMS	64

typedef struct Stream
{
	Exchange   *exchange;
	int			taken;			/* since credit was given */
	MemoryContextCallback on_memory_gone;
} Stream;

PG_FUNCTION_INFO_V1(pgml_stream);

/* When PostgreSQL wants no more of a set, or cannot go on, it deletes the memory of the set; that is how we hear of it. */
static void
end_stream(void *stream)
{
	exchange_release(((Stream *) stream)->exchange);
}

static Stream *
begin_stream(FunctionCallInfo fcinfo, MemoryContext memory)
{
	FrameText	method = method_argument(fcinfo, 0);
	FrameText	request = jsonb_argument(fcinfo, 1);
	Stream	   *stream = MemoryContextAllocZero(memory, sizeof(Stream));

	stream->exchange = exchange_begin();
	stream->on_memory_gone.func = end_stream;
	stream->on_memory_gone.arg = stream;
	MemoryContextRegisterResetCallback(memory, &stream->on_memory_gone);
	frame_begin(FRAME_STREAM, exchange_id(stream->exchange));
	frame_put_uint32(CREDIT_ITEMS);
	frame_put_uint32(method.length);
	frame_put_uint32(request.length);
	frame_put(method.text, method.length);
	frame_put(request.text, request.length);
	frame_end();
	return stream;
}

/* The next ITEM, or the END. */
static Frame *
next_frame(Stream *stream)
{
	Frame	   *frame = NULL;

	PG_TRY();
	{
		if (++stream->taken > CREDIT_ITEMS / 2 && exchange_is_open(stream->exchange))
		{
			frame_begin(FRAME_CREDIT, exchange_id(stream->exchange));
			frame_put_uint32(stream->taken - 1);
			frame_end();
			stream->taken = 1;
		}
		channel_flush();
		frame = exchange_next(stream->exchange);
	}
	PG_CATCH();
	{
		/* At once: whoever catches this error may keep the set's memory for long. */
		exchange_cancel(stream->exchange);
		PG_RE_THROW();
	}
	PG_END_TRY();
	return frame;
}

Datum
pgml_stream(PG_FUNCTION_ARGS)
{
	FuncCallContext *set;
	Frame	   *frame;

	if (SRF_IS_FIRSTCALL())
	{
		set = SRF_FIRSTCALL_INIT();
		set->user_fctx = begin_stream(fcinfo, set->multi_call_memory_ctx);
	}
	set = SRF_PERCALL_SETUP();
	frame = next_frame(set->user_fctx);
	if (frame->head.type == FRAME_END)
		SRF_RETURN_DONE(set);
	SRF_RETURN_NEXT(set, jsonb_from_frame(frame->body, frame->head.length));
}
