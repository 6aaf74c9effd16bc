"""AffinityPropagation. Run: python3 proof/reference/make_affinity_propagation.py"""
from cases import case, write_cases

from sklearn.cluster import AffinityPropagation


def extract(model, features, target):
    return {
        "exemplars": model.cluster_centers_indices_,
        "labels": model.labels_,
        "iterations": model.n_iter_,
        "predictions": model.predict(features),
    }


CASES = [
    ("blobs", {}),
    ("blobs", {"preference": -400}),
    ("overlapping_blobs", {"damping": 0.9}),
    ("moons_only", {"damping": 0.75, "preference": -8.0, "convergence_iter": 30}),
    ("iris", {"preference": -20.5}),
    ("noise", {"damping": 0.6, "max_iter": 500}),
    ("noise", {"preference": -1e5, "max_iter": 12}),
    ("noise", {"preference": -1e-6}),
    ("scales", {"damping": 0.8, "max_iter": 300}),
    ("one_row", {}),
    ("one_feature", {"preference": [-0.5 - 0.01 * i for i in range(50)]}),
    ("wine", {"max_iter": 40, "convergence_iter": 3}),
]

write_cases(
    "affinity_propagation",
    [
        case("clustering", table, AffinityPropagation, extract, {**parameters, "random_state": seed})
        for seed, (table, parameters) in enumerate(CASES)
    ],
)
