"""KernelRidge on the shared tables. Run: python3 proof/reference/make_kernel_ridge.py

Features are not scaled, so kernels of products are far from 1 and gammas small. Not compared: singular matrices, where
scikit-learn solves all the same and gives rounding errors.
"""
from cases import case, write_cases

import numpy as np
from sklearn.kernel_ridge import KernelRidge

CASES = [
    ("diabetes", {}, None),
    ("regression", {"alpha": 0.1}, None),
    ("regression", {"kernel": "rbf"}, None),
    ("friedman", {"kernel": "rbf", "gamma": 2.0, "alpha": 0.01}, None),
    ("friedman", {"kernel": "rbf", "gamma": 0.5}, 1),
    ("friedman", {"kernel": "poly", "degree": 2, "coef0": 0.5}, None),
    ("friedman", {"kernel": "polynomial", "degree": 2.5, "alpha": 0.5}, None),
    ("regression", {"kernel": "poly", "alpha": 2.0}, 2),
    ("friedman", {"kernel": "laplacian"}, None),
    ("regression", {"kernel": "sigmoid", "gamma": 0.001, "alpha": 10.0}, None),
    ("friedman", {"kernel": "cosine"}, None),
    ("counts", {"kernel": "chi2", "gamma": 0.7}, None),
    ("counts", {"kernel": "additive_chi2", "alpha": 500.0}, None),
    ("scales", {"kernel": "rbf", "gamma": 1e-10, "alpha": 0.1}, None),
    ("ties", {"kernel": "rbf"}, None),
    ("wide", {"kernel": "linear", "alpha": 3.0}, 3),
    ("one_feature", {"kernel": "rbf", "gamma": 1.0, "alpha": [0.2]}, None),
    ("one_row", {"kernel": "rbf"}, None),
]


class ListedAlphas(KernelRidge):
    def __init__(self, alpha=1, **parameters):
        super().__init__(alpha=np.array(alpha) if isinstance(alpha, list) else alpha, **parameters)


def extract(model, features, target):
    return {"predictions": model.predict(features)[:50]}


if __name__ == "__main__":
    write_cases(
        "kernel_ridge",
        [case("regression", table, ListedAlphas, extract, given, weights=weights) for table, given, weights in CASES],
    )
