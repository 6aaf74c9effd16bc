-- Enumerations of the public interface: labels and their order are those of PostgresML 2.10.

CREATE TYPE pgml.task AS ENUM (
    'regression', 'classification', 'decomposition', 'clustering', 'question_answering', 'summarization', 'translation',
    'text_classification', 'text_generation', 'text2text', 'embedding', 'text_pair_classification', 'conversation'
);
COMMENT ON TYPE pgml.task IS 'What a project learns to do. Functions take it as text, with underscores or dashes.';

CREATE TYPE pgml.algorithm AS ENUM (
    'linear', 'xgboost', 'xgboost_random_forest', 'svm', 'lasso', 'elastic_net', 'ridge', 'kmeans', 'dbscan', 'knn',
    'random_forest', 'least_angle', 'lasso_least_angle', 'orthogonal_matching_pursuit', 'bayesian_ridge',
    'automatic_relevance_determination', 'stochastic_gradient_descent', 'perceptron', 'passive_aggressive', 'ransac',
    'theil_sen', 'huber', 'quantile', 'kernel_ridge', 'gaussian_process', 'nu_svm', 'ada_boost', 'bagging',
    'extra_trees', 'gradient_boosting_trees', 'hist_gradient_boosting', 'linear_svm', 'lightgbm', 'transformers',
    'affinity_propagation', 'birch', 'feature_agglomeration', 'mini_batch_kmeans', 'mean_shift', 'optics', 'spectral',
    'spectral_bi', 'spectral_co', 'catboost', 'pca'
);
COMMENT ON TYPE pgml.algorithm IS 'How a model learns. Not every algorithm serves every task.';

CREATE TYPE pgml.runtime AS ENUM ('python', 'rust', 'openai');
COMMENT ON TYPE pgml.runtime IS
    'Which library PostgresML would have used. Here it only selects the names and defaults of hyperparameters.';

CREATE TYPE pgml.sampling AS ENUM ('random', 'last', 'stratified');
COMMENT ON TYPE pgml.sampling IS
    'Which rows are held out for the test: any, the last ones, or any with the classes in the proportion of the whole.';

CREATE TYPE pgml.search AS ENUM ('grid', 'random');
COMMENT ON TYPE pgml.search IS 'How combinations of hyperparameters are chosen: all of them, or a random draw.';

CREATE TYPE pgml.strategy AS ENUM ('new_score', 'best_score', 'most_recent', 'rollback', 'specific');
COMMENT ON TYPE pgml.strategy IS
    'Why a model was deployed. pgml.deploy takes best_score, most_recent and rollback; pgml.train deploys a better model as new_score, pgml.deploy(model_id) as specific.';

CREATE TYPE pgml.status AS ENUM ('in_progress', 'successful', 'failed');
COMMENT ON TYPE pgml.status IS 'States of a model or snapshot.';
