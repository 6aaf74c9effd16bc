-- Rows for the runtime, as PostgreSQL's binary images of records: int4 number of columns; for each int4 type, int4
-- length (-1: NULL), bytes.

CREATE OR REPLACE FUNCTION pgml_bridge._integer_at(image bytea, place integer) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ('x' OPERATOR(pg_catalog.||) pg_catalog.encode(pg_catalog.substring(image, place OPERATOR(pg_catalog.+) 1, 4), 'hex'))::pg_catalog.bit(32)::bigint
$$;
COMMENT ON FUNCTION pgml_bridge._integer_at(bytea, integer) IS 'Internal: the unsigned big-endian integer at a place of an image.';

-- An outer join without a partner gives one row of NULLs, whose image has the types, whether or not the query has rows.
CREATE OR REPLACE FUNCTION pgml_bridge._describe(query text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    image pg_catalog.bytea;
    names pg_catalog.text[];
    columns pg_catalog.jsonb := '[]';
    type pg_catalog.regtype;
BEGIN
    EXECUTE pg_catalog.concat('SELECT pg_catalog.record_send(described), ARRAY(SELECT pg_catalog.json_object_keys(pg_catalog.row_to_json(described))) '
        'FROM (SELECT rows.* FROM (SELECT) AS one LEFT JOIN (SELECT * FROM (', query, E'\n) AS rows LIMIT 0) AS rows ON true) AS described')
        INTO image, names;
    FOR number IN 1 .. pg_catalog.cardinality(names) LOOP
        type := pgml_bridge._integer_at(image, (8 OPERATOR(pg_catalog.*) number) OPERATOR(pg_catalog.-) 4)::pg_catalog.oid::pg_catalog.regtype;
        IF type OPERATOR(pg_catalog.<>) ALL ('{pg_catalog.float4, pg_catalog.text, pg_catalog._float4}'::pg_catalog.regtype[]) THEN
            RAISE datatype_mismatch USING
                MESSAGE = pg_catalog.format('column "%s" cannot be pushed as it is', names[number]),
                DETAIL = pg_catalog.format('Its type is %s.', type),
                HINT = 'Cast it to real, real[] or text.';
        END IF;
        columns := columns OPERATOR(pg_catalog.||) pg_catalog.jsonb_build_object('name', names[number], 'type', pg_catalog.replace(type::pg_catalog.text, 'pg_catalog.', ''));
    END LOOP;
    RETURN columns;
END
$$;
COMMENT ON FUNCTION pgml_bridge._describe(text) IS 'Internal: names and types of the columns of a query, which is not run.';

CREATE OR REPLACE FUNCTION pgml_bridge._push(dataset integer, columns jsonb, images bytea[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pgml_bridge._ask(pg_catalog.format('SELECT push(%s, %s, %s, %s)', dataset, pgml_bridge._transaction(),
        pgml_bridge._literal(columns::pg_catalog.text),
        pgml_bridge._literal((SELECT coalesce(pg_catalog.string_agg(image, ''), '') FROM pg_catalog.unnest(images) AS image))));
EXCEPTION WHEN query_canceled THEN
    PERFORM pgml_bridge._disconnect();
    RAISE;
END
$$;
COMMENT ON FUNCTION pgml_bridge._push(integer, jsonb, bytea[]) IS 'Internal: sends some rows of a dataset.';

-- search_path is the caller's, because the query is.
CREATE OR REPLACE FUNCTION pgml_bridge.push(query text) RETURNS bigint LANGUAGE plpgsql VOLATILE STRICT AS $$
DECLARE
    rows_per_message CONSTANT integer := 5000;
    bytes_per_message CONSTANT integer := 500000;
    columns pg_catalog.jsonb := pgml_bridge._describe(query);
    -- Other datasets of the transaction must have other numbers. random() would change the caller's sequence of numbers.
    dataset integer := pgml_bridge._integer_at(pg_catalog.uuid_send(pg_catalog.gen_random_uuid()), 0) OPERATOR(pg_catalog.>>) 1;
    image pg_catalog.bytea;
    images pg_catalog.bytea[] := '{}';
    rows integer := 0;
    bytes integer := 0;
    sent boolean := false;
BEGIN
    FOR image IN EXECUTE pg_catalog.concat('SELECT pg_catalog.record_send("pgml row") FROM (', query, E'\n) AS "pgml row"') LOOP
        rows := rows OPERATOR(pg_catalog.+) 1;
        bytes := bytes OPERATOR(pg_catalog.+) pg_catalog.length(image);
        images[rows] := image;
        IF rows OPERATOR(pg_catalog.=) rows_per_message OR bytes OPERATOR(pg_catalog.>) bytes_per_message THEN
            PERFORM pgml_bridge._push(dataset, columns, images);
            images := '{}';
            rows := 0;
            bytes := 0;
            sent := true;
        END IF;
    END LOOP;
    IF rows OPERATOR(pg_catalog.>) 0 OR NOT sent THEN
        PERFORM pgml_bridge._push(dataset, columns, images);
    END IF;
    RETURN dataset;
END
$$;
COMMENT ON FUNCTION pgml_bridge.push(text) IS 'Internal: sends the rows of a query to the runtime, as a dataset for a call of this transaction.';
