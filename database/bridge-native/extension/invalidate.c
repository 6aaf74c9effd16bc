/*
 * Forgetting, and making others forget, when something changes that predictions rest on.
 *
 * The trigger sends the message that the catalog of schemas has changed. PostgreSQL's messages are part of the
 * transaction: this backend processes them after the command and, if it is undone, again; others get them when the
 * transaction commits, standbys with its commit record. They make all backends forget answers, and PostgreSQL its cached
 * plans, which matters because predict is IMMUTABLE and a plan may hold its result for constants.
 *
 * DDL sends messages of its own: about the functions that answer, their tables, schemas, and who may use them.
 */
#include "deployments.h"

#include "access/xact.h"
#include "catalog/pg_namespace.h"
#include "commands/trigger.h"
#include "utils/inval.h"
#include "utils/syscache.h"

#include "pgml.h"

PG_FUNCTION_INFO_V1(pgml_invalidate);

Datum
pgml_invalidate(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pgml_bridge.invalidate was not called as a trigger")));
	pgml_answers_changed();
	CacheInvalidateCatalog(NamespaceRelationId);
	return PointerGetDatum(NULL);
}

static void
on_syscache(Datum argument, int cache, uint32 hash)
{
	pgml_forget_answers();
}

static void
on_relation(Datum argument, Oid relation)
{
	if (pgml_is_watched(relation))
		pgml_forget_answers();
}

static void
on_transaction(XactEvent event, void *argument)
{
	if (event == XACT_EVENT_PRE_COMMIT)
		pgml_lock_deployment();
	else if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		pgml_answers_at_transaction_end();
}

/* The messages of what is undone may say too little, or come too late for the next look-up. */
static void
on_subtransaction(SubXactEvent event, SubTransactionId child, SubTransactionId parent, void *argument)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		pgml_forget_answers();
}

void
pgml_invalidate_init(void)
{
	static const int caches[] = {NAMESPACEOID, PROCOID, AUTHOID, AUTHMEMROLEMEM};

	for (int i = 0; i < lengthof(caches); i++)
		CacheRegisterSyscacheCallback(caches[i], on_syscache, (Datum) 0);
	CacheRegisterRelcacheCallback(on_relation, (Datum) 0);
	RegisterXactCallback(on_transaction, NULL);
	RegisterSubXactCallback(on_subtransaction, NULL);
}
