/* The socket that leads to the runtime: opening, waiting, closing. */
#include "socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "miscadmin.h"
#include "pgstat.h"
#include "storage/fd.h"
#include "storage/latch.h"
#include "utils/timestamp.h"
#if PG_VERSION_NUM >= 140000
#include "utils/wait_event.h"
#endif

/* A unix socket whose queue is full cannot be waited for: one tries again. */
#define CONNECT_NAP_MS	10

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

void
wait_for_runtime(int socket, uint32 events, long milliseconds)
{
	int			woken = WaitLatchOrSocket(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | events, socket, milliseconds,
										  wait_event());

	if (woken & WL_LATCH_SET)
		ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
}

bool
would_block(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK;
}

void
raise_unreachable(const char *path, int error)
{
	errno = error;
	ereport(ERROR,
			(errcode(ERRCODE_SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION),
			 errmsg("could not connect to the runtime at \"%s\": %m", path),
			 error == EACCES
			 ? errhint("The server's operating system user must be allowed to write to the socket.")
			 : errhint("Start the runtime with \"pgml runtime\", or tell its socket by the setting pgml.runtime_socket.")));
}

void
raise_silent(const char *path)
{
	ereport(ERROR,
			(errcode(ERRCODE_SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION),
			 errmsg("the runtime at \"%s\" did not answer within %d seconds", path, CONNECT_MS / 1000),
			 errhint("Its log may tell why.")));
}

void
open_socket(const char *path, int *opened)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	TimestampTz started = GetCurrentTimestamp();

	if (strlen(path) >= sizeof(address.sun_path))
		raise_unreachable(path, ENAMETOOLONG);
	strcpy(address.sun_path, path);
	if (!AcquireExternalFD())
		raise_unreachable(path, errno);
	*opened = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*opened < 0)
	{
		int			error = errno;

		ReleaseExternalFD();
		raise_unreachable(path, error);
	}
	while (connect(*opened, (struct sockaddr *) &address, sizeof(address)) < 0)
	{
		if (!would_block(errno) && errno != EINTR)
			raise_unreachable(path, errno);
		if (TimestampDifferenceExceeds(started, GetCurrentTimestamp(), CONNECT_MS))
			raise_silent(path);
		wait_for_runtime(PGINVALID_SOCKET, WL_TIMEOUT, CONNECT_NAP_MS);
	}
}

void
close_socket(int *opened)
{
	if (*opened < 0)
		return;
	close(*opened);
	ReleaseExternalFD();
	*opened = -1;
}
