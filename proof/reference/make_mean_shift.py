"""MeanShift. Run: /usr/bin/python3 proof/reference/make_mean_shift.py"""
from cases import case, write_cases

from sklearn.cluster import MeanShift, estimate_bandwidth


def clusters(model, features, target):
    return {
        "centres": model.cluster_centers_,
        "labels": model.labels_,
        "iterations": model.n_iter_,
        "bandwidth": None if model.bandwidth else estimate_bandwidth(features),
    }


CASES = [
    ("blobs", {}),
    ("blobs", {"bandwidth": 3.0}),
    ("blobs", {"bandwidth": 3.0, "bin_seeding": True}),
    ("blobs", {"bandwidth": 2.5, "bin_seeding": True, "min_bin_freq": 3, "cluster_all": False}),
    ("blobs", {"bandwidth": 2.0, "cluster_all": False, "seeds": [[0.0, 0.0, 0.0, 0.0], [5.0, -8.0, 6.0, 2.0], [-7.0, -7.0, 9.0, 8.0], [8.0, 2.0, 9.0, -8.0]]}),
    ("overlapping_blobs", {"bandwidth": 4.0}),
    ("overlapping_blobs", {}),
    ("overlapping_blobs", {"bandwidth": 4.0, "max_iter": 3}),
    ("moons_only", {"bandwidth": 0.5}),
    ("noise", {"bandwidth": 1.0}),
    ("duplicates", {"bandwidth": 0.5}),
    ("iris", {"bandwidth": 1.2}),
    ("one_row", {"bandwidth": 1.0}),
]
write_cases("mean_shift", [case("clustering", table, MeanShift, clusters, parameters) for table, parameters in CASES])
