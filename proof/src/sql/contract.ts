/**
 * The functions of PostgresML 2.10 that users call, and the overloads that pgml adds, as their documentation and source
 * declare them. One line each:
 *   name(arguments) -> result | I immutable, V volatile, S strict, P parallel safe
 */
const train = (label: string) =>
  `(project_name text, task text DEFAULT NULL, relation_name text DEFAULT NULL, y_column_name ${label} DEFAULT NULL, \
algorithm pgml.algorithm DEFAULT 'linear', hyperparams jsonb DEFAULT '{}', search pgml.search DEFAULT NULL, \
search_params jsonb DEFAULT '{}', search_args jsonb DEFAULT '{}', test_size real DEFAULT 0.25, \
test_sampling pgml.sampling DEFAULT 'stratified', runtime pgml.runtime DEFAULT NULL, automatic_deploy boolean DEFAULT true, \
materialize_snapshot boolean DEFAULT false, preprocess jsonb DEFAULT '{}') \
-> TABLE(project text, task text, algorithm text, deployed boolean) | V`;

const environment = `
version() -> text | ISP
validate_python_dependencies() -> boolean | ISP
validate_shared_library() -> void | VS
activate_venv(venv text) -> boolean | VS
python_version() -> text | VS
python_package_version(name text) -> text | VS
python_pip_freeze() -> TABLE(package text) | VS
xgboost_version() -> text | VS
clear_gpu_cache(memory_usage real DEFAULT NULL) -> boolean | IP`;

const data = `
load_dataset(source text, subset text DEFAULT NULL, "limit" bigint DEFAULT NULL, kwargs jsonb DEFAULT '{}') -> TABLE(table_name text, rows bigint) | V
snapshot(relation_name text, y_column_name text, test_size real DEFAULT 0.25, test_sampling pgml.sampling DEFAULT 'stratified', preprocess jsonb DEFAULT '{}') -> TABLE(relation text, y_column_name text) | VS
dump_all(path text) -> void | VS
load_all(path text) -> void | VS
auto_updated_at(tbl regclass) -> void | V
set_updated_at() -> trigger | V`;

const training = `
train${train('text')}
train_joint${train('text[]')}
tune(project_name text, task text DEFAULT NULL, relation_name text DEFAULT NULL, y_column_name text DEFAULT NULL, model_name text DEFAULT NULL, hyperparams jsonb DEFAULT '{}', test_size real DEFAULT 0.25, test_sampling pgml.sampling DEFAULT 'stratified', automatic_deploy boolean DEFAULT true, materialize_snapshot boolean DEFAULT false) -> TABLE(status text, task text, algorithm text, deployed boolean) | VP
deploy(model_id bigint) -> TABLE(project text, strategy text, algorithm text) | VS
deploy(project_name text, strategy pgml.strategy DEFAULT 'best_score', algorithm pgml.algorithm DEFAULT NULL) -> TABLE(project text, strategy text, algorithm text) | V`;

const prediction = `
predict(project_name text, features real[]) -> real | ISP
predict(project_name text, features double precision[]) -> real | ISP
predict(project_name text, features smallint[]) -> real | ISP
predict(project_name text, features integer[]) -> real | ISP
predict(project_name text, features bigint[]) -> real | ISP
predict(project_name text, features boolean[]) -> real | ISP
predict(project_name text, "row" anyelement) -> real | ISP
predict(model_id bigint, features real[]) -> real | ISP
predict(model_id bigint, "row" anyelement) -> real | ISP
predict_proba(project_name text, features real[]) -> real[] | ISP
predict_proba(model_id bigint, features real[]) -> real[] | ISP
predict_joint(project_name text, features real[]) -> real[] | ISP
predict_joint(model_id bigint, features real[]) -> real[] | ISP
predict_batch(project_name text, features real[]) -> SETOF real | ISP
predict_batch(model_id bigint, features real[]) -> real[] | ISP
decompose(project_name text, vector real[]) -> real[] | ISP
generate(project_name text, inputs text, config jsonb DEFAULT '{}') -> text | ISP
generate(project_name text, inputs text[], config jsonb DEFAULT '{}') -> text[] | ISP`;

const additions = `
predict(project_name text, features numeric[]) -> real | ISP
predict(project_name text, input text) -> real | ISP
predict(model_id bigint, features double precision[]) -> real | ISP
predict(model_id bigint, features smallint[]) -> real | ISP
predict(model_id bigint, features integer[]) -> real | ISP
predict(model_id bigint, features bigint[]) -> real | ISP
predict(model_id bigint, features boolean[]) -> real | ISP
predict(model_id bigint, features numeric[]) -> real | ISP
predict_query(project_name text, query text) -> TABLE(key bigint, prediction real) | V
predict_query(project_name text, query text, key_type anyelement) -> TABLE(key anyelement, prediction real) | V
compile(model_id bigint) -> text | VS
compile(project_name text) -> text | VS
deploy(project_name text, strategy pgml.strategy, algorithm pgml.algorithm, compiled boolean) -> TABLE(project text, strategy text, algorithm text) | V`;

const languageModels = `
embed(transformer text, text text, kwargs jsonb DEFAULT '{}') -> real[] | ISP
embed(transformer text, inputs text[], kwargs jsonb DEFAULT '{}') -> SETOF real[] | ISP
rank(transformer text, query text, documents text[], kwargs jsonb DEFAULT '{}') -> TABLE(corpus_id bigint, score double precision, text text) | ISP
chunk(splitter text, text text, kwargs jsonb DEFAULT '{}') -> TABLE(chunk_index bigint, chunk text) | ISP
transform(task text, args jsonb DEFAULT '{}', inputs text[] DEFAULT ARRAY[]::text[], cache boolean DEFAULT false) -> jsonb | ISP
transform(task jsonb, args jsonb DEFAULT '{}', inputs text[] DEFAULT ARRAY[]::text[], cache boolean DEFAULT false) -> jsonb | ISP
transform(task text, args jsonb DEFAULT '{}', inputs jsonb[] DEFAULT ARRAY[]::jsonb[], cache boolean DEFAULT false) -> jsonb | ISP
transform(task jsonb, args jsonb DEFAULT '{}', inputs jsonb[] DEFAULT ARRAY[]::jsonb[], cache boolean DEFAULT false) -> jsonb | ISP
transform_stream(task text, args jsonb DEFAULT '{}', input text DEFAULT '', cache boolean DEFAULT false) -> SETOF jsonb | ISP
transform_stream(task jsonb, args jsonb DEFAULT '{}', input text DEFAULT '', cache boolean DEFAULT false) -> SETOF jsonb | ISP
transform_stream(task text, args jsonb DEFAULT '{}', inputs jsonb[] DEFAULT ARRAY[]::jsonb[], cache boolean DEFAULT false) -> SETOF jsonb | ISP
transform_stream(task jsonb, args jsonb DEFAULT '{}', inputs jsonb[] DEFAULT ARRAY[]::jsonb[], cache boolean DEFAULT false) -> SETOF jsonb | ISP`;

const metrics = `
sklearn_f1_score(ground_truth real[], y_hat real[]) -> real | VS
sklearn_r2_score(ground_truth real[], y_hat real[]) -> real | VS
sklearn_regression_metrics(ground_truth real[], y_hat real[]) -> jsonb | VS
sklearn_classification_metrics(ground_truth real[], y_hat real[], num_classes bigint) -> jsonb | VS`;

/** Vector functions exist for real and for double precision. */
function vectors(): string[] {
  const lines: string[] = [];
  for (const scalar of ['real', 'double precision']) {
    const array = `${scalar}[]`;
    for (const [name, operand] of [
      ['add', 'addend'],
      ['subtract', 'subtahend'],
      ['multiply', 'multiplicand'],
      ['divide', 'dividend'],
    ])
      for (const type of [scalar, array]) lines.push(`${name}(vector ${array}, ${operand} ${type}) -> ${array} | ISP`);
    for (const name of ['norm_l0', 'norm_l1', 'norm_l2', 'norm_max'])
      lines.push(`${name}(vector ${array}) -> ${scalar} | ISP`);
    for (const name of ['normalize_l1', 'normalize_l2', 'normalize_max'])
      lines.push(`${name}(vector ${array}) -> ${array} | ISP`);
    for (const name of ['distance_l1', 'distance_l2', 'dot_product', 'cosine_similarity'])
      lines.push(`${name}(vector ${array}, other ${array}) -> ${scalar} | ISP`);
    for (const name of ['sum', 'min', 'max', 'min_abs', 'max_abs']) {
      const helper = `${name}_${scalar === 'real' ? 's' : 'd'}`;
      lines.push(`${helper}_state(this ${array}, arg_one ${array}) -> ${array} | IP`);
      lines.push(`${helper}_combine(this ${array}, v ${array}) -> ${array} | IP`);
      lines.push(`${helper}_finalize(this ${array}) -> ${array} | IP`);
      lines.push(`${name}(${array}) -> ${array} | IP`);
    }
  }
  for (const array of ['integer[]', 'numeric[]']) {
    for (const name of ['norm_l0', 'norm_l1', 'norm_l2', 'norm_max'])
      lines.push(`${name}(vector ${array}) -> double precision | ISP`);
    for (const name of ['normalize_l1', 'normalize_l2', 'normalize_max'])
      lines.push(`${name}(vector ${array}) -> double precision[] | ISP`);
  }
  return lines;
}

export const contract: readonly string[] = [
  ...[environment, data, training, prediction, additions, languageModels, metrics].flatMap((block) =>
    block.trim().split('\n'),
  ),
  ...vectors(),
];
