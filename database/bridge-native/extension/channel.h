/* The connection of this backend to the runtime, and the exchanges on it. */
#ifndef PGML_CHANNEL_H
#define PGML_CHANNEL_H

#include "frames.h"
#include "outgoing.h"

/* A call or a stream. Whoever began it releases it. */
typedef struct Exchange Exchange;

/*
 * Sends all frames that were ended, connecting first where needed. Waits, and may raise whatever interrupts a statement;
 * what could not be sent then is sent before anything else next time.
 */
void		channel_flush(void);

/* Called before the first rows are pushed: the runtime will be told when the transaction ends. */
void		channel_will_push(void);

/* Gives the connection up, and raises why. The first: what came from the runtime is not in frames, or not in its place. */
void		channel_malformed(const char *what) pg_attribute_noreturn();
void		channel_give_up(int sqlstate, const char *message) pg_attribute_noreturn();

Exchange   *exchange_begin(void);
uint32		exchange_id(const Exchange *exchange);

/* Has the runtime not said its last word yet? */
bool		exchange_is_open(const Exchange *exchange);

/* The next frame of an exchange, which holds until the next call or the release. Waits for it; an ERROR frame is raised. */
Frame	   *exchange_next(Exchange *exchange);

/*
 * Nobody wants more of this exchange: tells the runtime, unless the exchange had ended. Release frees it as well. They
 * raise nothing.
 */
void		exchange_cancel(Exchange *exchange);
void		exchange_release(Exchange *exchange);

#endif
