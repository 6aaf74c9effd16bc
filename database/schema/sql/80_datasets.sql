-- Data sets to learn with.

CREATE FUNCTION pgml._load_dataset(source text, row_limit bigint) RETURNS TABLE (table_name text, rows bigint) LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    request jsonb;
    dataset jsonb;
    definition text;
    selection text;
BEGIN
    IF source IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'pgml.load_dataset needs the name of a data set';
    ELSIF row_limit < 0 THEN
        RAISE invalid_row_count_in_limit_clause USING MESSAGE = format('limit = %s is negative', row_limit);
    END IF;
    request := jsonb_build_object('name', source, 'limit', row_limit);
    dataset := (pgml_bridge.call('dataset', request)).response;
    SELECT string_agg(format('%I %s', item ->> 'name', type), ', ' ORDER BY position),
        -- An array comes as a JSON array, whose brackets SQL writes as braces.
        string_agg(format(CASE WHEN type LIKE '%[]' THEN 'translate(item ->> %s, ''[]'', ''{}'')::%s' ELSE '(item ->> %s)::%s' END,
            position - 1, type), ', ' ORDER BY position)
    INTO definition, selection
    FROM jsonb_array_elements(dataset -> 'columns') WITH ORDINALITY AS described (item, position),
        LATERAL (SELECT format_type((item ->> 'type')::regtype, NULL)) AS named (type);

    table_name := format('pgml.%I', source);
    IF to_regclass(table_name) IS NOT NULL THEN
        EXECUTE format('DROP TABLE %s CASCADE', table_name);
    END IF;
    EXECUTE format('CREATE TABLE %s (%s)', table_name, definition);
    EXECUTE format('INSERT INTO %s SELECT %s FROM jsonb_array_elements($1) WITH ORDINALITY AS entry (item, position) ORDER BY position',
        table_name, selection) USING dataset -> 'rows';
    rows := jsonb_array_length(dataset -> 'rows');
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION pgml._load_dataset(text, bigint) IS 'Internal: pgml.load_dataset for the bundled data sets.';

CREATE FUNCTION pgml.load_dataset(source text, subset text DEFAULT NULL, "limit" bigint DEFAULT NULL, kwargs jsonb DEFAULT '{}')
    RETURNS TABLE (table_name text, rows bigint) LANGUAGE sql AS $$
    SELECT loaded.table_name, loaded.rows FROM pgml._load_dataset($1, $3) AS loaded
$$;
COMMENT ON FUNCTION pgml.load_dataset(text, text, bigint, jsonb) IS
    'Creates the table pgml.{source} with a well-known data set, replacing it and what depends on it: breast_cancer, diabetes, digits, iris, linnerud or wine; at most "limit" rows of it.';
