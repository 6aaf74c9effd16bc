/* Which model a project's name or a model's id means, remembered. */
#ifndef PGML_DEPLOYMENTS_H
#define PGML_DEPLOYMENTS_H

#include "models.h"

#include "fmgr.h"

/* The model that the first argument of a call names, as this user sees it in the active snapshot. */
extern Model *pgml_model_of_project(FunctionCallInfo fcinfo);
extern Model *pgml_model_of_id(FunctionCallInfo fcinfo);

/* Drops all answers, because a model goes that they point to. */
extern void pgml_drop_answers(void);

/* Forgets all answers, because something they rest on may have changed. Allocates nothing, raises nothing. */
extern void pgml_forget_answers(void);

/* This transaction has changed the tables that answers come from. */
extern void pgml_answers_changed(void);

/* Before the commit of this transaction can be seen, if it has changed something. */
extern void pgml_lock_deployment(void);

/* The end of this transaction, before which answers hold for single snapshots if it has changed something. */
extern void pgml_answers_at_transaction_end(void);

/* Whether a relation is one of the tables that the trigger watches. */
extern bool pgml_is_watched(Oid relation);

#endif
