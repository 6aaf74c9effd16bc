-- Exchanges with the runtime: a statement is sent, its answer read to the end. The door of the runtime understands
-- SELECT function(literal, …); a backslash in a literal is a character like any other, which quote_literal would double.

CREATE OR REPLACE FUNCTION pgml_bridge._literal(content text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT pg_catalog.concat('''', pg_catalog.replace(content, '''', ''''''), '''')
$$;
COMMENT ON FUNCTION pgml_bridge._literal(text) IS 'Internal: a text as a literal for the runtime.';

CREATE OR REPLACE FUNCTION pgml_bridge._literal(content bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT pg_catalog.concat(E'''\\x', pg_catalog.encode(content, 'hex'), '''')
$$;
COMMENT ON FUNCTION pgml_bridge._literal(bytea) IS 'Internal: bytes as a literal for the runtime.';

-- The runtime forgets datasets and streams of another transaction than the one that speaks to it.
CREATE OR REPLACE FUNCTION pgml_bridge._transaction() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED AS $$
    SELECT pg_catalog.concat('''', pg_catalog.pg_backend_pid(), ' ', pg_catalog.date_part('epoch', pg_catalog.transaction_timestamp()), '''')
$$;
COMMENT ON FUNCTION pgml_bridge._transaction() IS 'Internal: a name of the transaction, as a literal for the runtime.';

CREATE OR REPLACE FUNCTION pgml_bridge._ask(statement text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
    -- What dblink says when the answer of an interrupted exchange is still unread.
    SET client_min_messages = error
AS $$
DECLARE
    answer text;
BEGIN
    PERFORM pgml_bridge._send(statement);
    PERFORM pgml_bridge._await();
    SELECT content INTO answer FROM @dblink@.dblink_get_result('pgml') AS result (content text);
    PERFORM pgml_bridge._poll();
    RETURN answer;
END
$$;
COMMENT ON FUNCTION pgml_bridge._ask(text) IS 'Internal: an exchange whose answer is one value.';

-- For answers that come before a nap would be over, or never. Early releases of PostgreSQL 13 to 16 are deaf while they
-- wait so, to cancel requests, statement_timeout and termination: but no longer than the supervisor of the runtime suffers
-- one that hangs (its setting heartbeat), or TCP a host that is gone.
CREATE OR REPLACE FUNCTION pgml_bridge._ask_at_once(statement text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = error
AS $$
DECLARE
    answer text;
BEGIN
    PERFORM pgml_bridge._send(statement);
    SELECT content INTO answer FROM @dblink@.dblink_get_result('pgml') AS result (content text);
    RETURN answer;
END
$$;
COMMENT ON FUNCTION pgml_bridge._ask_at_once(text) IS 'Internal: an exchange whose answer is one value and takes no time.';

CREATE OR REPLACE FUNCTION pgml_bridge._ask_rows(statement text) RETURNS jsonb[]
    LANGUAGE plpgsql SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = error
AS $$
DECLARE
    answer jsonb[];
BEGIN
    PERFORM pgml_bridge._send(statement);
    PERFORM pgml_bridge._await();
    answer := ARRAY(SELECT content FROM @dblink@.dblink_get_result('pgml') AS result (content jsonb));
    PERFORM pgml_bridge._poll();
    RETURN answer;
END
$$;
COMMENT ON FUNCTION pgml_bridge._ask_rows(text) IS 'Internal: an exchange whose answer is a set of jsonb.';

CREATE OR REPLACE FUNCTION pgml_bridge._ask_method(statement text, OUT response jsonb, OUT result bytea)
    LANGUAGE plpgsql SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = error
AS $$
BEGIN
    PERFORM pgml_bridge._send(statement);
    PERFORM pgml_bridge._await();
    SELECT * INTO response, result FROM @dblink@.dblink_get_result('pgml') AS answer (response jsonb, result bytea);
    PERFORM pgml_bridge._poll();
END
$$;
COMMENT ON FUNCTION pgml_bridge._ask_method(text) IS 'Internal: an exchange whose answer is that of a method.';

-- Closing tells the runtime, which stops what it does for this connection. It needs no answer, as a cancel request
-- would, and so works when the runtime is stuck.
CREATE OR REPLACE FUNCTION pgml_bridge._disconnect() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF 'pgml' = ANY (@dblink@.dblink_get_connections()) THEN
        PERFORM @dblink@.dblink_disconnect('pgml');
    END IF;
END
$$;
COMMENT ON FUNCTION pgml_bridge._disconnect() IS 'Internal: closes the session''s connection, which stops the runtime''s work for it.';

REVOKE ALL ON FUNCTION pgml_bridge._connect(), pgml_bridge._is_broken(), pgml_bridge._send(text), pgml_bridge._send_anew(text), pgml_bridge._poll(), pgml_bridge._await()
    FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgml_bridge.runtime(OUT version text, OUT encrypted boolean, OUT "user" text, OUT database text)
    LANGUAGE plpgsql SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = error
AS $$
BEGIN
    PERFORM pgml_bridge._send('SELECT * FROM status()');
    PERFORM pgml_bridge._await();
    SELECT * INTO version, encrypted, "user", database
    FROM @dblink@.dblink_get_result('pgml') AS answer (version text, encrypted boolean, "user" text, database text);
    PERFORM pgml_bridge._poll();
END
$$;
COMMENT ON FUNCTION pgml_bridge.runtime() IS 'What the runtime says of itself, and of the session''s connection to it.';
