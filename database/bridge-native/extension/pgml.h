/*
 * What the files of the extension share.
 *
 *   main.c      the library's beginning: settings, hooks
 *   channel.c   the connection of this backend to the runtime, by frames
 *   values.c    arguments as frames hold them, and back
 *   call.c      pgml_bridge.call
 *   stream.c    pgml_bridge.stream
 *   push.c      pgml_bridge.push
 *
 * PostgreSQL 13 to 18.
 */
#ifndef PGML_H
#define PGML_H

#include "postgres.h"

#include "fmgr.h"

#if PG_VERSION_NUM < 130000
#error "pgml needs PostgreSQL 13 or later"
#endif

#ifdef WORDS_BIGENDIAN
#error "pgml needs a little-endian machine: frames and models are little-endian, and read where they lie"
#endif

/* Called once, when the library is loaded. Each defines its own settings. */
void		pgml_channel_init(void);

#endif
