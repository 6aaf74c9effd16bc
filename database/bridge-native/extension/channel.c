/*
 * The connection of this backend to the runtime. It is opened by the first statement that needs it, and stays open.
 *
 * Frames that were received are sorted to their exchanges. Nothing is lost when an error ends a statement: half of a frame
 * that was sent, or received, is completed by the next statement. So both sides stay in step, and only a lost connection
 * loses something.
 *
 * The backend reads while it waits to write. The runtime stops reading from those who do not take its answers, and two that
 * both only write would wait for each other for ever.
 */
#include "channel.h"

#include <errno.h>
#include <sys/socket.h>

#include "access/xact.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "incoming.h"
#include "socket.h"

#define DEFAULT_SOCKET "/run/pgml/pgml.sock"

struct Exchange
{
	dlist_node	node;			/* in channel.open while the runtime has not said its last word */
	uint32		id;
	bool		open;
	bool		sent;			/* its first frame has gone out */
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
	dlist_head	open;
	uint32		last_id;
}			channel = {.socket = -1, .open = DLIST_STATIC_INIT(channel.open)};

static char *runtime_socket;

static bool receive(void);

/* Closing */

/* Forgets the connection. The exchanges that it carried are lost. */
static void
drop(void)
{
	close_socket(&channel.socket);
	while (!dlist_is_empty(&channel.open))
		dlist_container(Exchange, node, dlist_pop_head_node(&channel.open))->open = false;
	incoming_forget();
	outgoing_forget();
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

void
channel_give_up(int sqlstate, const char *message)
{
	drop();
	ereport(ERROR, (errcode(sqlstate), errmsg("%s", message)));
}

void
channel_malformed(const char *what)
{
	drop();
	ereport(ERROR,
			(errcode(ERRCODE_PROTOCOL_VIOLATION),
			 errmsg("the runtime sent %s", what),
			 errhint("Is pgml.runtime_socket (\"%s\") the socket of a pgml runtime?", channel.path)));
}

static void
exchange_hellos(void)
{
	TimestampTz started = GetCurrentTimestamp();
	struct
	{
		FrameHead	head;
		uint32		magic;
		uint32		version;
		char		who[64];
	}			hello = {{FRAME_HELLO, 0, 0}, FRAMES_MAGIC, FRAMES_VERSION, ""};

	hello.head.length = sizeof(hello.magic) + sizeof(hello.version) +
		snprintf(hello.who, sizeof(hello.who), "PostgreSQL %s", PG_VERSION);
	/* So few bytes always fit into a new socket. A runtime that has turned us away already does not take them, but says why. */
	(void) send(channel.socket, &hello, sizeof(FrameHead) + hello.head.length, MSG_NOSIGNAL);

	while (!channel.welcome)
	{
		if (receive())
		{
			if (channel.socket < 0)
				raise_lost();
			continue;
		}
		if (TimestampDifferenceExceeds(started, GetCurrentTimestamp(), CONNECT_MS))
			raise_silent(channel.path);
		wait_for_runtime(channel.socket, WL_SOCKET_READABLE | WL_TIMEOUT, CONNECT_MS);
	}
}

static void
open_connection(void)
{
	channel.owner = MyProcPid;
	if (channel.path)
		pfree(channel.path);
	channel.path = MemoryContextStrdup(TopMemoryContext, runtime_socket);
	PG_TRY();
	{
		open_socket(channel.path, &channel.socket);
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

static void
leave_wrong_connection(void)
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
	close_socket(&channel.socket);
	incoming_forget();
	channel.welcome = false;
	open_connection();
}

void
channel_will_push(void)
{
	leave_wrong_connection();
	channel.pushed = true;
}

void
channel_flush(void)
{
	bool		fresh = channel.socket < 0;
	dlist_iter	iter;
	int			error;

	if (outgoing_is_empty())
		return;
	if (fresh)
		open_connection();
	while ((error = outgoing_send(channel.socket)) != 0)
	{
		if (would_block(error))
		{
			if (!receive())
				wait_for_runtime(channel.socket, WL_SOCKET_READABLE | WL_SOCKET_WRITEABLE, -1);
		}
		else if (!fresh && outgoing_is_untouched() && !in_use())
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
	int			error;

	if (channel.socket < 0)
		return;
	/* Without memory for it, the runtime hears of it by the loss of the connection. */
	error = frame_signal(type, id) ? outgoing_send(channel.socket) : ENOMEM;
	if (error != 0 && !would_block(error))
		drop();
}

/* Receiving */

static void
take_hello(Frame *frame)
{
	FrameReader reader = frame_reader(frame);
	uint32		magic = read_uint32(&reader);
	uint32		version = read_uint32(&reader);

	pfree(frame);
	if (magic != FRAMES_MAGIC)
		channel_malformed("what is no hello");
	if (version != FRAMES_VERSION)
	{
		drop();
		ereport(ERROR,
				(errcode(ERRCODE_PROTOCOL_VIOLATION),
				 errmsg("the runtime speaks version %u of the frames, this extension version %u", version, FRAMES_VERSION),
				 errhint("Upgrade the %s.", version < FRAMES_VERSION ? "runtime" : "extension")));
	}
	channel.welcome = true;
	incoming_allow(PG_UINT32_MAX);
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
		channel_malformed("a frame that does not belong here");
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

/*
 * Takes what the runtime has sent, without waiting. False if there was nothing. If the connection is lost, that is found
 * here, and channel.socket is -1 afterwards.
 */
static bool
receive(void)
{
	Frame	   *frame;
	int			error = incoming_receive(channel.socket);

	if (would_block(error))
		return false;
	if (error != 0)
		drop();
	while ((frame = incoming_take()))
		distribute(frame);
	return true;
}

/* Exchanges */

Exchange *
exchange_begin(void)
{
	Exchange   *exchange;

	leave_wrong_connection();
	exchange = MemoryContextAllocZero(TopMemoryContext, sizeof(Exchange));
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
		/* It ended without a last word. */
		if (!exchange->open)
			raise_lost();
		if (!receive())
			wait_for_runtime(channel.socket, WL_SOCKET_READABLE, -1);
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
	RegisterXactCallback(at_transaction_end, NULL);
}
