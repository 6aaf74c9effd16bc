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
 *   predict.c      pgml_bridge.predict, predict_proba, predict_batch
 *   encode.c       pgml_bridge.encode
 *   deployments.c  which model a name or an id means, remembered
 *   invalidate.c   pgml_bridge.invalidate, and what else makes it forgotten
 *   models.c       models mapped into this backend
 *   model_files.c  the files that all backends map
 *   artifact.c     reading the bytes of a model
 *   evaluators.c   what generated/evaluate.c needs
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

/* PostgreSQL 18 has the C standard's word only, which stands elsewhere in a declaration. */
#ifndef pg_attribute_noreturn
#define pg_attribute_noreturn() __attribute__((noreturn))
#endif

/* Called once, when the library is loaded. Each defines its own settings. */
void		pgml_channel_init(void);
void		pgml_models_init(void);
void		pgml_model_files_init(void);
void		pgml_invalidate_init(void);

#endif
