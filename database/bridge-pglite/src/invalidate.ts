/**
 * After a change to what predictions rest on, nothing that was computed before may be used: not the answers that
 * Deployments remembers, and not cached plans either, because predict is IMMUTABLE and a plan may hold its result for
 * constant arguments. Dropping the plans sends a message which makes Deployments forget, too.
 */
import type { Backend } from './backend.js';
import type { Deployments } from './deployments.js';
import { dropCachedPlans, NAMESPACE_OID_CACHE } from './plans.js';

/** Number of the system cache of functions by oid, in PostgreSQL 18. */
const PROCEDURE_OID_CACHE = 47;

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
  dropCachedPlans(backend);
  return 0;
}
