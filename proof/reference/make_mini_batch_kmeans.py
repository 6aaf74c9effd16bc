"""MiniBatchKMeans. Run: /usr/bin/python3 proof/reference/make_mini_batch_kmeans.py"""
from cases import case, write_cases
from tables import TABLES

from sklearn.cluster import MiniBatchKMeans


def clusters(model, features, target):
    return {"centroids": model.cluster_centers_, "inertia": model.inertia_, "steps": model.n_steps_}


blobs = TABLES["blobs"]["features"]
CASES = [
    ("blobs", {"n_clusters": 5, "random_state": 0}, None),
    ("blobs", {"n_clusters": 5, "random_state": 1, "batch_size": 32, "n_init": 1}, None),
    ("blobs", {"n_clusters": 12, "random_state": 2, "batch_size": 40}, None),
    ("blobs", {"n_clusters": 3, "init": blobs[:3].tolist(), "n_init": 1, "random_state": 3, "batch_size": 64}, None),
    ("blobs", {"n_clusters": 5, "init": "random", "random_state": 4, "batch_size": 50, "n_init": 4}, None),
    ("blobs", {"n_clusters": 5, "random_state": 5, "batch_size": 50, "tol": 0.01, "n_init": "auto"}, None),
    ("blobs", {"n_clusters": 5, "random_state": 6, "batch_size": 50, "max_no_improvement": None, "max_iter": 5, "n_init": 2}, None),
    ("blobs", {"n_clusters": 6, "random_state": 7, "batch_size": 50, "init_size": 60, "n_init": 3}, 1),
    ("overlapping_blobs", {"n_clusters": 20, "random_state": 8, "batch_size": 30, "reassignment_ratio": 0.5, "n_init": 2}, None),
    ("overlapping_blobs", {"random_state": 9, "batch_size": 100}, 2),
    ("iris", {"n_clusters": 3, "random_state": 10, "batch_size": 20, "n_init": 3}, None),
    ("wine", {"n_clusters": 3, "random_state": 11, "batch_size": 45, "n_init": 3}, None),
    ("noise", {"n_clusters": 1, "random_state": 12, "n_init": 1}, None),
]
write_cases(
    "mini_batch_kmeans",
    [case("clustering", table, MiniBatchKMeans, clusters, parameters, weights=weights) for table, parameters, weights in CASES],
)
