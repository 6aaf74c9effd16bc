/**
 * The seam between SQL and the runtime. A bridge provides these SQL functions, and nothing else; all SQL above them is
 * the same on every bridge, and contract.ts proves a bridge.
 *
 *   pgml_bridge.call(method text, request jsonb, payload bytea DEFAULT NULL, OUT response jsonb, OUT result bytea)
 *       VOLATILE. One call to a method of the runtime. NULL payload is allowed.
 *   pgml_bridge.stream(method text, request jsonb) RETURNS SETOF jsonb
 *       VOLATILE. As call, for methods that answer with many items.
 *   pgml_bridge.push(query text) RETURNS bigint
 *       VOLATILE. Runs the query with the caller's rights in the caller's snapshot (it sees the caller's uncommitted rows)
 *       and sends its rows to the runtime in column batches. Returns a handle that a request names as `dataset`; it is
 *       consumed by the call that uses it and forgotten at the end of the transaction. The query's columns must be real, text
 *       or real[] (one length in all rows, flattened row-major; NULL elements are missing values).
 *   pgml_bridge.predict(project text, features real[]) RETURNS real
 *   pgml_bridge.predict(model bigint, features real[]) RETURNS real
 *   pgml_bridge.predict_proba(project text | model bigint, features real[]) RETURNS real[]
 *   pgml_bridge.predict_batch(project text | model bigint, features real[]) RETURNS real[]
 *       IMMUTABLE STRICT PARALLEL SAFE where cached plans with folded answers can be invalidated; elsewhere the bridge has the
 *       trait `predictions: 'stable'` (contract.ts), and they are STABLE STRICT PARALLEL RESTRICTED. The fast path. Arrays
 *       of any dimensionality are read in storage order. A bridge keeps models in memory, but what it answers is always what
 *       pgml.deployed_model(project text) RETURNS bigint and pgml.model_artifact(model bigint) RETURNS bytea (STABLE,
 *       defined by the schema, raising proper errors) would give to this user in this snapshot. What a bridge keeps outside
 *       of the database it finds by content: pgml.model_digest(model bigint) RETURNS bytea (STABLE, by the schema) is the
 *       SHA-256 of the artifact, and does not read it.
 *   pgml_bridge.encode(model bigint, "row" jsonb) RETURNS real[]
 *       STABLE STRICT. A row as an object, by feature names or as f1, f2, … in feature order, turned into the model's features.
 *   pgml_bridge.invalidate() RETURNS trigger
 *       For statement-level triggers on the tables that the two functions above read.
 *
 * Waiting for the runtime honours cancel requests, statement_timeout and termination within 0.1 s, and tells the runtime.
 */

/** What a failing method reports; a bridge raises it as a PostgreSQL error with these fields. */
export type { ErrorReport } from '@pgml/runtime';
