/*
 * Which model a project's name or a model's id means, as pgml.deployed_model and pgml.model_digest answer it for this
 * user in this snapshot, remembered.
 *
 * THE RULE: what is remembered is used for a snapshot only if asking again would give the same.
 *
 * Call a transaction that changes what answers rest on a deployer. When it commits, its invalidation messages (sent by
 * invalidate.c and by DDL) make every backend forget everything; but a message is processed at some moment, and snapshots
 * may be older than that. So an answer looked up under the snapshot L is used for the snapshot S in two cases:
 *
 *   1. S and L see the same: they have the same bounds, the same transactions running in between, and the same command
 *      id. Only the numbers of running transactions are compared, because below its xmax transactions only ever leave
 *      the set of running ones, so that equal bounds and equal numbers mean equal sets. (What a transaction did itself
 *      and rolled back is told by messages that it processes itself; they make it forget.)
 *
 *   2. Both are settled, and nothing was forgotten in between. A snapshot is settled if
 *       - it sees no deployer whose messages have not been processed. A deployer holds the deployment lock from before
 *         its commit can be seen until its messages are sent. So whoever has a snapshot, then gets the lock, and then
 *         accepts messages, has those of all deployers that the snapshot sees (DDL takes no such lock, but of functions and
 *         rights PostgreSQL itself knows only what the messages have told it);
 *       - it sees every deployer whose messages have been processed. When one was, the deployer had completed, and all
 *         transaction ids given out by then were below `horizon`. A snapshot with xmin >= horizon sees all of them as
 *         completed, and one with xmax > horizon was taken after a transaction that began later had completed;
 *       - this transaction is no deployer itself, and not a helper of one (a parallel worker).
 *      Then a deployer that one of the two snapshots sees, and the other does not, was processed before L was taken
 *      (else the answer would be forgotten), and after that all settled snapshots see it.
 *
 * Tables with policies of row security are asked each time, because policies may depend on anything.
 *
 * The planner may compute a prediction for constants to keep the result in a cached plan, which is thrown away when the
 * messages come. Under a snapshot that does not see what this backend has been told already that is too late, so the
 * plan is thrown away at once. A plan that is there when a transaction begins is used in it until this backend hears of
 * a change, which is when a statement opens a table, or predicts for anything but constants.
 *
 * A PREPAREd transaction gives the lock back before it commits: others could not deploy while it waits. Between its
 * COMMIT PREPARED being visible and its messages, which is microseconds, a remembered answer may still be used.
 */
#include "deployments.h"

#include "access/parallel.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

#include "pgml.h"

/* What a snapshot sees, as far as two of this backend can differ. */
typedef struct Sight
{
	TransactionId xmin;
	TransactionId xmax;
	uint32		running;
	int32		running_children;
	CommandId	command;
} Sight;

typedef struct Answer
{
	Oid			user;
	bool		settled;
	Sight		sight;
	Model	   *model;
	int64		id;				/* of a model */
	int			name_length;	/* of a project, whose name follows; -1: by id */
	char		name[FLEXIBLE_ARRAY_MEMBER];
} Answer;

/* What a call of an expression keeps for its next row: fn_extra. */
typedef struct CallSite
{
	uint64		generation;
	Answer	   *answer;
} CallSite;

/* More than this in one statement, and answers are looked up again. */
#define REMEMBERED 64

static MemoryContext answers_context = NULL;
static Answer *answers[REMEMBERED]; /* a ring, `next_answer` being the oldest */
static int	next_answer = 0;

/* Counts how often everything was forgotten. */
static uint64 generation = 1;

/* All transaction ids given out when everything was last forgotten are below. */
static TransactionId horizon = InvalidTransactionId;

/* The present transaction is a deployer. */
static bool changed = false;

/*
 * The last snapshot that was looked at, in which generation, whether it is settled, and whether it sees all that this
 * backend knows of, so that a plan with a result for it is good until the next message.
 */
static Sight seen;
static uint64 seen_generation = 0;
static bool seen_settled;
static bool seen_newest;

/* Oids of the tables with our trigger, and of the relation that stands for the deployment lock; found when needed. */
static Oid *watched = NULL;
static int	watched_count = 0;
static bool watched_known = false;
static Oid	lock_relation = InvalidOid;

void
pgml_drop_answers(void)
{
	generation++;
	memset(answers, 0, sizeof(answers));
	if (answers_context != NULL)
		MemoryContextReset(answers_context);
}

void
pgml_forget_answers(void)
{
	pgml_drop_answers();
	watched_known = false;
	lock_relation = InvalidOid;
	horizon = XidFromFullTransactionId(ReadNextFullTransactionId());
}

/* The lock is that of a relation without use, which nobody else can lock: a composite type's. */
static Oid
deployment_lock(void)
{
	if (!OidIsValid(lock_relation))
	{
		Oid			schema = get_namespace_oid("pgml_bridge", true);

		if (OidIsValid(schema))
			lock_relation = get_relname_relid("deployment", schema);
	}
	return lock_relation;
}

void
pgml_answers_changed(void)
{
	pgml_forget_answers();
	changed = true;
	/* This uses the id, after which messages are processed. The triggers of TRUNCATE run in a command that has not. */
	(void) GetCurrentCommandId(true);
}

/* Until this transaction has sent its messages, others must not take their snapshots for settled. */
void
pgml_lock_deployment(void)
{
	Oid			relation;

	if (!changed)
		return;
	relation = deployment_lock();
	if (OidIsValid(relation))
		LockRelationOid(relation, AccessExclusiveLock);
}

void
pgml_answers_at_transaction_end(void)
{
	if (!changed)
		return;
	changed = false;
	pgml_forget_answers();
}

bool
pgml_is_watched(Oid relation)
{
	if (!watched_known || !OidIsValid(relation))
		return true;
	for (int i = 0; i < watched_count; i++)
		if (watched[i] == relation)
			return true;
	return false;
}

static Sight
sight_of(Snapshot snapshot)
{
	Sight		sight = {snapshot->xmin, snapshot->xmax, snapshot->xcnt, snapshot->subxcnt, snapshot->curcid};

	return sight;
}

static inline bool
same_sight(const Sight *one, const Sight *other)
{
	return one->xmax == other->xmax && one->xmin == other->xmin && one->running == other->running &&
		one->running_children == other->running_children && one->command == other->command;
}

/*
 * Whether a snapshot sees all deployers whose messages have been processed, and no others; also what this transaction
 * itself has changed, since that moved the horizon beyond all snapshots from before.
 */
static bool
sees_what_was_told(const Sight *sight)
{
	Oid			relation = deployment_lock();

	if (!OidIsValid(relation) || !ConditionalLockRelationOid(relation, AccessShareLock))
	{
		AcceptInvalidationMessages();
		return false;
	}
	/* Getting the lock has accepted messages. */
	UnlockRelationOid(relation, AccessShareLock);
	if (!TransactionIdIsValid(horizon))
		horizon = XidFromFullTransactionId(ReadNextFullTransactionId());
	if (TransactionIdPrecedes(sight->xmin, horizon) && !TransactionIdFollows(sight->xmax, horizon))
		return false;
	/* Ids are compared modulo 2^32: the horizon must not stay behind for ever. */
	if (TransactionIdFollows(sight->xmin, horizon))
		horizon = sight->xmin;
	return true;
}

/* Looks at the active snapshot: `seen` and its companions tell what it sees. */
static inline void
look_at_snapshot(void)
{
	Sight		sight = sight_of(GetActiveSnapshot());

	if (seen_generation == generation && same_sight(&seen, &sight))
		return;
	seen_newest = sees_what_was_told(&sight);
	seen_settled = seen_newest && !changed && !IsParallelWorker();
	seen = sight;
	seen_generation = generation;
}

static inline bool
holds(const Answer *answer)
{
	return (answer->settled && seen_settled) || same_sight(&answer->sight, &seen);
}

/* Keeps an answer, in the place of the oldest one. */
static Answer *
remember(Oid user, Model *model, int64 id, const char *name, int name_length)
{
	Answer	   *answer;

	if (answers_context == NULL)
		answers_context = AllocSetContextCreate(TopMemoryContext, "pgml answers", ALLOCSET_DEFAULT_SIZES);
	if (answers[next_answer] != NULL)
	{
		/* A call site may point to it. */
		generation++;
		seen_generation = generation;
		pfree(answers[next_answer]);
		answers[next_answer] = NULL;
	}
	answer = MemoryContextAlloc(answers_context, offsetof(Answer, name) + Max(name_length, 0));
	answer->user = user;
	answer->settled = seen_settled;
	answer->sight = seen;
	answer->model = model;
	answer->id = id;
	answer->name_length = name_length;
	if (name_length > 0)
		memcpy(answer->name, name, name_length);
	answers[next_answer] = answer;
	next_answer = (next_answer + 1) % REMEMBERED;
	return answer;
}

/* Runs a query with one parameter that only reads, in the caller's snapshot and with the caller's rights. */
static Datum
ask(SPIPlanPtr *plan, const char *query, Oid type, Datum parameter, bool *is_null)
{
	int			code;

	if (*plan == NULL)
	{
		SPIPlanPtr	prepared = SPI_prepare(query, 1, &type);

		if (prepared == NULL)
			elog(ERROR, "SPI_prepare: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(prepared);
		*plan = prepared;
	}
	code = SPI_execute_plan(*plan, &parameter, NULL, true, 0);
	if (code != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan: %s", SPI_result_code_string(code));
	*is_null = true;
	return SPI_processed == 0 ? (Datum) 0 : SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, is_null);
}

/* Finds the tables with our trigger, whose DDL concerns us. What an old snapshot sees of them is not kept. */
static void
find_watched(void)
{
	static SPIPlanPtr plan = NULL;
	Oid			trigger_function = LookupFuncName(list_make2(makeString("pgml_bridge"), makeString("invalidate")), 0, NULL, true);
	uint64		generation_before = generation;
	bool		is_null;

	ask(&plan, "SELECT t.tgrelid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_trigger t ON t.oid OPERATOR(pg_catalog.=) d.objid "
		"WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.refobjid OPERATOR(pg_catalog.=) $1 "
		"AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_trigger'::pg_catalog.regclass",
		OIDOID, ObjectIdGetDatum(trigger_function), &is_null);
	if (watched != NULL)
		pfree(watched);
	watched = NULL;
	watched_count = 0;
	watched = MemoryContextAlloc(TopMemoryContext, sizeof(Oid) * Max(SPI_processed, 1));
	for (uint64 row = 0; row < SPI_processed; row++)
		watched[watched_count++] =
			DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1, &is_null));
	watched_known = OidIsValid(trigger_function) && seen_settled && generation == generation_before;
}

/* The model with an id, from what is mapped, a file, or the database; SPI is connected. */
static Model *
model_with_id(int64 id)
{
	static SPIPlanPtr digest_plan = NULL;
	static SPIPlanPtr artifact_plan = NULL;
	uint8		digest[DIGEST_BYTES];
	bool		is_null;
	struct varlena *bytes;
	Datum		found;
	Model	   *model;

	found = ask(&digest_plan, "SELECT pgml.model_digest($1)", INT8OID, Int64GetDatum(id), &is_null);
	bytes = is_null ? NULL : PG_DETOAST_DATUM_PACKED(found);
	if (bytes == NULL || VARSIZE_ANY_EXHDR(bytes) != DIGEST_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("No model exists with the id " INT64_FORMAT, id)));
	memcpy(digest, VARDATA_ANY(bytes), DIGEST_BYTES);
	if ((model = pgml_mapped_model(digest)) != NULL || (model = pgml_map_model_file(digest)) != NULL)
		return model;

	found = ask(&artifact_plan, "SELECT pgml.model_artifact($1)", INT8OID, Int64GetDatum(id), &is_null);
	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("No model exists with the id " INT64_FORMAT, id)));
	bytes = PG_DETOAST_DATUM_PACKED(found);
	/* The file is for other databases as well, which must not get what a false digest names. */
	found = DirectFunctionCall1(sha256_bytea, PointerGetDatum(bytes));
	if (memcmp(VARDATA_ANY(DatumGetPointer(found)), digest, DIGEST_BYTES) != 0)
		pgml_unusable_model("its bytes are not those that pgml.model_digest names");
	return pgml_map_artifact(digest, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}

static int64
deployed_model(text *project)
{
	static SPIPlanPtr plan = NULL;
	bool		is_null;
	Datum		id = ask(&plan, "SELECT pgml.deployed_model($1)", TEXTOID, PointerGetDatum(project), &is_null);

	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("No deployed model exists for the project named: `%s`", text_to_cstring(project))));
	return DatumGetInt64(id);
}

/*
 * Whether the planner may make this call, to keep the result: for constants, or for parameters, which is what an SQL
 * function around this one makes of its constants.
 */
static bool
may_be_planned(FmgrInfo *function)
{
	return get_fn_expr_arg_stable(function, 0) && get_fn_expr_arg_stable(function, 1);
}

static void
note_at_call_site(FmgrInfo *function, Answer *answer)
{
	CallSite   *site = function->fn_extra;

	if (site == NULL)
		site = function->fn_extra = MemoryContextAlloc(function->fn_mcxt, sizeof(CallSite));
	site->generation = generation;
	site->answer = answer;
}

/* Whether what this user sees of the tables may depend on more than the user: policies may read settings. */
static bool
has_policies(void)
{
	for (int i = 0; i < watched_count; i++)
		if (check_enable_rls(watched[i], InvalidOid, true) != RLS_NONE)
			return true;
	return false;
}

/* The model of a project, or with an id if `project` is NULL; and whether the answer was kept. */
static Model *
look_up(FmgrInfo *function, Oid user, text *project, int64 id, bool *kept)
{
	uint64		generation_before = generation;
	Model	   *model;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (!watched_known)
		find_watched();
	if (project != NULL)
		id = deployed_model(project);
	model = model_with_id(id);
	SPI_finish();
	/* Messages may have come meanwhile, and other models may have made room for this one. */
	*kept = generation == generation_before && !has_policies();
	if (!*kept)
		return model;
	if (project == NULL)
		note_at_call_site(function, remember(user, model, id, NULL, -1));
	else
		note_at_call_site(function, remember(user, model, 0, VARDATA_ANY(project), VARSIZE_ANY_EXHDR(project)));
	return model;
}

static inline bool
answers_question(const Answer *answer, Oid user, text *project, int64 id)
{
	if (answer->user != user || !holds(answer))
		return false;
	if (project == NULL)
		return answer->name_length < 0 && answer->id == id;
	return answer->name_length == VARSIZE_ANY_EXHDR(project) &&
		memcmp(answer->name, VARDATA_ANY(project), answer->name_length) == 0;
}

static Model *
remembered_or_looked_up(FmgrInfo *function, text *project, int64 id, bool *kept)
{
	Oid			user = GetUserId();
	CallSite   *site = function->fn_extra;

	*kept = true;
	look_at_snapshot();
	if (site != NULL && site->generation == generation && answers_question(site->answer, user, project, id))
		return site->answer->model;
	for (int i = 0; i < REMEMBERED; i++)
		if (answers[i] != NULL && answers_question(answers[i], user, project, id))
		{
			note_at_call_site(function, answers[i]);
			return answers[i]->model;
		}
	return look_up(function, user, project, id, kept);
}

static Model *
model_named(FmgrInfo *function, text *project, int64 id)
{
	bool		without_snapshot = !ActiveSnapshotSet();
	bool		kept;
	Model	   *model;

	if (without_snapshot)
		PushActiveSnapshot(GetTransactionSnapshot());
	model = remembered_or_looked_up(function, project, id, &kept);
	if (!(kept && seen_newest) && !IsParallelWorker() && may_be_planned(function))
		ResetPlanCache();
	if (without_snapshot)
		PopActiveSnapshot();
	return model;
}

Model *
pgml_model_of_project(FunctionCallInfo fcinfo)
{
	return model_named(fcinfo->flinfo, PG_GETARG_TEXT_PP(0), 0);
}

Model *
pgml_model_of_id(FunctionCallInfo fcinfo)
{
	return model_named(fcinfo->flinfo, NULL, PG_GETARG_INT64(0));
}
