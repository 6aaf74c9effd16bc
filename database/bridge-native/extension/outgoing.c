/* Frames on their way to the runtime. */
#include "outgoing.h"

#include <errno.h>
#include <sys/socket.h>

#include "utils/memutils.h"

#define FIRST_BYTES		8192
/* A larger buffer is given back when it is empty. */
#define KEPT_BYTES		(1024 * 1024)

/* sent <= whole <= filled <= size */
static struct
{
	char	   *bytes;
	size_t		size;
	size_t		filled;			/* with the frame that is being written */
	size_t		whole;			/* end of the last frame that was ended */
	size_t		sent;
}			outgoing;

/* Makes room for `length` more bytes; false where there is no memory. */
static bool
reserve(size_t length)
{
	size_t		needed = outgoing.filled + length;
	size_t		size = Max(outgoing.size, FIRST_BYTES);
	char	   *grown;

	if (needed <= outgoing.size)
		return true;
	while (size < needed)
		size *= 2;
	grown = MemoryContextAllocExtended(TopMemoryContext, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (!grown)
		return false;
	if (outgoing.bytes)
	{
		memcpy(grown, outgoing.bytes, outgoing.filled);
		pfree(outgoing.bytes);
	}
	outgoing.bytes = grown;
	outgoing.size = size;
	return true;
}

char *
frame_room(size_t length)
{
	size_t		position = outgoing.filled;

	if (length > PG_UINT32_MAX || position - outgoing.whole + length > PG_UINT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("what is to be sent to the runtime is larger than 4 GB")));
	if (!reserve(length))
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Failed on %zu bytes for the runtime.", length)));
	outgoing.filled += length;
	return outgoing.bytes + position;
}

size_t
frame_position(void)
{
	return outgoing.filled;
}

char *
frame_at(size_t position)
{
	return outgoing.bytes + position;
}

void
frame_put(const void *bytes, size_t length)
{
	memcpy(frame_room(length), bytes, length);
}

void
frame_put_uint32(uint32 number)
{
	frame_put(&number, sizeof(number));
}

void
frame_begin(FrameType type, uint32 id)
{
	FrameHead	head = {type, id, 0};

	outgoing.filled = outgoing.whole;
	frame_put(&head, sizeof(head));
}

void
frame_end(void)
{
	FrameHead	head;

	memcpy(&head, outgoing.bytes + outgoing.whole, sizeof(head));
	head.length = outgoing.filled - outgoing.whole - sizeof(head);
	memcpy(outgoing.bytes + outgoing.whole, &head, sizeof(head));
	outgoing.whole = outgoing.filled;
}

bool
frame_signal(FrameType type, uint32 id)
{
	FrameHead	head = {type, id, 0};

	outgoing.filled = outgoing.whole;
	if (!reserve(sizeof(head)))
		return false;
	memcpy(outgoing.bytes + outgoing.filled, &head, sizeof(head));
	outgoing.filled += sizeof(head);
	outgoing.whole = outgoing.filled;
	return true;
}

bool
outgoing_is_empty(void)
{
	return outgoing.sent == outgoing.whole;
}

bool
outgoing_is_untouched(void)
{
	return outgoing.sent == 0;
}

void
outgoing_forget(void)
{
	outgoing.filled = outgoing.whole = outgoing.sent = 0;
	if (outgoing.size > KEPT_BYTES)
	{
		pfree(outgoing.bytes);
		outgoing.bytes = NULL;
		outgoing.size = 0;
	}
}

int
outgoing_send(int socket)
{
	while (outgoing.sent < outgoing.whole)
	{
		ssize_t		sent = send(socket, outgoing.bytes + outgoing.sent, outgoing.whole - outgoing.sent,
								MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent >= 0)
			outgoing.sent += sent;
		else if (errno != EINTR)
			return errno;
	}
	outgoing_forget();
	return 0;
}
