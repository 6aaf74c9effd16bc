"""GaussianProcessRegressor and -Classifier on the shared tables. Run: python3 proof/reference/make_gaussian_process.py

Kernels are given as text to both sides. Where numbers of kernels are learned, the log marginal likelihoods are compared.
"""
from cases import case, write_cases

import numpy as np
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process import kernels

NAMES = {
    name: getattr(kernels, name)
    for name in ("RBF", "Matern", "RationalQuadratic", "ExpSineSquared", "DotProduct", "ConstantKernel", "WhiteKernel")
}

REGRESSIONS = [
    ("friedman", {"alpha": 0.1}),
    ("friedman", {"alpha": 0.5, "normalize_y": True, "kernel": "RBF(2.0)", "optimizer": None}),
    ("friedman", {"kernel": "2.0 * RBF(0.7) + WhiteKernel(0.3)", "optimizer": None}),
    ("friedman", {"kernel": "3**2 * Matern(length_scale=1.5, nu=0.5) + DotProduct(2.0)", "alpha": 0.2, "optimizer": None}),
    ("friedman", {"kernel": "Matern(1.5, nu=1.5) * RationalQuadratic(0.8, 2.0)", "alpha": 0.2, "optimizer": None}),
    ("friedman", {"kernel": "Matern(1.5, nu=2.5) + Matern(2.0, nu=inf)", "alpha": 0.2, "optimizer": None}),
    ("friedman", {"kernel": "RBF([1, 2, 0.5, 1, 1, 3, 2, 1])", "alpha": 0.1, "optimizer": None}),
    ("friedman", {"kernel": "(DotProduct(1.0) + 0.5) ** 2", "alpha": 1.0, "optimizer": None}),
    ("one_feature", {"kernel": "ExpSineSquared(1.2, 3.0) + RBF(1.0)", "alpha": 1e-3, "optimizer": None}),
    ("one_feature", {"kernel": "1.0 * RBF(1.0)", "alpha": 1e-2}),
    ("one_feature", {"kernel": "1.0 * ExpSineSquared(1.0, 5.0) + WhiteKernel(0.1)"}),
    ("friedman", {"kernel": "1.0 * RBF(1.0) + WhiteKernel(1.0)", "normalize_y": True}),
    ("friedman", {"kernel": "1.0 * RBF([1, 1, 1, 1, 1, 1, 1, 1], (0.1, 10.0)) + WhiteKernel(1.0)", "normalize_y": True}),
    ("friedman", {"kernel": "50.0 * Matern(2.0, nu=2.5) + DotProduct(1.0, 'fixed')", "alpha": 0.3}),
    ("ties", {"kernel": "RationalQuadratic(1.0, 1.0)", "alpha": 0.5}),
    ("scales", {"kernel": "RBF(100000.0)", "alpha": 0.1, "optimizer": None}),
    ("one_row", {}),
]
CLASSIFICATIONS = [
    ("two_classes", {}),
    ("two_classes", {"kernel": "2.0 * RBF(3.0)", "optimizer": None}),
    ("two_classes", {"kernel": "Matern(3.0, nu=1.5) + WhiteKernel(0.5)", "optimizer": None}),
    ("moons", {"kernel": "RationalQuadratic(0.5, 1.0)", "optimizer": None}),
    ("moons", {"kernel": "1.0 * RBF(1.0)"}),
    ("iris", {}),
    ("iris", {"kernel": "1.0 * RBF(1.0)"}),
    ("two_classes", {"kernel": "0.01 * DotProduct(1.0) + RBF(3.0)", "optimizer": None, "max_iter_predict": 3}),
    ("four_classes", {"kernel": "4.0 * RBF([2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5])", "optimizer": None}),
    ("tied_classes", {"kernel": "ConstantKernel(2.0) * Matern(1.0, nu=2.5)", "optimizer": None}),
    ("unbalanced", {"kernel": "RBF(1.5)", "optimizer": None}),
]


def read(text):
    return None if text is None else eval(text, {"inf": np.inf, **NAMES})


class TextRegressor(GaussianProcessRegressor):
    def __init__(self, kernel=None, **parameters):
        super().__init__(kernel=read(kernel), **parameters)


class TextClassifier(GaussianProcessClassifier):
    def __init__(self, kernel=None, **parameters):
        super().__init__(kernel=read(kernel), **parameters)


def regression(model, features, target):
    return {"predictions": model.predict(features)[:50], "likelihood": model.log_marginal_likelihood_value_}


def classification(model, features, target):
    return {
        "probabilities": model.predict_proba(features[::7]),
        "classes": model.predict(features[::7]),
        "likelihood": model.log_marginal_likelihood_value_,
    }


if __name__ == "__main__":
    write_cases(
        "gaussian_process",
        [case("regression", table, TextRegressor, regression, given) for table, given in REGRESSIONS]
        + [case("classification", table, TextClassifier, classification, given) for table, given in CLASSIFICATIONS],
    )
