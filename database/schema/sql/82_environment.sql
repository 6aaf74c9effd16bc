-- What PostgresML tells about its Python environment. There is none here, and nothing to install or activate.

CREATE FUNCTION pgml.version() RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT '2.10.0 (pgml 0.1.0)' $$;
COMMENT ON FUNCTION pgml.version() IS 'The version of PostgresML whose interface this is, and in parentheses the version of pgml.';

CREATE FUNCTION pgml.validate_python_dependencies() RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT true $$;
COMMENT ON FUNCTION pgml.validate_python_dependencies() IS 'Always true: pgml does not use Python, so nothing is missing.';

CREATE FUNCTION pgml.validate_shared_library() RETURNS void LANGUAGE sql STRICT AS $$ $$;
COMMENT ON FUNCTION pgml.validate_shared_library() IS 'Does nothing: pgml needs no shared_preload_libraries.';

CREATE FUNCTION pgml.activate_venv(venv text) RETURNS boolean LANGUAGE plpgsql STRICT AS $$
BEGIN
    RAISE NOTICE 'there is no Python here: virtual environment "%" is not used', venv;
    RETURN false;
END
$$;
COMMENT ON FUNCTION pgml.activate_venv(text) IS 'Always false: pgml does not use Python.';

CREATE FUNCTION pgml.python_version() RETURNS text LANGUAGE sql STRICT AS $$ SELECT 'none: pgml does not use Python' $$;
COMMENT ON FUNCTION pgml.python_version() IS 'Says that pgml does not use Python.';

CREATE FUNCTION pgml.python_package_version(name text) RETURNS text LANGUAGE sql STRICT AS $$ SELECT NULL::text $$;
COMMENT ON FUNCTION pgml.python_package_version(text) IS 'Always NULL: pgml does not use Python.';

CREATE FUNCTION pgml.python_pip_freeze() RETURNS TABLE (package text) LANGUAGE sql STRICT AS $$ SELECT NULL::text WHERE false $$;
COMMENT ON FUNCTION pgml.python_pip_freeze() IS 'Always empty: pgml does not use Python.';

CREATE FUNCTION pgml.xgboost_version() RETURNS text LANGUAGE sql STRICT AS $$
    SELECT 'none: pgml has gradient boosting of its own, with the parameters of XGBoost'
$$;
COMMENT ON FUNCTION pgml.xgboost_version() IS 'Says that pgml does not contain the library XGBoost.';

CREATE FUNCTION pgml.clear_gpu_cache(memory_usage real DEFAULT NULL) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RAISE object_not_in_prerequisite_state USING MESSAGE = 'No GPU available', HINT = 'pgml trains and predicts on the CPU.';
END
$$;
COMMENT ON FUNCTION pgml.clear_gpu_cache(real) IS 'Always an error: pgml does not use a GPU.';
