-- Stands for the deployment lock, see extension/deployments.c. Nobody else can lock a type.
CREATE TYPE pgml_bridge.deployment AS ();
