"""Birch. Run: python3 proof/reference/make_birch.py"""
from cases import case, write_cases

import numpy as np
from sklearn.cluster import Birch


def extract(model, features, target):
    centroids = model.subcluster_centers_
    order = np.lexsort(centroids.T[::-1])
    return {
        "count": len(centroids),
        "centroids": centroids[order][:40].ravel(),
        "clusters": model.subcluster_labels_[order],
        "labels": model.labels_,
    }


CASES = [
    ("blobs", {}),
    ("blobs", {"n_clusters": None, "threshold": 2.0}),
    ("blobs", {"n_clusters": 5, "threshold": 1.5, "branching_factor": 5}),
    ("blobs", {"n_clusters": 5, "threshold": 0.9, "branching_factor": 2}),
    ("overlapping_blobs", {"n_clusters": 6, "branching_factor": 10}),
    ("overlapping_blobs", {"n_clusters": 4, "threshold": 3.0}),
    ("moons_only", {"n_clusters": 2, "threshold": 0.1, "branching_factor": 8}),
    ("duplicates", {"n_clusters": 5}),
    ("noise", {"n_clusters": 3, "threshold": 0.25}),
    ("iris", {"threshold": 0.3}),
    ("wine", {"threshold": 30, "n_clusters": 3}),
    ("one_feature", {"n_clusters": 4, "threshold": 0.2}),
]

write_cases("birch", [case("clustering", table, Birch, extract, parameters) for table, parameters in CASES])
