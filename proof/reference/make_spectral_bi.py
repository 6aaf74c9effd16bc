"""SpectralBiclustering. Run: /usr/bin/python3 proof/reference/make_spectral_bi.py"""
from cases import case, write_cases

from sklearn.cluster import SpectralBiclustering


def model(n_clusters=3, **parameters):
    # So many random vectors that its singular vectors are exact, as ours are.
    clusters = tuple(n_clusters) if isinstance(n_clusters, list) else n_clusters
    return SpectralBiclustering(clusters, n_svd_vecs=600, **parameters)


def labels(model, features, target):
    return {"rows": model.row_labels_, "features": model.column_labels_}


CASES = [
    ("wine", {"random_state": 0}),
    ("wine", {"n_clusters": [3, 4], "method": "log", "random_state": 1}),
    ("wine", {"n_clusters": 2, "method": "scale", "random_state": 2}),
    ("four_classes", {"n_clusters": [4, 5], "random_state": 3, "n_components": 4, "n_best": 2}),
    ("unbalanced", {"n_clusters": 3, "method": "log", "random_state": 4, "n_components": 8}),
    ("breast_cancer", {"random_state": 5, "method": "log"}),
    ("breast_cancer", {"n_clusters": [2, 3], "random_state": 6, "method": "scale"}),
    ("two_classes", {"n_clusters": 4, "random_state": 7}),
    ("regression", {"n_clusters": [3, 2], "random_state": 8, "method": "scale"}),
    ("diabetes", {"n_clusters": 2, "random_state": 9, "n_components": 5}),
]
write_cases(
    "spectral_bi",
    [case("clustering", table, model, labels, parameters) for table, parameters in CASES],
)
