-- Snapshots: which rows a model learns from, and how they reach the runtime.

CREATE FUNCTION pgml._seed() RETURNS bigint LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    setting text := nullif(current_setting('pgml.seed', true), '');
BEGIN
    IF setting !~ '^[0-9]{1,10}$' OR setting::bigint > 4294967295 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('invalid value for setting "pgml.seed": "%s"', setting),
            HINT = 'It is an integer from 0 to 4294967295, for example SET pgml.seed = 7.';
    END IF;
    RETURN coalesce(setting::bigint, 42);
END
$$;
COMMENT ON FUNCTION pgml._seed() IS 'Internal: the setting pgml.seed, or 42.';

-- Tables of materialized snapshots outlive DROP EXTENSION; a new catalog must not run into them.
CREATE FUNCTION pgml._next_snapshot_id() RETURNS bigint LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    id bigint;
BEGIN
    LOOP
        id := nextval('pgml.snapshots_id_seq');
        EXIT WHEN to_regclass(format('pgml.snapshot_%s', id)) IS NULL;
    END LOOP;
    RETURN id;
END
$$;
COMMENT ON FUNCTION pgml._next_snapshot_id() IS 'Internal: an id whose table pgml.snapshot_{id} does not exist.';

CREATE FUNCTION pgml._check_test_size(test_size real) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF test_size NOT BETWEEN 0 AND 1e9 THEN -- NaN is greater than any number
        RAISE invalid_parameter_value USING MESSAGE = format('test_size = %s is not a share or a number of rows', test_size),
            HINT = 'Give the share of the rows to hold out for the test (0 to 1), or how many rows (more than 1).';
    END IF;
END
$$;
COMMENT ON FUNCTION pgml._check_test_size(real) IS 'Internal: raises 22023 unless test_size makes sense.';

-- A double precision or numeric value as the nearest real. A plain cast raises 22003, without naming the column, for what
-- is too small or too large; here the small is 0 and the large infinite, which the runtime refuses by column name.
-- Operators are qualified, because setting a search path would keep these functions from being inlined.
CREATE FUNCTION pgml._to_real(value double precision) RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN pg_catalog.abs(value) OPERATOR(pg_catalog.<) 1e-45 THEN 0::pg_catalog.float4
        WHEN value OPERATOR(pg_catalog.=) 'NaN' THEN 'NaN'::pg_catalog.float4
        WHEN value OPERATOR(pg_catalog.>=) 3.4028235677973366e38 THEN 'Infinity'::pg_catalog.float4
        WHEN value OPERATOR(pg_catalog.<=) -3.4028235677973366e38 THEN '-Infinity'::pg_catalog.float4
        ELSE value::pg_catalog.float4
    END
$$;
COMMENT ON FUNCTION pgml._to_real(double precision) IS 'Internal: the nearest real, without range errors.';

CREATE FUNCTION pgml._to_real(value numeric) RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN pg_catalog.abs(value) OPERATOR(pg_catalog.<) 1e-45 THEN 0::pg_catalog.float4
        WHEN value OPERATOR(pg_catalog.=) 'NaN' THEN 'NaN'::pg_catalog.float4
        WHEN value OPERATOR(pg_catalog.>=) 3.4028235677973366e38 THEN 'Infinity'::pg_catalog.float4
        WHEN value OPERATOR(pg_catalog.<=) -3.4028235677973366e38 THEN '-Infinity'::pg_catalog.float4
        ELSE value::pg_catalog.float4
    END
$$;
COMMENT ON FUNCTION pgml._to_real(numeric) IS 'Internal: the nearest real, without range errors.';

-- A class is answered as a real. Classes that real writes as what they are cannot be taken for each other.
CREATE FUNCTION pgml._to_class(label text, class numeric) RETURNS real LANGUAGE plpgsql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer real := pgml._to_real(class);
BEGIN
    IF answer::text::numeric <> class THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('the label "%s" has the class %s, which the type real cannot hold', label, trim_scale(class)),
            DETAIL = format('pgml.predict answers real; the nearest is %s.', answer),
            HINT = 'Number the classes from 0, or cast the label to text, in a view.';
    END IF;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION pgml._to_class(text, numeric) IS 'Internal: the class of a label as real, or 22023 if it is not the same then.';

-- The columns of a query for pgml_bridge.push must be real, real[] or text.
CREATE FUNCTION pgml._push_expression(name text, pg_type text, is_class boolean) RETURNS text LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(
        CASE
            -- All integers up to 2^24 are exact, and so are most others that are used as classes.
            WHEN is_class AND pg_type IN ('int4', 'int8') THEN
                'CASE WHEN %1$I OPERATOR(pg_catalog.>=) -16777216 AND %1$I OPERATOR(pg_catalog.<=) 16777216'
                ' THEN %1$I::pg_catalog.float4 ELSE pgml._to_class(%2$L, %1$I) END AS %1$I'
            WHEN is_class AND pg_type = 'float8' THEN
                'CASE WHEN pgml._to_real(%1$I) OPERATOR(pg_catalog.=) %1$I THEN pgml._to_real(%1$I)'
                ' ELSE pgml._to_class(%2$L, %1$I::pg_catalog.text::pg_catalog.numeric) END AS %1$I'
            WHEN is_class AND pg_type = 'numeric' THEN 'pgml._to_class(%2$L, %1$I) AS %1$I'
            WHEN pg_type IN ('text', 'varchar', 'bpchar') THEN '%1$I::pg_catalog.text AS %1$I'
            WHEN pg_type IN ('float8', 'numeric') THEN 'pgml._to_real(%1$I) AS %1$I'
            WHEN pg_type = 'bool' THEN '%1$I::pg_catalog.int4::pg_catalog.float4 AS %1$I'
            WHEN pg_type = 'bool[]' THEN '%1$I::pg_catalog.int4[]::pg_catalog.float4[] AS %1$I'
            WHEN pg_type LIKE '%[]' THEN '%1$I::pg_catalog.float4[] AS %1$I'
            ELSE '%1$I::pg_catalog.float4 AS %1$I'
        END,
        name, name)
$$;
COMMENT ON FUNCTION pgml._push_expression(text, text, boolean) IS 'Internal: a column as one that pgml_bridge.push takes.';

-- Reading in physical order, the whole table by one process, makes the order of rows the same each time; the split into
-- training and test rows, and so the model, depend on it. Functions that a view calls find what they find for the caller.
CREATE FUNCTION pgml._materialize(snapshot_id bigint, query text, caller_search_path text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET synchronize_seqscans = off
    SET max_parallel_workers_per_gather = 0
AS $$
BEGIN
    PERFORM set_config('search_path', caller_search_path, true);
    EXECUTE pg_catalog.format('CREATE TABLE pgml.snapshot_%s AS %s', snapshot_id, query);
END
$$;
COMMENT ON FUNCTION pgml._materialize(bigint, text, text) IS 'Internal: copies the rows of a query to the table of a snapshot.';

CREATE FUNCTION pgml._push(query text, caller_search_path text) RETURNS bigint LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET extra_float_digits = 1 -- so that _to_class sees all digits
    SET synchronize_seqscans = off
    SET max_parallel_workers_per_gather = 0
AS $$
BEGIN
    PERFORM set_config('search_path', caller_search_path, true);
    RETURN pgml_bridge.push(query);
END
$$;
COMMENT ON FUNCTION pgml._push(text, text) IS 'Internal: sends the rows of a query to the runtime; returns the handle of the dataset.';

CREATE FUNCTION pgml._create_snapshot(
    relation_name text, task pgml.task, labels text[], test_size real, test_sampling pgml.sampling, materialize boolean,
    caller_search_path text
) RETURNS pgml.snapshots LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := pgml._resolve_relation(relation_name);
    label text;
    columns jsonb;
    snapshot pgml.snapshots;
BEGIN
    PERFORM pgml._check_test_size(test_size);
    RAISE INFO 'Snapshotting table "%", this may take a little while...', relation_name;
    FOREACH label IN ARRAY coalesce(labels, '{}') LOOP
        PERFORM pgml._check_label(relation, task, label);
    END LOOP;
    columns := CASE WHEN task IN ('regression', 'classification')
        THEN pgml._relation_columns(relation, labels => labels, omitted => '{}')
        ELSE pgml._relation_columns(relation, labels => '{}', omitted => coalesce(labels, '{}'))
    END;
    IF NOT columns @> '[{"label": false}]' THEN
        RAISE invalid_parameter_value USING MESSAGE = format('Relation "%s" has no column to learn from', relation_name),
            HINT = 'It needs at least one column beside the label.';
    END IF;
    INSERT INTO pgml.snapshots
        (id, relation_name, y_column_name, test_size, test_sampling, status, columns, materialized, seed)
    VALUES
        (pgml._next_snapshot_id(), relation_name, labels, test_size, test_sampling, 'in_progress', columns, materialize,
            pgml._seed())
    RETURNING * INTO snapshot;
    IF materialize THEN
        PERFORM pgml._materialize(snapshot.id, format('SELECT %s FROM %s', (
            SELECT string_agg(format('%I', item ->> 'name'), ', ' ORDER BY position)
            FROM jsonb_array_elements(columns) WITH ORDINALITY AS described (item, position)
        ), relation), caller_search_path);
        RAISE INFO 'Snapshot of table "%" created and saved in "pgml"."snapshot_%"', relation_name, snapshot.id;
    END IF;
    RETURN snapshot;
END
$$;
COMMENT ON FUNCTION pgml._create_snapshot(text, pgml.task, text[], real, pgml.sampling, boolean, text) IS
    'Internal: checks a relation and its label, and records what models are to be trained on.';

CREATE FUNCTION pgml._last_snapshot(project_id bigint) RETURNS pgml.snapshots LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    snapshot pgml.snapshots;
BEGIN
    SELECT snapshots.* INTO snapshot
    FROM pgml.snapshots
    WHERE id = (SELECT max(models.snapshot_id) FROM pgml.models WHERE models.project_id = _last_snapshot.project_id);
    IF snapshot.id IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'You must pass a `relation_name` and `y_column_name` to snapshot the first time you train a model.',
            HINT = 'For example relation_name => ''public.houses'', y_column_name => ''price''.';
    END IF;
    RAISE INFO 'Using existing snapshot from "pgml"."snapshot_%"', snapshot.id;
    RETURN snapshot;
END
$$;
COMMENT ON FUNCTION pgml._last_snapshot(bigint) IS 'Internal: the newest snapshot that a model of the project was trained on.';

-- What the runtime is told about the columns; `columns` may be its own answer to an earlier request.
CREATE FUNCTION pgml._request_columns(snapshot pgml.snapshots) RETURNS jsonb LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_agg(jsonb_build_object('name', item -> 'name', 'pg_type', item -> 'pg_type', 'nullable', item -> 'nullable',
        'label', item -> 'label', 'position', item -> 'position', 'array', item -> 'array') ORDER BY position)
    FROM jsonb_array_elements(snapshot.columns) WITH ORDINALITY AS described (item, position)
$$;
COMMENT ON FUNCTION pgml._request_columns(pgml.snapshots) IS 'Internal: the columns of a snapshot as a request describes them.';

CREATE FUNCTION pgml._push_query(snapshot pgml.snapshots, task pgml.task) RETURNS text LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('SELECT %s FROM %s',
        string_agg(pgml._push_expression(item ->> 'name', item ->> 'pg_type',
            is_class => task = 'classification' AND (item ->> 'label')::boolean), ', ' ORDER BY position),
        CASE WHEN snapshot.materialized THEN format('pgml.snapshot_%s', snapshot.id)
            ELSE pgml._resolve_relation(snapshot.relation_name)::text END)
    FROM jsonb_array_elements(snapshot.columns) WITH ORDINALITY AS described (item, position)
$$;
COMMENT ON FUNCTION pgml._push_query(pgml.snapshots, pgml.task) IS 'Internal: the query whose rows a snapshot stands for.';

CREATE FUNCTION pgml._snapshot(
    relation_name text, label text, test_size real, test_sampling pgml.sampling, preprocess jsonb, caller_search_path text
) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    snapshot pgml.snapshots;
    samples bigint;
BEGIN
    IF preprocess <> '{}' THEN
        PERFORM pgml._not_available('preprocess', 'Prepare the columns in a view, and take a snapshot of that.', NULL::text);
    END IF;
    -- Of all tasks, classification takes any label.
    snapshot := pgml._create_snapshot(relation_name, 'classification', ARRAY[label], test_size, test_sampling,
        materialize => true, caller_search_path => caller_search_path);
    EXECUTE format('SELECT count(*) FROM pgml.snapshot_%s', snapshot.id) INTO samples;
    UPDATE pgml.snapshots SET status = 'successful', analysis = jsonb_build_object('samples', samples) WHERE id = snapshot.id;
END
$$;
COMMENT ON FUNCTION pgml._snapshot(text, text, real, pgml.sampling, jsonb, text) IS
    'Internal: pgml.snapshot after its defaults, with the search path of its caller.';

-- Arguments and result columns share names, which only SQL functions may.
CREATE FUNCTION pgml.snapshot(
    relation_name text,
    y_column_name text,
    test_size real DEFAULT 0.25,
    test_sampling pgml.sampling DEFAULT 'stratified',
    preprocess jsonb DEFAULT '{}'
) RETURNS TABLE (relation text, y_column_name text) LANGUAGE sql STRICT AS $$
    SELECT pgml._snapshot($1, $2, $3, $4, $5, pg_catalog.current_setting('search_path'));
    SELECT $1, $2
$$;
COMMENT ON FUNCTION pgml.snapshot(text, text, real, pgml.sampling, jsonb) IS
    'Copies the rows of a table or view to the table pgml.snapshot_{id}, described in pgml.snapshots, without training a model.';
