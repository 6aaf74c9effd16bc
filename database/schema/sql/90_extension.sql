-- Only for CREATE EXTENSION.

-- What pg_dump must save, because it is data and not part of the extension.
SELECT pg_catalog.pg_extension_config_dump('pgml.projects', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.projects_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.snapshots', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.snapshots_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.models', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.models_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.deployments', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.deployments_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.files', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.files_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.logs', '');
SELECT pg_catalog.pg_extension_config_dump('pgml.logs_id_seq', '');

-- Whoever may create extensions in a database can train in it: the catalog is theirs, not the superuser's who runs this.
ALTER TABLE pgml.projects OWNER TO @extowner@;
ALTER TABLE pgml.snapshots OWNER TO @extowner@;
ALTER TABLE pgml.models OWNER TO @extowner@;
ALTER TABLE pgml.deployments OWNER TO @extowner@;
ALTER TABLE pgml.files OWNER TO @extowner@;
ALTER TABLE pgml.logs OWNER TO @extowner@;
ALTER VIEW pgml.overview OWNER TO @extowner@;
ALTER VIEW pgml.deployed_models OWNER TO @extowner@;
ALTER VIEW pgml.trained_models OWNER TO @extowner@;
