-- Functions of the interface that are not there yet. Each has its final signature, and says what works instead.

CREATE FUNCTION pgml._not_available(feature text, instead text, result_type anyelement) RETURNS anyelement
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RAISE feature_not_supported USING MESSAGE = pg_catalog.format('%s is not available yet', feature), HINT = instead;
END
$$;
COMMENT ON FUNCTION pgml._not_available(text, text, anyelement) IS 'Internal: raises 0A000 with a hint what works; the last argument only gives the type.';

-- Training

CREATE FUNCTION pgml.train_joint(
    project_name text,
    task text DEFAULT NULL,
    relation_name text DEFAULT NULL,
    y_column_name text[] DEFAULT NULL,
    algorithm pgml.algorithm DEFAULT 'linear',
    hyperparams jsonb DEFAULT '{}',
    search pgml.search DEFAULT NULL,
    search_params jsonb DEFAULT '{}',
    search_args jsonb DEFAULT '{}',
    test_size real DEFAULT 0.25,
    test_sampling pgml.sampling DEFAULT 'stratified',
    runtime pgml.runtime DEFAULT NULL,
    automatic_deploy boolean DEFAULT true,
    materialize_snapshot boolean DEFAULT false,
    preprocess jsonb DEFAULT '{}'
) RETURNS TABLE (project text, task text, algorithm text, deployed boolean)
    LANGUAGE sql AS $$ SELECT pgml._not_available('pgml.train_joint', 'Train one project for each label column with pgml.train.', NULL::text), NULL::text, NULL::text, NULL::boolean $$;
COMMENT ON FUNCTION pgml.train_joint(text, text, text, text[], pgml.algorithm, jsonb, pgml.search, jsonb, jsonb, real, pgml.sampling, pgml.runtime, boolean, boolean, jsonb) IS 'Not available yet: trains one model for several label columns.';

CREATE FUNCTION pgml.tune(
    project_name text,
    task text DEFAULT NULL,
    relation_name text DEFAULT NULL,
    y_column_name text DEFAULT NULL,
    model_name text DEFAULT NULL,
    hyperparams jsonb DEFAULT '{}',
    test_size real DEFAULT 0.25,
    test_sampling pgml.sampling DEFAULT 'stratified',
    automatic_deploy boolean DEFAULT true,
    materialize_snapshot boolean DEFAULT false
) RETURNS TABLE (status text, task text, algorithm text, deployed boolean)
    LANGUAGE sql PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.tune', 'Tabular models work: pgml.train and pgml.predict.', NULL::text), NULL::text, NULL::text, NULL::boolean $$;
COMMENT ON FUNCTION pgml.tune(text, text, text, text, text, jsonb, real, pgml.sampling, boolean, boolean) IS 'Not available yet: fine-tunes a language model.';

-- Prediction

CREATE FUNCTION pgml.predict(project_name text, input text) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.predict for text', 'Features are arrays or rows: pgml.predict(project, ARRAY[1.5, 2]), pgml.predict(project, ROW(1.5, 2)).', NULL::real) $$;
COMMENT ON FUNCTION pgml.predict(text, text) IS 'Not available yet: what a text classifier predicts.';

CREATE FUNCTION pgml.predict_joint(project_name text, features real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.predict_joint', 'Train one project for each label column with pgml.train.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.predict_joint(text, real[]) IS 'Not available yet: predicts several labels at once.';

CREATE FUNCTION pgml.predict_joint(model_id bigint, features real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.predict_joint', 'Train one project for each label column with pgml.train.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.predict_joint(bigint, real[]) IS 'Not available yet: predicts several labels at once.';

CREATE FUNCTION pgml.decompose(project_name text, vector real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.decompose', 'pgml.train learns regression, classification and clustering.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.decompose(text, real[]) IS 'Not available yet: the components of a vector.';

-- Language models

CREATE FUNCTION pgml.generate(project_name text, inputs text, config jsonb DEFAULT '{}') RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.generate', 'Tabular models work: pgml.train and pgml.predict.', NULL::text) $$;
COMMENT ON FUNCTION pgml.generate(text, text, jsonb) IS 'Not available yet: text from a fine-tuned model.';

CREATE FUNCTION pgml.generate(project_name text, inputs text[], config jsonb DEFAULT '{}') RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.generate', 'Tabular models work: pgml.train and pgml.predict.', NULL::text[]) $$;
COMMENT ON FUNCTION pgml.generate(text, text[], jsonb) IS 'Not available yet: text from a fine-tuned model, for many inputs.';

CREATE FUNCTION pgml.embed(transformer text, "text" text, kwargs jsonb DEFAULT '{}') RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.embed', 'Tabular models work: pgml.train and pgml.predict.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.embed(text, text, jsonb) IS 'Not available yet: the embedding of a text.';

CREATE FUNCTION pgml.embed(transformer text, inputs text[], kwargs jsonb DEFAULT '{}') RETURNS SETOF real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.embed', 'Tabular models work: pgml.train and pgml.predict.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.embed(text, text[], jsonb) IS 'Not available yet: the embeddings of many texts, in order.';

CREATE FUNCTION pgml.rank(transformer text, query text, documents text[], kwargs jsonb DEFAULT '{}') RETURNS TABLE (corpus_id bigint, score double precision, text text)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.rank', 'Tabular models work: pgml.train and pgml.predict.', NULL::bigint), NULL::double precision, NULL::text $$;
COMMENT ON FUNCTION pgml.rank(text, text, text[], jsonb) IS 'Not available yet: documents in the order of their relevance to a query.';

CREATE FUNCTION pgml.chunk(splitter text, text text, kwargs jsonb DEFAULT '{}') RETURNS TABLE (chunk_index bigint, chunk text)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.chunk', 'regexp_split_to_table splits text at a pattern.', NULL::bigint), NULL::text $$;
COMMENT ON FUNCTION pgml.chunk(text, text, jsonb) IS 'Not available yet: splits a text into chunks.';

CREATE FUNCTION pgml.transform(task text, args jsonb DEFAULT '{}', inputs text[] DEFAULT ARRAY[]::text[], cache boolean DEFAULT false) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.transform', 'Tabular models work: pgml.train and pgml.predict.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.transform(text, jsonb, text[], boolean) IS 'Not available yet: runs a pipeline of a language model on many inputs.';

CREATE FUNCTION pgml.transform(task jsonb, args jsonb DEFAULT '{}', inputs text[] DEFAULT ARRAY[]::text[], cache boolean DEFAULT false) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.transform', 'Tabular models work: pgml.train and pgml.predict.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.transform(jsonb, jsonb, text[], boolean) IS 'Not available yet: runs a pipeline of a language model on many inputs.';

CREATE FUNCTION pgml.transform(task text, args jsonb DEFAULT '{}', inputs jsonb[] DEFAULT ARRAY[]::jsonb[], cache boolean DEFAULT false) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.transform', 'Tabular models work: pgml.train and pgml.predict.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.transform(text, jsonb, jsonb[], boolean) IS 'Not available yet: runs a pipeline of a language model on a conversation.';

CREATE FUNCTION pgml.transform(task jsonb, args jsonb DEFAULT '{}', inputs jsonb[] DEFAULT ARRAY[]::jsonb[], cache boolean DEFAULT false) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.transform', 'Tabular models work: pgml.train and pgml.predict.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.transform(jsonb, jsonb, jsonb[], boolean) IS 'Not available yet: runs a pipeline of a language model on a conversation.';

CREATE FUNCTION pgml.transform_stream(task text, args jsonb DEFAULT '{}', input text DEFAULT '', cache boolean DEFAULT false) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.transform_stream', 'Tabular models work: pgml.train and pgml.predict.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.transform_stream(text, jsonb, text, boolean) IS 'Not available yet: runs a pipeline on one input and answers as it goes.';

CREATE FUNCTION pgml.transform_stream(task jsonb, args jsonb DEFAULT '{}', input text DEFAULT '', cache boolean DEFAULT false) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.transform_stream', 'Tabular models work: pgml.train and pgml.predict.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.transform_stream(jsonb, jsonb, text, boolean) IS 'Not available yet: runs a pipeline on one input and answers as it goes.';

CREATE FUNCTION pgml.transform_stream(task text, args jsonb DEFAULT '{}', inputs jsonb[] DEFAULT ARRAY[]::jsonb[], cache boolean DEFAULT false) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.transform_stream', 'Tabular models work: pgml.train and pgml.predict.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.transform_stream(text, jsonb, jsonb[], boolean) IS 'Not available yet: runs a pipeline on a conversation and answers as it goes.';

CREATE FUNCTION pgml.transform_stream(task jsonb, args jsonb DEFAULT '{}', inputs jsonb[] DEFAULT ARRAY[]::jsonb[], cache boolean DEFAULT false) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.transform_stream', 'Tabular models work: pgml.train and pgml.predict.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.transform_stream(jsonb, jsonb, jsonb[], boolean) IS 'Not available yet: runs a pipeline on a conversation and answers as it goes.';

-- Metric helpers

CREATE FUNCTION pgml.sklearn_f1_score(ground_truth real[], y_hat real[]) RETURNS real
    LANGUAGE sql STRICT AS $$ SELECT pgml._not_available('pgml.sklearn_f1_score', 'pgml.models.metrics has the scores of every trained model.', NULL::real) $$;
COMMENT ON FUNCTION pgml.sklearn_f1_score(real[], real[]) IS 'Not available yet: F1 score of a binary classification.';

CREATE FUNCTION pgml.sklearn_r2_score(ground_truth real[], y_hat real[]) RETURNS real
    LANGUAGE sql STRICT AS $$ SELECT pgml._not_available('pgml.sklearn_r2_score', 'pgml.models.metrics has the scores of every trained model.', NULL::real) $$;
COMMENT ON FUNCTION pgml.sklearn_r2_score(real[], real[]) IS 'Not available yet: coefficient of determination.';

CREATE FUNCTION pgml.sklearn_regression_metrics(ground_truth real[], y_hat real[]) RETURNS jsonb
    LANGUAGE sql STRICT AS $$ SELECT pgml._not_available('pgml.sklearn_regression_metrics', 'pgml.models.metrics has the scores of every trained model.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.sklearn_regression_metrics(real[], real[]) IS 'Not available yet: r2, mse and mae.';

CREATE FUNCTION pgml.sklearn_classification_metrics(ground_truth real[], y_hat real[], num_classes bigint) RETURNS jsonb
    LANGUAGE sql STRICT AS $$ SELECT pgml._not_available('pgml.sklearn_classification_metrics', 'pgml.models.metrics has the scores of every trained model.', NULL::jsonb) $$;
COMMENT ON FUNCTION pgml.sklearn_classification_metrics(real[], real[], bigint) IS 'Not available yet: f1, f1_micro, precision, recall, accuracy, mcc, and roc_auc for two classes.';

-- Vectors

CREATE FUNCTION pgml.add(vector real[], addend real) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.add', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.add(real[], real) IS 'Not available yet: adds by one number.';

CREATE FUNCTION pgml.add(vector real[], addend real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.add', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.add(real[], real[]) IS 'Not available yet: adds element by element.';

CREATE FUNCTION pgml.add(vector double precision[], addend double precision) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.add', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.add(double precision[], double precision) IS 'Not available yet: adds by one number.';

CREATE FUNCTION pgml.add(vector double precision[], addend double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.add', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.add(double precision[], double precision[]) IS 'Not available yet: adds element by element.';

CREATE FUNCTION pgml.subtract(vector real[], subtahend real) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.subtract', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.subtract(real[], real) IS 'Not available yet: subtracts by one number.';

CREATE FUNCTION pgml.subtract(vector real[], subtahend real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.subtract', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.subtract(real[], real[]) IS 'Not available yet: subtracts element by element.';

CREATE FUNCTION pgml.subtract(vector double precision[], subtahend double precision) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.subtract', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.subtract(double precision[], double precision) IS 'Not available yet: subtracts by one number.';

CREATE FUNCTION pgml.subtract(vector double precision[], subtahend double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.subtract', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.subtract(double precision[], double precision[]) IS 'Not available yet: subtracts element by element.';

CREATE FUNCTION pgml.multiply(vector real[], multiplicand real) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.multiply', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.multiply(real[], real) IS 'Not available yet: multiplies by one number.';

CREATE FUNCTION pgml.multiply(vector real[], multiplicand real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.multiply', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.multiply(real[], real[]) IS 'Not available yet: multiplies element by element.';

CREATE FUNCTION pgml.multiply(vector double precision[], multiplicand double precision) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.multiply', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.multiply(double precision[], double precision) IS 'Not available yet: multiplies by one number.';

CREATE FUNCTION pgml.multiply(vector double precision[], multiplicand double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.multiply', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.multiply(double precision[], double precision[]) IS 'Not available yet: multiplies element by element.';

CREATE FUNCTION pgml.divide(vector real[], dividend real) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.divide', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.divide(real[], real) IS 'Not available yet: divides by one number.';

CREATE FUNCTION pgml.divide(vector real[], dividend real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.divide', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.divide(real[], real[]) IS 'Not available yet: divides element by element.';

CREATE FUNCTION pgml.divide(vector double precision[], dividend double precision) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.divide', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.divide(double precision[], double precision) IS 'Not available yet: divides by one number.';

CREATE FUNCTION pgml.divide(vector double precision[], dividend double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.divide', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.divide(double precision[], double precision[]) IS 'Not available yet: divides element by element.';

CREATE FUNCTION pgml.norm_l0(vector real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l0', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real) $$;
COMMENT ON FUNCTION pgml.norm_l0(real[]) IS 'Not available yet: number of elements that are not zero.';

CREATE FUNCTION pgml.norm_l0(vector double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l0', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_l0(double precision[]) IS 'Not available yet: number of elements that are not zero.';

CREATE FUNCTION pgml.norm_l0(vector integer[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l0', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_l0(integer[]) IS 'Not available yet: number of elements that are not zero.';

CREATE FUNCTION pgml.norm_l0(vector numeric[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l0', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_l0(numeric[]) IS 'Not available yet: number of elements that are not zero.';

CREATE FUNCTION pgml.norm_l1(vector real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real) $$;
COMMENT ON FUNCTION pgml.norm_l1(real[]) IS 'Not available yet: sum of absolute values.';

CREATE FUNCTION pgml.norm_l1(vector double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_l1(double precision[]) IS 'Not available yet: sum of absolute values.';

CREATE FUNCTION pgml.norm_l1(vector integer[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_l1(integer[]) IS 'Not available yet: sum of absolute values.';

CREATE FUNCTION pgml.norm_l1(vector numeric[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_l1(numeric[]) IS 'Not available yet: sum of absolute values.';

CREATE FUNCTION pgml.norm_l2(vector real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real) $$;
COMMENT ON FUNCTION pgml.norm_l2(real[]) IS 'Not available yet: Euclidean length.';

CREATE FUNCTION pgml.norm_l2(vector double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_l2(double precision[]) IS 'Not available yet: Euclidean length.';

CREATE FUNCTION pgml.norm_l2(vector integer[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_l2(integer[]) IS 'Not available yet: Euclidean length.';

CREATE FUNCTION pgml.norm_l2(vector numeric[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_l2(numeric[]) IS 'Not available yet: Euclidean length.';

CREATE FUNCTION pgml.norm_max(vector real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real) $$;
COMMENT ON FUNCTION pgml.norm_max(real[]) IS 'Not available yet: largest absolute value.';

CREATE FUNCTION pgml.norm_max(vector double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_max(double precision[]) IS 'Not available yet: largest absolute value.';

CREATE FUNCTION pgml.norm_max(vector integer[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_max(integer[]) IS 'Not available yet: largest absolute value.';

CREATE FUNCTION pgml.norm_max(vector numeric[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.norm_max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.norm_max(numeric[]) IS 'Not available yet: largest absolute value.';

CREATE FUNCTION pgml.normalize_l1(vector real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.normalize_l1(real[]) IS 'Not available yet: the vector divided by its sum of absolute values.';

CREATE FUNCTION pgml.normalize_l1(vector double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.normalize_l1(double precision[]) IS 'Not available yet: the vector divided by its sum of absolute values.';

CREATE FUNCTION pgml.normalize_l1(vector integer[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.normalize_l1(integer[]) IS 'Not available yet: the vector divided by its sum of absolute values.';

CREATE FUNCTION pgml.normalize_l1(vector numeric[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.normalize_l1(numeric[]) IS 'Not available yet: the vector divided by its sum of absolute values.';

CREATE FUNCTION pgml.normalize_l2(vector real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.normalize_l2(real[]) IS 'Not available yet: the vector divided by its Euclidean length.';

CREATE FUNCTION pgml.normalize_l2(vector double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.normalize_l2(double precision[]) IS 'Not available yet: the vector divided by its Euclidean length.';

CREATE FUNCTION pgml.normalize_l2(vector integer[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.normalize_l2(integer[]) IS 'Not available yet: the vector divided by its Euclidean length.';

CREATE FUNCTION pgml.normalize_l2(vector numeric[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.normalize_l2(numeric[]) IS 'Not available yet: the vector divided by its Euclidean length.';

CREATE FUNCTION pgml.normalize_max(vector real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.normalize_max(real[]) IS 'Not available yet: the vector divided by its largest absolute value.';

CREATE FUNCTION pgml.normalize_max(vector double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.normalize_max(double precision[]) IS 'Not available yet: the vector divided by its largest absolute value.';

CREATE FUNCTION pgml.normalize_max(vector integer[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.normalize_max(integer[]) IS 'Not available yet: the vector divided by its largest absolute value.';

CREATE FUNCTION pgml.normalize_max(vector numeric[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.normalize_max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.normalize_max(numeric[]) IS 'Not available yet: the vector divided by its largest absolute value.';

CREATE FUNCTION pgml.distance_l1(vector real[], other real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.distance_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real) $$;
COMMENT ON FUNCTION pgml.distance_l1(real[], real[]) IS 'Not available yet: sum of absolute differences.';

CREATE FUNCTION pgml.distance_l1(vector double precision[], other double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.distance_l1', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.distance_l1(double precision[], double precision[]) IS 'Not available yet: sum of absolute differences.';

CREATE FUNCTION pgml.distance_l2(vector real[], other real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.distance_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real) $$;
COMMENT ON FUNCTION pgml.distance_l2(real[], real[]) IS 'Not available yet: Euclidean distance.';

CREATE FUNCTION pgml.distance_l2(vector double precision[], other double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.distance_l2', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.distance_l2(double precision[], double precision[]) IS 'Not available yet: Euclidean distance.';

CREATE FUNCTION pgml.dot_product(vector real[], other real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.dot_product', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real) $$;
COMMENT ON FUNCTION pgml.dot_product(real[], real[]) IS 'Not available yet: dot product.';

CREATE FUNCTION pgml.dot_product(vector double precision[], other double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.dot_product', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.dot_product(double precision[], double precision[]) IS 'Not available yet: dot product.';

CREATE FUNCTION pgml.cosine_similarity(vector real[], other real[]) RETURNS real
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.cosine_similarity', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real) $$;
COMMENT ON FUNCTION pgml.cosine_similarity(real[], real[]) IS 'Not available yet: cosine of the angle between two vectors.';

CREATE FUNCTION pgml.cosine_similarity(vector double precision[], other double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.cosine_similarity', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision) $$;
COMMENT ON FUNCTION pgml.cosine_similarity(double precision[], double precision[]) IS 'Not available yet: cosine of the angle between two vectors.';

-- Aggregates of vectors

CREATE FUNCTION pgml.sum_s_state(this real[], arg_one real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.sum', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.sum_s_state(real[], real[]) IS 'Not available yet: part of the aggregate pgml.sum.';

CREATE FUNCTION pgml.sum_s_combine(this real[], v real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.sum', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.sum_s_combine(real[], real[]) IS 'Not available yet: part of the aggregate pgml.sum.';

CREATE FUNCTION pgml.sum_s_finalize(this real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.sum', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.sum_s_finalize(real[]) IS 'Not available yet: part of the aggregate pgml.sum.';

CREATE AGGREGATE pgml.sum(real[]) (
    SFUNC = pgml.sum_s_state, STYPE = real[], FINALFUNC = pgml.sum_s_finalize, COMBINEFUNC = pgml.sum_s_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.sum(real[]) IS 'Not available yet: sum, element by element.';

CREATE FUNCTION pgml.sum_d_state(this double precision[], arg_one double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.sum', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.sum_d_state(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.sum.';

CREATE FUNCTION pgml.sum_d_combine(this double precision[], v double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.sum', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.sum_d_combine(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.sum.';

CREATE FUNCTION pgml.sum_d_finalize(this double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.sum', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.sum_d_finalize(double precision[]) IS 'Not available yet: part of the aggregate pgml.sum.';

CREATE AGGREGATE pgml.sum(double precision[]) (
    SFUNC = pgml.sum_d_state, STYPE = double precision[], FINALFUNC = pgml.sum_d_finalize, COMBINEFUNC = pgml.sum_d_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.sum(double precision[]) IS 'Not available yet: sum, element by element.';

CREATE FUNCTION pgml.min_s_state(this real[], arg_one real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.min_s_state(real[], real[]) IS 'Not available yet: part of the aggregate pgml.min.';

CREATE FUNCTION pgml.min_s_combine(this real[], v real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.min_s_combine(real[], real[]) IS 'Not available yet: part of the aggregate pgml.min.';

CREATE FUNCTION pgml.min_s_finalize(this real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.min_s_finalize(real[]) IS 'Not available yet: part of the aggregate pgml.min.';

CREATE AGGREGATE pgml.min(real[]) (
    SFUNC = pgml.min_s_state, STYPE = real[], FINALFUNC = pgml.min_s_finalize, COMBINEFUNC = pgml.min_s_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.min(real[]) IS 'Not available yet: minimum, element by element.';

CREATE FUNCTION pgml.min_d_state(this double precision[], arg_one double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.min_d_state(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.min.';

CREATE FUNCTION pgml.min_d_combine(this double precision[], v double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.min_d_combine(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.min.';

CREATE FUNCTION pgml.min_d_finalize(this double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.min_d_finalize(double precision[]) IS 'Not available yet: part of the aggregate pgml.min.';

CREATE AGGREGATE pgml.min(double precision[]) (
    SFUNC = pgml.min_d_state, STYPE = double precision[], FINALFUNC = pgml.min_d_finalize, COMBINEFUNC = pgml.min_d_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.min(double precision[]) IS 'Not available yet: minimum, element by element.';

CREATE FUNCTION pgml.max_s_state(this real[], arg_one real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.max_s_state(real[], real[]) IS 'Not available yet: part of the aggregate pgml.max.';

CREATE FUNCTION pgml.max_s_combine(this real[], v real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.max_s_combine(real[], real[]) IS 'Not available yet: part of the aggregate pgml.max.';

CREATE FUNCTION pgml.max_s_finalize(this real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.max_s_finalize(real[]) IS 'Not available yet: part of the aggregate pgml.max.';

CREATE AGGREGATE pgml.max(real[]) (
    SFUNC = pgml.max_s_state, STYPE = real[], FINALFUNC = pgml.max_s_finalize, COMBINEFUNC = pgml.max_s_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.max(real[]) IS 'Not available yet: maximum, element by element.';

CREATE FUNCTION pgml.max_d_state(this double precision[], arg_one double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.max_d_state(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.max.';

CREATE FUNCTION pgml.max_d_combine(this double precision[], v double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.max_d_combine(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.max.';

CREATE FUNCTION pgml.max_d_finalize(this double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.max_d_finalize(double precision[]) IS 'Not available yet: part of the aggregate pgml.max.';

CREATE AGGREGATE pgml.max(double precision[]) (
    SFUNC = pgml.max_d_state, STYPE = double precision[], FINALFUNC = pgml.max_d_finalize, COMBINEFUNC = pgml.max_d_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.max(double precision[]) IS 'Not available yet: maximum, element by element.';

CREATE FUNCTION pgml.min_abs_s_state(this real[], arg_one real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.min_abs_s_state(real[], real[]) IS 'Not available yet: part of the aggregate pgml.min_abs.';

CREATE FUNCTION pgml.min_abs_s_combine(this real[], v real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.min_abs_s_combine(real[], real[]) IS 'Not available yet: part of the aggregate pgml.min_abs.';

CREATE FUNCTION pgml.min_abs_s_finalize(this real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.min_abs_s_finalize(real[]) IS 'Not available yet: part of the aggregate pgml.min_abs.';

CREATE AGGREGATE pgml.min_abs(real[]) (
    SFUNC = pgml.min_abs_s_state, STYPE = real[], FINALFUNC = pgml.min_abs_s_finalize, COMBINEFUNC = pgml.min_abs_s_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.min_abs(real[]) IS 'Not available yet: smallest absolute values, element by element.';

CREATE FUNCTION pgml.min_abs_d_state(this double precision[], arg_one double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.min_abs_d_state(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.min_abs.';

CREATE FUNCTION pgml.min_abs_d_combine(this double precision[], v double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.min_abs_d_combine(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.min_abs.';

CREATE FUNCTION pgml.min_abs_d_finalize(this double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.min_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.min_abs_d_finalize(double precision[]) IS 'Not available yet: part of the aggregate pgml.min_abs.';

CREATE AGGREGATE pgml.min_abs(double precision[]) (
    SFUNC = pgml.min_abs_d_state, STYPE = double precision[], FINALFUNC = pgml.min_abs_d_finalize, COMBINEFUNC = pgml.min_abs_d_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.min_abs(double precision[]) IS 'Not available yet: smallest absolute values, element by element.';

CREATE FUNCTION pgml.max_abs_s_state(this real[], arg_one real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.max_abs_s_state(real[], real[]) IS 'Not available yet: part of the aggregate pgml.max_abs.';

CREATE FUNCTION pgml.max_abs_s_combine(this real[], v real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.max_abs_s_combine(real[], real[]) IS 'Not available yet: part of the aggregate pgml.max_abs.';

CREATE FUNCTION pgml.max_abs_s_finalize(this real[]) RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::real[]) $$;
COMMENT ON FUNCTION pgml.max_abs_s_finalize(real[]) IS 'Not available yet: part of the aggregate pgml.max_abs.';

CREATE AGGREGATE pgml.max_abs(real[]) (
    SFUNC = pgml.max_abs_s_state, STYPE = real[], FINALFUNC = pgml.max_abs_s_finalize, COMBINEFUNC = pgml.max_abs_s_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.max_abs(real[]) IS 'Not available yet: largest absolute values, element by element.';

CREATE FUNCTION pgml.max_abs_d_state(this double precision[], arg_one double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.max_abs_d_state(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.max_abs.';

CREATE FUNCTION pgml.max_abs_d_combine(this double precision[], v double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.max_abs_d_combine(double precision[], double precision[]) IS 'Not available yet: part of the aggregate pgml.max_abs.';

CREATE FUNCTION pgml.max_abs_d_finalize(this double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pgml._not_available('pgml.max_abs', 'Compute it in SQL over unnest(…), or with the extension pgvector.', NULL::double precision[]) $$;
COMMENT ON FUNCTION pgml.max_abs_d_finalize(double precision[]) IS 'Not available yet: part of the aggregate pgml.max_abs.';

CREATE AGGREGATE pgml.max_abs(double precision[]) (
    SFUNC = pgml.max_abs_d_state, STYPE = double precision[], FINALFUNC = pgml.max_abs_d_finalize, COMBINEFUNC = pgml.max_abs_d_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE pgml.max_abs(double precision[]) IS 'Not available yet: largest absolute values, element by element.';
