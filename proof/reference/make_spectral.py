"""SpectralClustering. Run: /usr/bin/python3 proof/reference/make_spectral.py"""
from cases import case, write_cases

from sklearn.cluster import SpectralClustering


def labels(model, features, target):
    return {"labels": model.labels_}


CASES = [
    ("blobs", {"n_clusters": 5, "random_state": 0, "gamma": 0.1}),
    ("blobs", {"n_clusters": 5, "random_state": 1, "affinity": "nearest_neighbors"}),
    ("blobs", {"n_clusters": 5, "random_state": 2, "gamma": 0.1, "assign_labels": "discretize"}),
    ("blobs", {"n_clusters": 5, "random_state": 3, "gamma": 0.1, "assign_labels": "cluster_qr"}),
    ("blobs", {"n_clusters": 3, "random_state": 4, "affinity": "laplacian", "gamma": 0.2}),
    ("moons_only", {"n_clusters": 2, "random_state": 5, "gamma": 20.0}),
    ("moons_only", {"n_clusters": 2, "random_state": 6, "affinity": "nearest_neighbors", "n_neighbors": 8}),
    ("moons_only", {"n_clusters": 2, "random_state": 7, "gamma": 20.0, "assign_labels": "discretize"}),
    ("moons_only", {"n_clusters": 4, "random_state": 8, "gamma": 20.0, "n_components": 5}),
    ("iris", {"n_clusters": 3, "random_state": 9}),
    ("iris", {"n_clusters": 3, "random_state": 10, "affinity": "cosine", "assign_labels": "cluster_qr"}),
    ("iris", {"n_clusters": 2, "random_state": 11, "affinity": "poly", "gamma": 0.1, "degree": 2, "coef0": 2.0}),
]
write_cases("spectral", [case("clustering", table, SpectralClustering, labels, parameters) for table, parameters in CASES])
