-- How this database reaches the runtime: one connection of dblink for each session, opened when it is first wanted.
-- In these files @dblink@ stands for the schema of the extension dblink; bridge.ts puts its name in.
--
-- All of a session's exchanges use this connection, one at a time. Between them it is idle, and only then. An exchange
-- that was interrupted leaves it busy, or with an answer that nobody read; a runtime that went away leaves it broken.
-- Whoever comes next replaces such a connection (_send), so that no state has to be kept and no error has to be caught.

CREATE SCHEMA IF NOT EXISTS pgml_bridge;
GRANT USAGE ON SCHEMA pgml_bridge TO PUBLIC;

CREATE TABLE IF NOT EXISTS pgml_bridge.connection (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    parameters text NOT NULL
);
COMMENT ON TABLE pgml_bridge.connection IS 'Where the runtime is, and its password: nobody but the owner may read it.';
COMMENT ON COLUMN pgml_bridge.connection.parameters IS 'Keywords and values, as libpq takes them.';

CREATE TABLE IF NOT EXISTS pgml_bridge.installation (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    bridge text NOT NULL,
    version text NOT NULL,
    installed_at timestamptz NOT NULL DEFAULT now(),
    upgraded_at timestamptz
);
COMMENT ON TABLE pgml_bridge.installation IS 'Which pgml is installed here, and by which bridge it reaches the runtime.';
GRANT SELECT ON pgml_bridge.installation TO PUBLIC;

-- No EXCEPTION blocks from here to predict: PostgreSQL knows no subtransactions during a parallel query, beside which a
-- prediction may run.
--
-- The functions that others may call belong to the owner of the secret and run with the owner's rights, so that their
-- callers need no right to dblink. They pin search_path, and with it that of the functions they call.

CREATE OR REPLACE FUNCTION pgml_bridge._connect() RETURNS void LANGUAGE plpgsql PARALLEL RESTRICTED AS $$
DECLARE
    connection_parameters text := (SELECT parameters FROM pgml_bridge.connection);
BEGIN
    IF connection_parameters IS NULL THEN
        RAISE connection_does_not_exist USING
            MESSAGE = 'no pgml runtime is known to this database',
            HINT = 'The owner of pgml runs: pgml upgrade DATABASE --runtime URL';
    END IF;
    PERFORM @dblink@.dblink_connect('pgml', connection_parameters);
END
$$;
COMMENT ON FUNCTION pgml_bridge._connect() IS 'Internal: opens the session''s connection to the runtime.';

-- libpq keeps the text of the last error. That of an answer begins with its severity, and harms nothing.
CREATE OR REPLACE FUNCTION pgml_bridge._is_broken() RETURNS boolean LANGUAGE sql VOLATILE PARALLEL RESTRICTED AS $$
    SELECT @dblink@.dblink_error_message('pgml') !~ '^(OK$|ERROR: )'
$$;
COMMENT ON FUNCTION pgml_bridge._is_broken() IS 'Internal: whether the session''s connection to the runtime was lost.';

-- Asking whether it is busy also reads what has come: the end of the last answer, or that the runtime has gone. All in one
-- expression, because PL/pgSQL prepares each anew in every transaction, which would take longer than what they do.
CREATE OR REPLACE FUNCTION pgml_bridge._send(statement text) RETURNS void LANGUAGE plpgsql PARALLEL RESTRICTED AS $$
BEGIN
    IF (CASE
        WHEN 'pgml' <> ALL (coalesce(@dblink@.dblink_get_connections(), '{}')) THEN true
        WHEN @dblink@.dblink_is_busy('pgml') = 1 OR pgml_bridge._is_broken() THEN true
        ELSE @dblink@.dblink_send_query('pgml', statement) = 0
    END) THEN
        PERFORM pgml_bridge._send_anew(statement);
    END IF;
END
$$;
COMMENT ON FUNCTION pgml_bridge._send(text) IS 'Internal: sends a statement to the runtime, over a new connection if need be.';

CREATE OR REPLACE FUNCTION pgml_bridge._send_anew(statement text) RETURNS void LANGUAGE plpgsql PARALLEL RESTRICTED AS $$
BEGIN
    IF 'pgml' = ANY (@dblink@.dblink_get_connections()) THEN
        -- After an error, which ends the reading of an answer, the last bytes may still be on their way.
        IF @dblink@.dblink_is_busy('pgml') = 1 THEN
            PERFORM pg_sleep(0.01);
        END IF;
        IF @dblink@.dblink_is_busy('pgml') = 0 AND NOT pgml_bridge._is_broken()
            AND @dblink@.dblink_send_query('pgml', statement) = 1 THEN
            RETURN;
        END IF;
        PERFORM @dblink@.dblink_disconnect('pgml');
    END IF;
    PERFORM pgml_bridge._connect();
    IF @dblink@.dblink_send_query('pgml', statement) = 0 THEN
        RAISE sqlclient_unable_to_establish_sqlconnection USING
            MESSAGE = 'the pgml runtime cannot be reached',
            DETAIL = @dblink@.dblink_error_message('pgml');
    END IF;
END
$$;
COMMENT ON FUNCTION pgml_bridge._send_anew(text) IS 'Internal: sends a statement to the runtime by a connection that is not as it should be, or by a new one.';

CREATE OR REPLACE FUNCTION pgml_bridge._raise_lost(reason text) RETURNS void LANGUAGE plpgsql PARALLEL RESTRICTED AS $$
BEGIN
    RAISE connection_failure USING
        MESSAGE = 'the connection to the pgml runtime was lost before it answered',
        DETAIL = reason,
        HINT = 'The next statement connects again. If it fails as well, see whether the runtime runs: pgml doctor tells.';
END
$$;
COMMENT ON FUNCTION pgml_bridge._raise_lost(text) IS 'Internal: raises the error that the runtime went away.';

-- Every turn of a loop in PL/pgSQL hears cancel requests and statement_timeout. The runtime needs the processor more than
-- these questions do: hence a few, for answers that are there already, and then naps that grow.
CREATE OR REPLACE FUNCTION pgml_bridge._poll() RETURNS void LANGUAGE plpgsql PARALLEL RESTRICTED AS $$
DECLARE
    at_once CONSTANT integer := 10;
    asked integer := 0;
BEGIN
    WHILE @dblink@.dblink_is_busy('pgml') = 1 LOOP
        asked := asked + 1;
        IF asked > at_once THEN
            -- In some releases (14.2) a connection that was lost stays busy for ever.
            EXIT WHEN pgml_bridge._is_broken();
            PERFORM pg_sleep(least(0.001 * (asked - at_once), 0.02));
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION pgml_bridge._poll() IS 'Internal: waits until there is something of an answer to read, or nothing left of it.';

-- From PostgreSQL 17 on, reading the answer waits for it, and can be interrupted. Before, that depends on the release (not
-- in 16.2, yet in 15.20): so nothing is read that is not there.
CREATE OR REPLACE FUNCTION pgml_bridge._await() RETURNS void LANGUAGE plpgsql PARALLEL RESTRICTED AS $$
BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        RETURN;
    END IF;
    PERFORM pgml_bridge._poll();
    IF pgml_bridge._is_broken() THEN
        PERFORM pgml_bridge._raise_lost(@dblink@.dblink_error_message('pgml'));
    END IF;
END
$$;
COMMENT ON FUNCTION pgml_bridge._await() IS 'Internal: waits until the runtime has answered, or has gone.';
