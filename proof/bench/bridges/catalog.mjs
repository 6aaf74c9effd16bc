// A model that nobody has trained, in the catalog as a training would have put it there, and deployed.
export async function insertModel(database, project, artifact, features) {
  await database.query(
    `WITH project AS (INSERT INTO pgml.projects (name, task) VALUES ($1, 'regression') RETURNING id),
      model AS (INSERT INTO pgml.models (project_id, num_features, algorithm, hyperparams, status, search_params, search_args)
        SELECT id, $2, 'xgboost', '{}', 'successful', '{}', '{}' FROM project RETURNING id, project_id),
      file AS (INSERT INTO pgml.files (model_id, path, part, data) SELECT id, 'estimator.pgml', 0, $3 FROM model)
    INSERT INTO pgml.deployments (project_id, model_id, strategy) SELECT project_id, id, 'specific' FROM model`,
    [project, features, Buffer.from(artifact)],
  );
}
