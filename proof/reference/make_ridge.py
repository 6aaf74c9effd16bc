"""Ridge and RidgeClassifier on the shared tables. Run: python3 proof/reference/make_ridge.py

Solvers that approach the solution are run until they have reached it. Not compared: dependent columns without a penalty,
where scikit-learn divides by singular values that are rounding errors.
"""
from cases import case, write_cases

import numpy as np
from sklearn.linear_model import Ridge, RidgeClassifier

EXACT = {"tol": 1e-14, "max_iter": 100000}
REGRESSIONS = [
    ("diabetes", {}),
    ("diabetes", {"alpha": 100.0, "fit_intercept": False}),
    ("regression", {"alpha": 0.0}),
    ("regression", {"alpha": 2.5, "solver": "svd"}),
    ("regression", {"alpha": [2.5], "solver": "cholesky"}),
    ("regression", {"solver": "lsqr", **EXACT}),
    ("regression", {"solver": "sparse_cg", **EXACT}),
    ("regression", {"solver": "sag", "random_state": 0, **EXACT}),
    ("regression", {"solver": "saga", "random_state": 0, **EXACT}),
    ("regression", {"positive": True, **EXACT}),
    ("wide", {}),
    ("wide", {"alpha": 0.0, "solver": "svd", "fit_intercept": False}),
    ("wide", {"alpha": 1e-3, "fit_intercept": False}),
    ("dependent", {"alpha": 1.0}),
    ("dependent", {"alpha": 1e-6, "solver": "svd"}),
    ("scales", {}),
    ("one_feature", {"alpha": 10.0}),
    ("one_row", {}),
]
WEIGHTED = [("diabetes", {}), ("wide", {"alpha": 0.1}), ("regression", {"positive": True, **EXACT})]
CLASSIFICATIONS = [
    ("iris", {}, None),
    ("iris", {"class_weight": {"0": 1.0, "1": 5.0, "2": 0.5}}, None),
    ("wine", {"alpha": 0.0}, None),
    ("breast_cancer", {}, None),
    ("breast_cancer", {"alpha": 50.0, "fit_intercept": False}, None),
    ("unbalanced", {"class_weight": "balanced"}, None),
    ("unbalanced", {"class_weight": {"1": 7.0}}, 1),
    ("four_classes", {"class_weight": "balanced", "alpha": 0.1}, 2),
    ("four_classes", {"alpha": [0.1, 1.0, 10.0, 100.0]}, None),
    ("two_classes", {"positive": True, **EXACT}, None),
    ("tied_classes", {"solver": "svd"}, None),
    ("digits", {}, None),
]


class LabelWeights(RidgeClassifier):
    """RidgeClassifier with the classes of class_weight as JSON has them: text."""

    def __init__(self, alpha=1.0, class_weight=None, **parameters):
        if isinstance(class_weight, dict):
            class_weight = {int(label): weight for label, weight in class_weight.items()}
        super().__init__(alpha=listed(alpha), class_weight=class_weight, **parameters)


class ListedAlphas(Ridge):
    def __init__(self, alpha=1.0, **parameters):
        super().__init__(alpha=listed(alpha), **parameters)


def listed(alpha):
    return np.array(alpha) if isinstance(alpha, list) else alpha


def regression(model, features, target):
    return {
        "coefficients": np.ravel(model.coef_),
        "intercept": float(np.ravel(model.intercept_)[0]),
        "predictions": np.ravel(model.predict(features))[:50],
    }


def classification(model, features, target):
    return {
        "coefficients": model.coef_,
        "intercepts": np.ravel(np.broadcast_to(model.intercept_, len(model.coef_))),
        "scores": model.decision_function(features[::7]),
        "classes": model.predict(features[::7]),
    }


if __name__ == "__main__":
    write_cases(
        "ridge",
        [case("regression", table, ListedAlphas, regression, given) for table, given in REGRESSIONS]
        + [case("regression", table, ListedAlphas, regression, given, weights=1) for table, given in WEIGHTED]
        + [
            case("classification", table, LabelWeights, classification, given, weights=weights)
            for table, given, weights in CLASSIFICATIONS
        ],
    )
