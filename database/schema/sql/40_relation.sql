-- From what the user wrote to a relation and its columns.

-- A name is first taken as it stands, split at the dot, as PostgresML does: `public.My Table` and `pgml.jdxcosta/diamonds`
-- need no quotes. Where there is no such relation, it is read as SQL would read it: quotes allow dots, letters fold.
CREATE FUNCTION pgml._resolve_relation(relation_name text) RETURNS regclass LANGUAGE plpgsql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    parts text[] := string_to_array(relation_name, '.');
    relation regclass := pgml._find_relation(parts);
BEGIN
    IF relation IS NOT NULL THEN
        RETURN relation;
    END IF;
    BEGIN
        relation := pgml._find_relation(parse_ident(relation_name));
    EXCEPTION WHEN invalid_parameter_value THEN
        relation := NULL; -- not an SQL identifier
    END;
    IF relation IS NOT NULL THEN
        RETURN relation;
    END IF;
    IF cardinality(parts) = 1 THEN
        RAISE undefined_table USING
            MESSAGE = format('Relation "%s" could not be found in the public schema.', relation_name),
            HINT = format('Please specify the table schema, e.g. pgml.%s', relation_name);
    ELSIF cardinality(parts) = 2 THEN
        RAISE undefined_table USING MESSAGE = format('Relation "%s"."%s" doesn''t exist', parts[1], parts[2]),
            HINT = 'A table, view, materialized view or foreign table is needed, as schema.name.';
    END IF;
    RAISE undefined_table USING
        MESSAGE = format('Relation name "%s" is not parsable into schema name and table name', relation_name),
        HINT = 'Write schema.name; put a name that contains dots in double quotes.';
END
$$;
COMMENT ON FUNCTION pgml._resolve_relation(text) IS 'Internal: the relation that a relation_name argument means, or 42P01.';

CREATE FUNCTION pgml._find_relation(parts text[]) RETURNS regclass LANGUAGE sql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_class.oid::regclass
    FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
    WHERE pg_class.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND pg_class.relname::text = parts[cardinality(parts)]
        AND CASE
            WHEN cardinality(parts) = 1 THEN pg_namespace.nspname = 'public'
            WHEN cardinality(parts) = 2 AND parts[1] = 'pg_temp' THEN pg_namespace.oid = pg_my_temp_schema()
            ELSE cardinality(parts) = 2 AND pg_namespace.nspname::text = parts[1]
        END
$$;
COMMENT ON FUNCTION pgml._find_relation(text[]) IS 'Internal: the relation {name} of the schema public, or {schema, name}, where the schema may be pg_temp; NULL if there is none.';

-- udt name as information_schema gives it (float4, bpchar, …), arrays as int2[]; domains count as what they are made from.
CREATE FUNCTION pgml._column_type(type oid) RETURNS text LANGUAGE sql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE base AS (
        SELECT type AS oid
        UNION ALL
        SELECT pg_type.typbasetype FROM base JOIN pg_type ON pg_type.oid = base.oid WHERE pg_type.typtype = 'd'
    ), named AS (
        SELECT CASE WHEN element.oid IS NULL THEN pg_type.typname::text ELSE element.typname || '[]' END AS name
        FROM base
        JOIN pg_type ON pg_type.oid = base.oid AND pg_type.typtype <> 'd'
        LEFT JOIN pg_type AS element ON element.typarray = pg_type.oid
        WHERE pg_type.typnamespace = 'pg_catalog'::regnamespace
    )
    SELECT name FROM named
    WHERE name IN ('bool', 'int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'text', 'varchar', 'bpchar',
        'bool[]', 'int2[]', 'int4[]', 'int8[]', 'float4[]', 'float8[]', 'numeric[]')
$$;
COMMENT ON FUNCTION pgml._column_type(oid) IS 'Internal: the name of a column type that models can learn from; NULL for any other type.';

CREATE FUNCTION pgml._refuse_type(column_name text, type oid) RETURNS void LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind text := CASE
        WHEN EXISTS (
            SELECT FROM pg_type JOIN pg_type AS element ON element.typarray = pg_type.oid
            WHERE pg_type.oid = type AND element.typcategory = 'S'
        ) THEN 'categorical variable'
        ELSE 'quantitative scalar column'
    END;
BEGIN
    RAISE datatype_mismatch USING
        MESSAGE = format('Unhandled type for %s: %s "%s"', kind, column_name, format_type(type, NULL)),
        DETAIL = 'Models learn from boolean, smallint, integer, bigint, real, double precision and numeric, from arrays of these, and from text, varchar and char.',
        HINT = format('Train on a view that leaves out column "%s" or casts it to one of these types.', column_name);
END
$$;
COMMENT ON FUNCTION pgml._refuse_type(text, oid) IS 'Internal: raises 42804 for a column that models cannot learn from.';

-- As requests to the runtime and pgml.snapshots.columns have them; positions count the columns that are there.
CREATE FUNCTION pgml._relation_columns(relation regclass, labels text[], omitted text[]) RETURNS jsonb LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    attribute record;
    pg_type text;
    columns jsonb[] := '{}';
BEGIN
    FOR attribute IN
        SELECT attname::text AS name, atttypid AS type, NOT attnotnull AS nullable
        FROM pg_attribute
        WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attname <> ALL (omitted)
        ORDER BY attnum
    LOOP
        pg_type := pgml._column_type(attribute.type);
        IF pg_type IS NULL THEN
            PERFORM pgml._refuse_type(attribute.name, attribute.type);
        END IF;
        columns := columns || jsonb_build_object('name', attribute.name, 'pg_type', pg_type, 'nullable', attribute.nullable,
            'label', attribute.name = ANY (labels), 'position', cardinality(columns) + 1, 'array', pg_type LIKE '%[]');
    END LOOP;
    RETURN to_jsonb(columns);
END
$$;
COMMENT ON FUNCTION pgml._relation_columns(regclass, text[], text[]) IS 'Internal: describes the columns of a relation and which of them are labels.';

CREATE FUNCTION pgml._check_label(relation regclass, task pgml.task, label text) RETURNS void LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type oid := (
        SELECT atttypid FROM pg_attribute
        WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attname::text = label
    );
    pg_type text := pgml._column_type(type);
BEGIN
    IF type IS NULL THEN
        RAISE undefined_column USING
            MESSAGE = format('Column `%s` not found. Did you pass the correct `y_column_name`?', label),
            HINT = format('Columns of %s: %s', relation, (
                SELECT string_agg(format('"%s"', attname), ', ' ORDER BY attnum) FROM pg_attribute
                WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped));
    ELSIF task NOT IN ('regression', 'classification') THEN
        RETURN; -- it will be left out
    ELSIF pg_type IS NULL THEN
        PERFORM pgml._refuse_type(label, type);
    ELSIF pg_type LIKE '%[]' THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('Label column "%s" is an array (%s), a label is a single value', label, format_type(type, NULL)),
            HINT = 'Train on a view that picks one element, one project for each.';
    ELSIF task = 'regression' AND pg_type IN ('text', 'varchar', 'bpchar') THEN
        RAISE datatype_mismatch USING
            MESSAGE = format('Label column "%s" is %s, regression predicts a number', label, format_type(type, NULL)),
            HINT = 'Use task => ''classification'', or train on a view that casts the column to a number.';
    END IF;
END
$$;
COMMENT ON FUNCTION pgml._check_label(regclass, pgml.task, text) IS 'Internal: raises 42703 unless the column is there, 42804 unless it can be a label of the task.';
