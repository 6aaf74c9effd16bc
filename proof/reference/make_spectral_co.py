"""SpectralCoclustering. Run: /usr/bin/python3 proof/reference/make_spectral_co.py"""
from cases import case, write_cases

from sklearn.cluster import SpectralCoclustering


def model(n_clusters=3, **parameters):
    # So many random vectors that its singular vectors are exact, as ours are.
    return SpectralCoclustering(n_clusters, n_svd_vecs=600, **parameters)


def labels(model, features, target):
    return {"rows": model.row_labels_, "features": model.column_labels_}


CASES = [
    ("wine", {"random_state": 0}),
    ("wine", {"n_clusters": 2, "random_state": 1}),
    ("iris", {"random_state": 2}),
    ("iris", {"n_clusters": 2, "random_state": 3, "n_init": 3}),
    ("breast_cancer", {"n_clusters": 4, "random_state": 4}),
    ("two_classes", {"n_clusters": 2, "random_state": 5}),
    ("counts", {"random_state": 6}),
    ("blobs", {"n_clusters": 5, "random_state": 7}),
    ("blobs", {"n_clusters": 3, "random_state": 8, "init": "random"}),
    ("diabetes", {"n_clusters": 2, "random_state": 9}),
]
write_cases(
    "spectral_co",
    [case("clustering", table, model, labels, parameters) for table, parameters in CASES],
)
