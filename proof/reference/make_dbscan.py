"""DBSCAN. Run: /usr/bin/python3 proof/reference/make_dbscan.py"""
from cases import case, write_cases

from sklearn.cluster import DBSCAN


def labels(model, features, target):
    return {"labels": model.labels_, "cores": len(model.core_sample_indices_)}


CASES = [
    ("blobs", {"eps": 1.6}, None),
    ("blobs", {"eps": 2.5, "min_samples": 10}, None),
    ("overlapping_blobs", {"eps": 1.5, "min_samples": 4}, None),
    ("overlapping_blobs", {"eps": 2.0, "metric": "manhattan"}, None),
    ("overlapping_blobs", {"eps": 1.2, "metric": "chebyshev"}, None),
    ("overlapping_blobs", {"eps": 1.5, "metric": "minkowski", "p": 3}, None),
    ("moons_only", {"eps": 0.2}, None),
    ("moons_only", {"eps": 0.05}, None),
    ("moons_only", {"eps": 0.02, "metric": "cosine"}, None),
    ("moons_only", {"eps": 0.2, "min_samples": 8}, 3),
    ("blobs", {"eps": 1.6, "min_samples": 6}, 4),
    ("noise", {"eps": 0.1}, None),
    ("noise", {"eps": 0.4, "min_samples": 1}, None),
    ("duplicates", {"eps": 0.5, "min_samples": 3}, None),
    ("iris", {}, None),
    ("one_row", {"min_samples": 1}, None),
]
write_cases("dbscan", [case("clustering", table, DBSCAN, labels, parameters, weights=weights) for table, parameters, weights in CASES])
