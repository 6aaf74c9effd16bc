"""PCA on the shared tables. Run: python3 proof/reference/make_pca.py

Randomized decompositions are compared after so many iterations that they have become exact.
"""
from cases import case, write_cases

import numpy as np
from sklearn.decomposition import PCA

CASES = [
    ("blobs", {}),
    ("blobs", {"n_components": 2, "whiten": True}),
    ("overlapping_blobs", {"n_components": "mle"}),
    ("diabetes", {"n_components": 0.9999}),
    ("diabetes", {"n_components": 0.5, "whiten": True}),
    ("breast_cancer", {"n_components": 3, "svd_solver": "full"}),
    ("breast_cancer", {"n_components": 0.999999999}),
    ("breast_cancer", {"n_components": 2, "svd_solver": "arpack"}),
    ("breast_cancer", {"n_components": 4, "svd_solver": "randomized", "random_state": 0, "iterated_power": 100}),
    ("wine", {"n_components": "mle"}),
    ("wine", {"n_components": 5, "svd_solver": "arpack", "whiten": True}),
    ("iris", {"svd_solver": "arpack"}),
    ("digits", {"n_components": 10}),
    ("wide", {"n_components": 7, "whiten": True}),
    ("wide", {"n_components": 0.5}),
    ("dependent", {}),
    ("dependent", {"n_components": "mle"}),
    ("scales", {}),
    ("scales", {"n_components": 3}),
    ("one_feature", {}),
]


def components(model, features, target):
    real = model.explained_variance_ratio_ > 1e-20
    return {
        "components": model.components_[real],
        "explained_variance": model.explained_variance_,
        "explained_variance_ratio": model.explained_variance_ratio_,
        "singular_values": model.singular_values_,
        "noise_variance": float(model.noise_variance_),
        "n_components": model.n_components_,
        "projections": model.transform(features)[::20, real],
    }


if __name__ == "__main__":
    write_cases("pca", [case("decomposition", table, PCA, components, parameters) for table, parameters in CASES])
