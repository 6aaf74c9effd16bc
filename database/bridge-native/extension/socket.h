/* The socket that leads to the runtime: opening, waiting, closing. */
#ifndef PGML_SOCKET_H
#define PGML_SOCKET_H

#include "pgml.h"

/* How long a runtime may take to accept a connection, and to say hello. */
#define CONNECT_MS		10000

/*
 * Connects; the socket does not block. It is in `opened`, -1 before, as soon as it must be closed, because waiting raises
 * what interrupts a statement.
 */
void		open_socket(const char *path, int *opened);
void		close_socket(int *opened);

/* Sleeps until the socket is ready or the latch is set; raises what interrupts a statement. */
void		wait_for_runtime(int socket, uint32 events, long milliseconds);

bool		would_block(int error);
void		raise_unreachable(const char *path, int error) pg_attribute_noreturn();
void		raise_silent(const char *path) pg_attribute_noreturn();

#endif
