-- The catalog as files of the server. COPY asks for the rights to read or write them.

CREATE FUNCTION pgml.dump_all(path text) RETURNS void LANGUAGE plpgsql STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['projects', 'snapshots', 'models', 'files', 'deployments'] LOOP
        EXECUTE format('COPY pgml.%I TO %L CSV HEADER', table_name, format('%s/%s.csv', path, table_name));
    END LOOP;
END
$$;
COMMENT ON FUNCTION pgml.dump_all(text) IS
    'Writes projects, snapshots, models, files and deployments to CSV files in a directory of the server; not the tables of materialized snapshots.';

CREATE FUNCTION pgml.load_all(path text) RETURNS void LANGUAGE plpgsql STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['projects', 'snapshots', 'models', 'files', 'deployments'] LOOP
        EXECUTE format('COPY pgml.%I FROM %L CSV HEADER', table_name, format('%s/%s.csv', path, table_name));
        -- New rows must get ids after those that came with the files.
        EXECUTE format('SELECT setval(%1$L, greatest(max(id), (SELECT last_value FROM %1$s))) FROM pgml.%2$I HAVING count(*) > 0',
            format('pgml.%I', table_name || '_id_seq'), table_name);
    END LOOP;
END
$$;
COMMENT ON FUNCTION pgml.load_all(text) IS 'Adds what pgml.dump_all wrote to the catalog. Ids must be free: load into an empty catalog.';
