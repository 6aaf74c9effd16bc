/* Reading frames. */
#include "channel.h"

#include "mb/pg_wchar.h"

FrameReader
frame_reader(const Frame *frame)
{
	FrameReader reader = {frame->body, frame->body + frame->head.length};

	return reader;
}

const char *
read_bytes(FrameReader *reader, size_t length)
{
	const char *bytes = reader->at;

	if (length > (size_t) (reader->end - reader->at))
		channel_malformed("a frame that ends too early");
	reader->at += length;
	return bytes;
}

uint32
read_uint32(FrameReader *reader)
{
	uint32		number;

	memcpy(&number, read_bytes(reader, sizeof(number)), sizeof(number));
	return number;
}

const char *
text_to_frame(const char *text, size_t *length)
{
	const char *converted = pg_server_to_any(text, *length, PG_UTF8);

	if (converted != text)
		*length = strlen(converted);
	return converted;
}

char *
text_from_frame(const char *bytes, size_t length)
{
	char	   *text = pnstrdup(bytes, length);

	return pg_any_to_server(text, length, PG_UTF8);
}

static char *
copy_part(FrameReader *reader, uint32 length)
{
	return length == ABSENT ? NULL : text_from_frame(read_bytes(reader, length), length);
}

static int
sqlstate_of(const char *code)
{
	return strlen(code) == 5 && strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && strcmp(code, "00000") != 0
		? MAKE_SQLSTATE(code[0], code[1], code[2], code[3], code[4])
		: ERRCODE_INTERNAL_ERROR;
}

/* Raises what an ERROR frame says. */
void
raise_frame(const Frame *frame)
{
	FrameReader reader = frame_reader(frame);
	uint32		sqlstate_length = read_uint32(&reader);
	uint32		message_length = read_uint32(&reader);
	uint32		detail_length = read_uint32(&reader);
	uint32		hint_length = read_uint32(&reader);
	char	   *sqlstate = copy_part(&reader, sqlstate_length);
	char	   *message = copy_part(&reader, message_length);
	char	   *detail = copy_part(&reader, detail_length);
	char	   *hint = copy_part(&reader, hint_length);

	if (!sqlstate || !message)
		channel_malformed("an error without a message");
	ereport(ERROR,
			(errcode(sqlstate_of(sqlstate)),
			 errmsg_internal("%s", message),
			 detail ? errdetail_internal("%s", detail) : 0,
			 hint ? errhint("%s", hint) : 0));
}
