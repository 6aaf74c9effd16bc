/* Frames on their way from the runtime. */
#include "channel.h"
#include "incoming.h"

#include <errno.h>
#include <sys/socket.h>

#include "utils/memutils.h"

#define HELLO_BYTES		1024

static struct
{
	uint32		allowed;
	/* What was received and not taken: bytes from start to end. */
	size_t		start;
	size_t		end;
	char		bytes[65536];
	/* A frame whose head was taken, and how many bytes of its body. */
	Frame	   *partial;
	size_t		filled;
}			incoming = {.allowed = HELLO_BYTES};

int
incoming_receive(int socket)
{
	/* The body of a large frame goes where it belongs, but for its last byte: incoming_take makes frames whole. */
	size_t		missing = incoming.partial ? incoming.partial->head.length - incoming.filled : 0;
	bool		direct = missing > sizeof(incoming.bytes) && incoming.start == incoming.end;
	ssize_t		received;

	do
		received = direct
			? recv(socket, incoming.partial->body + incoming.filled, missing - 1, MSG_DONTWAIT)
			: recv(socket, incoming.bytes + incoming.end, sizeof(incoming.bytes) - incoming.end, MSG_DONTWAIT);
	while (received < 0 && errno == EINTR);
	if (received < 0)
		return errno;
	if (received == 0)
		return ECONNRESET;
	if (direct)
		incoming.filled += received;
	else
		incoming.end += received;
	return 0;
}

static void
begin_frame(void)
{
	FrameHead	head;

	memcpy(&head, incoming.bytes + incoming.start, sizeof(head));
	/* Whoever sends something else is no runtime; what it sends is not to be taken for a length. */
	if (head.length > incoming.allowed)
		channel_malformed("what is no hello");
	incoming.partial = MemoryContextAllocExtended(TopMemoryContext, offsetof(Frame, body) + (size_t) head.length,
												  MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (!incoming.partial)
		channel_give_up(ERRCODE_OUT_OF_MEMORY, "out of memory for an answer of the runtime");
	incoming.partial->next = NULL;
	incoming.partial->head = head;
	incoming.filled = 0;
	incoming.start += sizeof(head);
}

/* Moves what was received of the frame to it. True if the frame is whole. */
static bool
fill_frame(void)
{
	size_t		missing = incoming.partial->head.length - incoming.filled;
	size_t		length = Min(missing, incoming.end - incoming.start);

	memcpy(incoming.partial->body + incoming.filled, incoming.bytes + incoming.start, length);
	incoming.filled += length;
	incoming.start += length;
	return length == missing;
}

Frame *
incoming_take(void)
{
	Frame	   *frame = NULL;

	if (!incoming.partial && incoming.end - incoming.start >= sizeof(FrameHead))
		begin_frame();
	if (incoming.partial && fill_frame())
	{
		frame = incoming.partial;
		incoming.partial = NULL;
	}
	else
	{
		/* No frame is whole: at most a part of a head is left, and goes to the beginning. */
		memmove(incoming.bytes, incoming.bytes + incoming.start, incoming.end - incoming.start);
		incoming.end -= incoming.start;
		incoming.start = 0;
	}
	return frame;
}

void
incoming_allow(uint32 length)
{
	incoming.allowed = length;
}

void
incoming_forget(void)
{
	if (incoming.partial)
		pfree(incoming.partial);
	incoming.partial = NULL;
	incoming.start = incoming.end = 0;
	incoming.allowed = HELLO_BYTES;
}
