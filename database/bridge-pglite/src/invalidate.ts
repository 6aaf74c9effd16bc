/**
 * After a change to what predictions rest on, nothing that was computed before may be used: not the answers that
 * Deployments remembers, and not cached plans either, because predict is IMMUTABLE and a plan may hold its result for
 * constant arguments.
 *
 * PostgreSQL drops all cached plans when the catalog of schemas changes. So the row of the schema pgml_bridge is
 * updated to what it was: this takes part in the transaction, and PostgreSQL drops the plans at once, and again if the
 * (sub)transaction rolls back. The same message makes Deployments forget.
 */
import type { Backend } from './backend.js';
import type { Deployments } from './deployments.js';

const PG_NAMESPACE = 2615;
const ROW_EXCLUSIVE_LOCK = 3;
// Numbers of system caches, by oid, in PostgreSQL 18.
const NAMESPACE_OID_CACHE = 38;
const PROCEDURE_OID_CACHE = 47;
/** HeapTupleData: uint32 t_len, ItemPointerData t_self, … */
const TUPLE_SELF = 4;

// XactEvent: how a transaction ended.
const COMMITTED = 0;
const ABORTED = 2;
const PREPARED = 4;

/** Calls `ended` at the end of every transaction. */
export function atTransactionEnd(backend: Backend, ended: () => void): void {
  const callback = backend.callable((event) => {
    if (event === COMMITTED || event === ABORTED || event === PREPARED) ended();
  }, 'vii');
  backend.c.RegisterXactCallback(callback, 0);
}

/** Makes Deployments forget whenever a table, a function or the schemas have changed, or such a change is undone. */
export function forgetOnInvalidation(backend: Backend, deployments: Deployments): void {
  const onCache = backend.callable(() => deployments.forget(), 'viii');
  const onRelation = backend.callable(() => deployments.forget(), 'vii');
  backend.c.CacheRegisterSyscacheCallback(NAMESPACE_OID_CACHE, onCache, 0);
  backend.c.CacheRegisterSyscacheCallback(PROCEDURE_OID_CACHE, onCache, 0);
  backend.c.CacheRegisterRelcacheCallback(onRelation, 0);
}

/** The trigger. Its result says nothing, because it is for statements. */
export function invalidate(backend: Backend, deployments: Deployments): number {
  deployments.changed();
  const { c } = backend;
  const schema = c.get_namespace_oid(backend.cString('pgml_bridge'), 0);
  const catalog = c.table_open(PG_NAMESPACE, ROW_EXCLUSIVE_LOCK);
  const tuple = c.SearchSysCacheCopy(NAMESPACE_OID_CACHE, schema, 0, 0, 0);
  c.CatalogTupleUpdate(catalog, tuple + TUPLE_SELF, tuple);
  c.table_close(catalog, ROW_EXCLUSIVE_LOCK);
  // The same command may come here again, and must find the new row.
  c.CommandCounterIncrement();
  return 0;
}
