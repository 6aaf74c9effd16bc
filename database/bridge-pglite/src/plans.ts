/**
 * Dropping all cached plans, by updating the row of the schema pgml_bridge in the catalog to what it was. PostgreSQL
 * drops its plans when the catalog of schemas changes, and because the update is part of the transaction, it does so at
 * once and again if the (sub)transaction rolls back.
 */
import type { Backend } from './backend.js';

const PG_NAMESPACE = 2615;
const ROW_EXCLUSIVE_LOCK = 3;
/** Number of the system cache of schemas by oid, in PostgreSQL 18. */
export const NAMESPACE_OID_CACHE = 38;
/** HeapTupleData: uint32 t_len, ItemPointerData t_self, … */
const TUPLE_SELF = 4;

export function dropCachedPlans(backend: Backend): void {
  const { c } = backend;
  const schema = c.get_namespace_oid(backend.cString('pgml_bridge'), 0);
  const catalog = c.table_open(PG_NAMESPACE, ROW_EXCLUSIVE_LOCK);
  const tuple = c.SearchSysCacheCopy(NAMESPACE_OID_CACHE, schema, 0, 0, 0);
  c.CatalogTupleUpdate(catalog, tuple + TUPLE_SELF, tuple);
  c.table_close(catalog, ROW_EXCLUSIVE_LOCK);
  // The same command may come here again, and must find the new row.
  c.CommandCounterIncrement();
}
