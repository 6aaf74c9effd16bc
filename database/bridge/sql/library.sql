-- The functions of the seam (see seam.ts) as symbols of a library, for the bridges that are one.
CREATE SCHEMA pgml_bridge;
GRANT USAGE ON SCHEMA pgml_bridge TO PUBLIC;

CREATE FUNCTION pgml_bridge.call(method text, request jsonb, payload bytea DEFAULT NULL, OUT response jsonb, OUT result bytea)
  LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'pgml_call';
CREATE FUNCTION pgml_bridge.stream(method text, request jsonb) RETURNS SETOF jsonb
  LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'pgml_stream';
CREATE FUNCTION pgml_bridge.push(query text) RETURNS bigint
  LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'pgml_push';

CREATE FUNCTION pgml_bridge.predict(project text, features real[]) RETURNS real
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pgml_predict_project';
CREATE FUNCTION pgml_bridge.predict(model bigint, features real[]) RETURNS real
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pgml_predict_model';
CREATE FUNCTION pgml_bridge.predict_proba(project text, features real[]) RETURNS real[]
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pgml_predict_proba_project';
CREATE FUNCTION pgml_bridge.predict_proba(model bigint, features real[]) RETURNS real[]
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pgml_predict_proba_model';
CREATE FUNCTION pgml_bridge.predict_batch(project text, features real[]) RETURNS real[]
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pgml_predict_batch_project';
CREATE FUNCTION pgml_bridge.predict_batch(model bigint, features real[]) RETURNS real[]
  LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pgml_predict_batch_model';

CREATE FUNCTION pgml_bridge.encode(model bigint, "row" jsonb) RETURNS real[]
  LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pgml_encode';
CREATE FUNCTION pgml_bridge.invalidate() RETURNS trigger
  LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'pgml_invalidate';
