"""Perceptron. Run: python3 proof/reference/make_perceptron.py"""
from cases import case, write_cases

from sklearn.linear_model import Perceptron


def extract(model, features, target):
    return {
        "coefficients": model.coef_.ravel(),
        "intercepts": model.intercept_,
        "epochs": model.n_iter_,
        "predictions": model.predict(features)[:50],
    }


CASES = [
    ("two_classes", {}, {}),
    ("four_classes", {}, {}),
    ("four_classes", {"penalty": "l2", "alpha": 0.001, "random_state": 4}, {}),
    ("two_classes", {"penalty": "l1", "alpha": 0.01, "eta0": 0.5}, {"weights": 1}),
    ("unbalanced", {"class_weight": "balanced", "penalty": "elasticnet", "l1_ratio": 0.4}, {}),
    ("moons", {"fit_intercept": False, "shuffle": False, "max_iter": 4, "tol": None}, {}),
    ("four_classes", {"early_stopping": True, "n_iter_no_change": 2}, {"weights": 2}),
    ("tied_classes", {"tol": 0.1}, {}),
    ("iris", {"max_iter": 50}, {}),
]

write_cases(
    "perceptron",
    [case("classification", table, Perceptron, extract, parameters, **more) for table, parameters, more in CASES],
)
