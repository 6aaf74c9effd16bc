/*
 * Frames on their way from the runtime. What has come of a frame stays here, over the end of a statement if need be, until
 * the rest comes.
 */
#ifndef PGML_INCOMING_H
#define PGML_INCOMING_H

#include "frames.h"

/* Takes what the socket has, without waiting. Returns 0, or an error: of those that would_block knows, or the connection's. */
int			incoming_receive(int socket);

/* The next frame that is whole, in memory of TopMemoryContext, for the caller to free; or NULL. */
Frame	   *incoming_take(void);

/* Bodies may have this length from now on. At first they may be as long as a hello. */
void		incoming_allow(uint32 length);

void		incoming_forget(void);

#endif
