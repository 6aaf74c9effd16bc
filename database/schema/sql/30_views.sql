CREATE VIEW pgml.overview AS
SELECT projects.name,
    deployments.created_at AS deployed_at,
    projects.task,
    models.algorithm,
    models.runtime,
    snapshots.relation_name,
    snapshots.y_column_name,
    snapshots.test_sampling,
    snapshots.test_size
FROM pgml.projects
JOIN pgml.deployments ON deployments.project_id = projects.id
JOIN pgml.models ON models.id = deployments.model_id
JOIN pgml.snapshots ON snapshots.id = models.snapshot_id
ORDER BY deployments.created_at DESC, deployments.id DESC;
COMMENT ON VIEW pgml.overview IS 'Every deployment ever made, newest first, with what the model was trained on.';

CREATE VIEW pgml.deployed_models AS
SELECT models.id,
    projects.name,
    projects.task,
    models.algorithm,
    models.runtime,
    latest.created_at AS deployed_at
FROM (
    SELECT DISTINCT ON (project_id) project_id, model_id, created_at
    FROM pgml.deployments
    ORDER BY project_id, id DESC
) AS latest
JOIN pgml.models ON models.id = latest.model_id
JOIN pgml.projects ON projects.id = latest.project_id
ORDER BY projects.name;
COMMENT ON VIEW pgml.deployed_models IS 'The model that each project predicts with now.';

CREATE VIEW pgml.trained_models AS
SELECT models.id,
    projects.name,
    projects.task,
    models.algorithm,
    models.runtime,
    models.created_at,
    snapshots.test_sampling,
    snapshots.test_size,
    EXISTS (SELECT FROM pgml.deployed_models WHERE deployed_models.id = models.id) AS deployed
FROM pgml.models
JOIN pgml.projects ON projects.id = models.project_id
JOIN pgml.snapshots ON snapshots.id = models.snapshot_id
ORDER BY models.created_at DESC, models.id DESC;
COMMENT ON VIEW pgml.trained_models IS 'All models, newest first, and whether they are what their project predicts with now.';
