"""OPTICS. Run: /usr/bin/python3 proof/reference/make_optics.py"""
from cases import case, write_cases

import numpy as np
from sklearn.cluster import OPTICS, _optics


def correct_predecessor(reachability, predecessors, ordering, first, last):
    """As scikit-learn does it from 1.3 on. Version 1.2 takes a row number for a position in the ordering."""
    for end in range(last, first, -1):
        if reachability[first] > reachability[end] or predecessors[end] in ordering[first:end]:
            return first, end
    return None, None


_optics._correct_predecessor = correct_predecessor


def finite(values):
    return [None if np.isinf(value) else value for value in values]


def clusters(model, features, target):
    return {
        "labels": model.labels_,
        "ordering": model.ordering_,
        "reachability": finite(model.reachability_),
        "coreDistances": finite(model.core_distances_),
    }


CASES = [
    ("blobs", {}),
    ("blobs", {"min_samples": 12, "xi": 0.1}),
    ("overlapping_blobs", {"min_samples": 8}),
    ("overlapping_blobs", {"min_samples": 0.05, "min_cluster_size": 0.1}),
    ("overlapping_blobs", {"cluster_method": "dbscan", "eps": 1.5}),
    ("overlapping_blobs", {"cluster_method": "dbscan", "max_eps": 1.2}),
    ("overlapping_blobs", {"metric": "manhattan", "predecessor_correction": False}),
    ("moons_only", {"max_eps": 0.3, "min_samples": 10}),
    ("moons_only", {"metric": "chebyshev", "xi": 0.2}),
    ("noise", {"min_samples": 3}),
    ("noise", {"p": 1, "min_cluster_size": 10}),
    ("iris", {"xi": 0.02, "min_samples": 6}),
]
# A tree, because by brute force scikit-learn takes squared distances from inner products, which costs digits.
write_cases("optics", [case("clustering", table, OPTICS, clusters, parameters, algorithm="ball_tree") for table, parameters in CASES])
