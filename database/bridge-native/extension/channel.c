/*
 * The connection of this backend to the runtime. It is opened by the first statement that needs it, and stays open.
 *
 * Frames to be sent are collected in `out`, frames that were received are sorted to their exchanges. Nothing of this is
 * lost when an error ends a statement: half of a frame that was sent, or received, is completed by the next statement. So
 * both sides stay in step, and only a lost connection loses something.
 *
 * The backend reads while it waits to write. The runtime stops reading from those who do not take its answers, and two that
 * both only write would wait for each other for ever.
 */
#include "channel.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "access/xact.h"
#include "lib/ilist.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/fd.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#if PG_VERSION_NUM >= 140000
#include "utils/wait_event.h"
#endif

#define DEFAULT_SOCKET "/run/pgml/pgml.sock"

/* How long a runtime may take to accept a connection and to say hello. */
#define CONNECT_MS		10000
/* A unix socket whose queue is full cannot be waited for: one tries again. */
#define CONNECT_NAP_MS	10

#define IN_BYTES		65536
/* A larger buffer is given back when it is empty. */
#define OUT_KEPT_BYTES	(1024 * 1024)

struct Exchange
{
	dlist_node	node;			/* in channel.open while the runtime has not said its last word */
	uint32		id;
	bool		open;
	bool		sent;			/* its first frame has gone out */
	bool		lost;			/* the connection went before the last word */
	Frame	   *taken;			/* what exchange_next has returned last */
	Frame	   *first;			/* received, and not taken yet */
	Frame	   *last;
};

static struct
{
	int			socket;			/* -1: not connected */
	pid_t		owner;
	char	   *path;			/* of the socket */
	bool		welcome;		/* the runtime has said hello */
	bool		pushed;			/* in this transaction: the runtime must be told of its end */
	bool		relied_on;		/* rows that were pushed in this transaction went through this connection */
	MemoryContext memory;

	/* out_sent <= out_whole <= out_filled <= out_size */
	char	   *out;
	size_t		out_size;
	size_t		out_filled;		/* with the frame that is being written */
	size_t		out_whole;		/* end of the last frame that was ended */
	size_t		out_sent;

	char	   *in;
	size_t		in_start;
	size_t		in_end;
	Frame	   *partial;		/* a frame whose head has come */
	size_t		partial_filled; /* bytes of its body that have come */

	dlist_head	open;
	uint32		last_id;
}			channel = {.socket = -1, .open = DLIST_STATIC_INIT(channel.open)};

static char *runtime_socket;

static bool receive(void);

/* Wait event */

static uint32
wait_event(void)
{
#if PG_VERSION_NUM >= 170000
	static uint32 event = 0;

	if (event == 0)
		event = WaitEventExtensionNew("PgmlRuntime");
	return event;
#else
	return PG_WAIT_EXTENSION;
#endif
}

static void
wait_for(uint32 events, long milliseconds)
{
	int			woken = WaitLatchOrSocket(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | events,
										  channel.socket < 0 ? PGINVALID_SOCKET : channel.socket,
										  milliseconds, wait_event());

	if (woken & WL_LATCH_SET)
		ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
}

/* Closing */

/* Forgets the connection. The exchanges that it carried are lost. */
static void
drop(void)
{
	if (channel.socket >= 0)
	{
		close(channel.socket);
		ReleaseExternalFD();
		channel.socket = -1;
	}
	while (!dlist_is_empty(&channel.open))
	{
		Exchange   *exchange = dlist_container(Exchange, node, dlist_pop_head_node(&channel.open));

		exchange->open = false;
		exchange->lost = true;
	}
	if (channel.partial)
		pfree(channel.partial);
	channel.partial = NULL;
	channel.in_start = channel.in_end = 0;
	channel.out_filled = channel.out_whole = channel.out_sent = 0;
	channel.welcome = false;
	channel.pushed = false;
	channel.relied_on = false;
}

static void
raise_lost(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_CONNECTION_FAILURE),
			 errmsg("the runtime went away"),
			 errdetail("The connection to \"%s\" was lost while it was in use.", channel.path),
			 errhint("Its log tells why. The next statement connects again.")));
}

static void
raise_malformed(const char *what)
{
	drop();
	ereport(ERROR,
			(errcode(ERRCODE_PROTOCOL_VIOLATION),
			 errmsg("the runtime sent %s", what),
			 errhint("Is pgml.runtime_socket (\"%s\") the socket of a pgml runtime?", channel.path)));
}

/* Reading bodies */

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
		raise_malformed("a frame that ends too early");
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

/* Writing frames */

/* Makes room for `length` more bytes; false where there is no memory. */
static bool
reserve(size_t length)
{
	size_t		needed = channel.out_filled + length;
	size_t		size = Max(channel.out_size, 8192);
	char	   *grown;

	if (needed <= channel.out_size)
		return true;
	while (size < needed)
		size *= 2;
	grown = MemoryContextAllocExtended(channel.memory, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (!grown)
		return false;
	if (channel.out)
	{
		memcpy(grown, channel.out, channel.out_filled);
		pfree(channel.out);
	}
	channel.out = grown;
	channel.out_size = size;
	return true;
}

char *
frame_room(size_t length)
{
	size_t		position = channel.out_filled;

	if (length > PG_UINT32_MAX || position - channel.out_whole + length > PG_UINT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("what is to be sent to the runtime is larger than 4 GB")));
	if (!reserve(length))
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Failed on %zu bytes for the runtime.", length)));
	channel.out_filled += length;
	return channel.out + position;
}

size_t
frame_position(void)
{
	return channel.out_filled;
}

char *
frame_at(size_t position)
{
	return channel.out + position;
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

	channel.out_filled = channel.out_whole;
	frame_put(&head, sizeof(head));
}

void
frame_end(void)
{
	FrameHead	head;

	memcpy(&head, channel.out + channel.out_whole, sizeof(head));
	head.length = channel.out_filled - channel.out_whole - sizeof(head);
	memcpy(channel.out + channel.out_whole, &head, sizeof(head));
	if (head.type == FRAME_PUSH)
		channel.pushed = true;
	channel.out_whole = channel.out_filled;
}

/* A frame without a body, where nothing may be raised. If there is no memory for it, the runtime hears of it by the loss. */
static void
put_signal(FrameType type, uint32 id)
{
	FrameHead	head = {type, id, 0};

	channel.out_filled = channel.out_whole;
	if (!reserve(sizeof(head)))
	{
		drop();
		return;
	}
	memcpy(channel.out + channel.out_filled, &head, sizeof(head));
	channel.out_filled += sizeof(head);
	channel.out_whole = channel.out_filled;
}

/* Sends what the socket takes at once. Returns 0, or the error that ended it. */
static int
send_some(void)
{
	while (channel.out_sent < channel.out_whole)
	{
		ssize_t		sent = send(channel.socket, channel.out + channel.out_sent,
								channel.out_whole - channel.out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent >= 0)
			channel.out_sent += sent;
		else if (errno != EINTR)
			return errno;
	}
	channel.out_filled = channel.out_whole = channel.out_sent = 0;
	if (channel.out_size > OUT_KEPT_BYTES)
	{
		pfree(channel.out);
		channel.out = NULL;
		channel.out_size = 0;
	}
	return 0;
}

static bool
would_block(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK;
}

/* Connecting */

static void
raise_unreachable(int error)
{
	errno = error;
	ereport(ERROR,
			(errcode(ERRCODE_SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION),
			 errmsg("could not connect to the runtime at \"%s\": %m", channel.path),
			 error == EACCES
			 ? errhint("The server's operating system user must be allowed to write to the socket.")
			 : errhint("Start the runtime with \"pgml runtime\", or tell its socket by the setting pgml.runtime_socket.")));
}

static void
raise_silent(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION),
			 errmsg("the runtime at \"%s\" did not answer within %d seconds", channel.path, CONNECT_MS / 1000),
			 errhint("Its log may tell why.")));
}

static void
open_socket(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	TimestampTz started = GetCurrentTimestamp();

	if (strlen(channel.path) >= sizeof(address.sun_path))
		raise_unreachable(ENAMETOOLONG);
	strcpy(address.sun_path, channel.path);
	if (!AcquireExternalFD())
		raise_unreachable(errno);
	channel.socket = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (channel.socket < 0)
	{
		int			error = errno;

		ReleaseExternalFD();
		raise_unreachable(error);
	}
	while (connect(channel.socket, (struct sockaddr *) &address, sizeof(address)) < 0)
	{
		if (!would_block(errno) && errno != EINTR)
			raise_unreachable(errno);
		if (TimestampDifferenceExceeds(started, GetCurrentTimestamp(), CONNECT_MS))
			raise_silent();
		wait_for(WL_TIMEOUT, CONNECT_NAP_MS);
	}
}

static void
exchange_hellos(void)
{
	TimestampTz started = GetCurrentTimestamp();
	char		who[64];
	struct
	{
		FrameHead	head;
		uint32		magic;
		uint32		version;
	}			hello = {{FRAME_HELLO, 0, 0}, FRAMES_MAGIC, FRAMES_VERSION};

	/* So few bytes always fit into the buffer of a new socket. */
	hello.head.length = 8 + snprintf(who, sizeof(who), "PostgreSQL %s", PG_VERSION);
	if (send(channel.socket, &hello, sizeof(hello), MSG_NOSIGNAL) != sizeof(hello) ||
		send(channel.socket, who, hello.head.length - 8, MSG_NOSIGNAL) != hello.head.length - 8)
		raise_unreachable(errno);

	while (!channel.welcome)
	{
		if (receive())
		{
			if (channel.socket < 0)
				raise_lost();
			continue;
		}
		if (TimestampDifferenceExceeds(started, GetCurrentTimestamp(), CONNECT_MS))
			raise_silent();
		wait_for(WL_SOCKET_READABLE | WL_TIMEOUT, CONNECT_MS);
	}
}

static void
open_connection(void)
{
	channel.owner = MyProcPid;
	if (channel.path)
		pfree(channel.path);
	channel.path = MemoryContextStrdup(channel.memory, runtime_socket);
	PG_TRY();
	{
		open_socket();
		exchange_hellos();
	}
	PG_CATCH();
	{
		drop();
		PG_RE_THROW();
	}
	PG_END_TRY();
}

/* Would something be lost with this connection? */
static bool
in_use(void)
{
	dlist_iter	iter;

	dlist_foreach(iter, &channel.open)
	{
		if (dlist_container(Exchange, node, iter.cur)->sent)
			return true;
	}
	return channel.relied_on;
}

void
channel_prepare(void)
{
	if (channel.socket < 0)
		return;
	/* A connection that was inherited is the parent's; and the setting may have changed. */
	if (channel.owner != MyProcPid || (!in_use() && strcmp(channel.path, runtime_socket) != 0))
		drop();
}

/* Opens a new connection for frames that are waiting. */
static void
reconnect(void)
{
	close(channel.socket);
	ReleaseExternalFD();
	channel.socket = -1;
	channel.in_start = channel.in_end = 0;
	channel.welcome = false;
	open_connection();
}

void
channel_flush(void)
{
	bool		fresh = channel.socket < 0;
	dlist_iter	iter;
	int			error;

	if (channel.out_sent == channel.out_whole)
		return;
	if (fresh)
		open_connection();
	while ((error = send_some()) != 0)
	{
		if (would_block(error))
		{
			if (!receive())
				wait_for(WL_SOCKET_READABLE | WL_SOCKET_WRITEABLE, -1);
		}
		else if (!fresh && channel.out_sent == 0 && !channel.partial && !in_use())
		{
			/* The runtime has gone while nobody needed it; another one may be there, and got nothing of this yet. */
			fresh = true;
			reconnect();
		}
		else
		{
			/* Its last words may tell why, and are raised. */
			while (channel.socket >= 0)
				if (!receive())
					drop();
		}
		if (channel.socket < 0)
			raise_lost();
	}
	dlist_foreach(iter, &channel.open)
		dlist_container(Exchange, node, iter.cur)->sent = true;
	channel.relied_on = channel.pushed;
}

/* Sends a signal if that needs no waiting; otherwise it goes before the next frame. Raises nothing. */
static void
send_signal(FrameType type, uint32 id)
{
	if (channel.socket < 0)
		return;
	put_signal(type, id);
	if (channel.socket >= 0)
	{
		int			error = send_some();

		if (error != 0 && !would_block(error))
			drop();
	}
}

/* Receiving */

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
static void
raise_frame(Frame *frame)
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
		raise_malformed("an error without a message");
	ereport(ERROR,
			(errcode(sqlstate_of(sqlstate)),
			 errmsg_internal("%s", message),
			 detail ? errdetail_internal("%s", detail) : 0,
			 hint ? errhint("%s", hint) : 0));
}

static void
take_hello(Frame *frame)
{
	FrameReader reader = frame_reader(frame);
	uint32		magic = read_uint32(&reader);
	uint32		version = read_uint32(&reader);

	pfree(frame);
	if (magic != FRAMES_MAGIC)
		raise_malformed("what is no hello");
	if (version != FRAMES_VERSION)
	{
		drop();
		ereport(ERROR,
				(errcode(ERRCODE_PROTOCOL_VIOLATION),
				 errmsg("the runtime speaks version %u of the frames, this extension version %u", version, FRAMES_VERSION),
				 errhint("Upgrade the %s.", version < FRAMES_VERSION ? "runtime" : "extension")));
	}
	channel.welcome = true;
}

/* Gives a frame to its exchange. What comes for one that is not open any more is for nobody. */
static void
distribute(Frame *frame)
{
	dlist_iter	iter;

	if (frame->head.type == FRAME_HELLO && !channel.welcome)
	{
		take_hello(frame);
		return;
	}
	if (frame->head.type == FRAME_ERROR && frame->head.id == 0)
	{
		Frame	   *last_words = palloc(offsetof(Frame, body) + frame->head.length);

		memcpy(last_words, frame, offsetof(Frame, body) + frame->head.length);
		pfree(frame);
		drop();
		raise_frame(last_words);
	}
	if (!channel.welcome || frame->head.type < FRAME_RESULT || frame->head.type > FRAME_ERROR)
	{
		pfree(frame);
		raise_malformed("a frame that does not belong here");
	}
	dlist_foreach(iter, &channel.open)
	{
		Exchange   *exchange = dlist_container(Exchange, node, iter.cur);

		if (exchange->id != frame->head.id)
			continue;
		if (exchange->last)
			exchange->last->next = frame;
		else
			exchange->first = frame;
		exchange->last = frame;
		if (frame->head.type != FRAME_ITEM)
		{
			exchange->open = false;
			dlist_delete(&exchange->node);
		}
		return;
	}
	pfree(frame);
}

static void
begin_partial(void)
{
	FrameHead	head;
	Frame	   *frame;

	memcpy(&head, channel.in + channel.in_start, sizeof(head));
	/* Whoever sends something else is no runtime; its first bytes are not to be taken for a length. */
	if (!channel.welcome && (head.length > IN_BYTES || (head.type != FRAME_HELLO && head.type != FRAME_ERROR)))
		raise_malformed("what is no hello");
	frame = MemoryContextAllocExtended(channel.memory, offsetof(Frame, body) + (size_t) head.length,
									   MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (!frame)
	{
		drop();
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Failed on an answer of %u bytes of the runtime.", head.length)));
	}
	frame->next = NULL;
	frame->head = head;
	channel.in_start += sizeof(head);
	channel.partial = frame;
	channel.partial_filled = 0;
}

/* Makes frames of the bytes in the buffer. */
static void
take_frames(void)
{
	for (;;)
	{
		size_t		available = channel.in_end - channel.in_start;
		size_t		wanted;

		if (!channel.partial)
		{
			if (available < sizeof(FrameHead))
				break;
			begin_partial();
			continue;
		}
		wanted = Min(channel.partial->head.length - channel.partial_filled, available);
		memcpy(channel.partial->body + channel.partial_filled, channel.in + channel.in_start, wanted);
		channel.in_start += wanted;
		channel.partial_filled += wanted;
		if (channel.partial_filled < channel.partial->head.length)
			break;
		{
			Frame	   *whole = channel.partial;

			channel.partial = NULL;
			distribute(whole);
		}
	}
	memmove(channel.in, channel.in + channel.in_start, channel.in_end - channel.in_start);
	channel.in_end -= channel.in_start;
	channel.in_start = 0;
}

/*
 * Takes what the runtime has sent, without waiting. False if there was nothing. If the connection is lost, that is found
 * here, and channel.socket is -1 afterwards.
 */
static bool
receive(void)
{
	bool		direct = channel.partial && channel.in_end == 0 &&
		channel.partial->head.length - channel.partial_filled > IN_BYTES;
	char	   *target = direct ? channel.partial->body + channel.partial_filled : channel.in + channel.in_end;
	size_t		room = direct ? channel.partial->head.length - channel.partial_filled - 1 : IN_BYTES - channel.in_end;
	ssize_t		received;

	do
		received = recv(channel.socket, target, room, MSG_DONTWAIT);
	while (received < 0 && errno == EINTR);
	if (received < 0 && would_block(errno))
		return false;
	if (received <= 0)
		drop();
	else if (direct)
		channel.partial_filled += received;
	else
	{
		channel.in_end += received;
		take_frames();
	}
	return true;
}

/* Exchanges */

Exchange *
exchange_begin(void)
{
	Exchange   *exchange;

	channel_prepare();
	exchange = MemoryContextAllocZero(channel.memory, sizeof(Exchange));
	exchange->id = ++channel.last_id;
	exchange->open = true;
	dlist_push_tail(&channel.open, &exchange->node);
	return exchange;
}

uint32
exchange_id(const Exchange *exchange)
{
	return exchange->id;
}

bool
exchange_is_open(const Exchange *exchange)
{
	return exchange->open;
}

static void
free_taken(Exchange *exchange)
{
	if (exchange->taken)
		pfree(exchange->taken);
	exchange->taken = NULL;
}

Frame *
exchange_next(Exchange *exchange)
{
	Frame	   *frame;

	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (exchange->first)
			break;
		if (exchange->lost)
			raise_lost();
		if (!receive())
			wait_for(WL_SOCKET_READABLE, -1);
	}
	free_taken(exchange);
	frame = exchange->taken = exchange->first;
	exchange->first = frame->next;
	if (!exchange->first)
		exchange->last = NULL;
	if (frame->head.type == FRAME_ERROR)
		raise_frame(frame);
	return frame;
}

void
exchange_cancel(Exchange *exchange)
{
	if (!exchange->open)
		return;
	exchange->open = false;
	dlist_delete(&exchange->node);
	send_signal(FRAME_CANCEL, exchange->id);
}

void
exchange_release(Exchange *exchange)
{
	exchange_cancel(exchange);
	free_taken(exchange);
	while (exchange->first)
	{
		Frame	   *frame = exchange->first;

		exchange->first = frame->next;
		pfree(frame);
	}
	pfree(exchange);
}

/* The datasets of a transaction end with it. Subtransactions share them: what one pushed, another may use. */
static void
at_transaction_end(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE)
		return;
	if (channel.pushed)
		send_signal(FRAME_DROP, 0);
	channel.pushed = false;
	channel.relied_on = false;
}

void
pgml_channel_init(void)
{
	DefineCustomStringVariable("pgml.runtime_socket", "The unix socket of the pgml runtime.",
							   NULL, &runtime_socket, DEFAULT_SOCKET, PGC_SUSET, 0, NULL, NULL, NULL);
	channel.memory = AllocSetContextCreate(TopMemoryContext, "pgml channel", ALLOCSET_DEFAULT_SIZES);
	channel.in = MemoryContextAlloc(channel.memory, IN_BYTES);
	RegisterXactCallback(at_transaction_end, NULL);
}
