"""Lasso on the shared tables. Run: python3 proof/reference/make_lasso.py"""
from cases import case, write_cases
from linear_model import weighted_sum

from sklearn.linear_model import Lasso

CASES = [
    ("diabetes", {}),
    ("diabetes", {"alpha": 0.1, "tol": 1e-10, "max_iter": 10000}),
    ("regression", {"alpha": 0.5}),
    ("regression", {"alpha": 0.5, "fit_intercept": False}),
    ("regression", {"alpha": 2.0, "selection": "random", "random_state": 3, "tol": 1e-2}),
    ("regression", {"alpha": 0.1, "positive": True}),
    ("regression", {"alpha": 1e6}),
    ("regression", {"alpha": 0.01, "max_iter": 2}),
    ("wide", {"alpha": 0.5}),
    ("wide", {"alpha": 0.5, "selection": "random", "random_state": 0, "fit_intercept": False}),
    ("wide", {"alpha": 0.1, "positive": True, "tol": 1e-6}),
    ("dependent", {"alpha": 0.01}),
    ("scales", {"alpha": 0.001, "max_iter": 5000}),
    ("ties", {"alpha": 0.05}),
    ("one_feature", {"alpha": 0.1}),
    ("one_row", {}),
]
WEIGHTED = [
    ("regression", {"alpha": 0.5}),
    ("regression", {"alpha": 0.5, "fit_intercept": False, "positive": True}),
    ("wide", {"alpha": 0.5}),
]

if __name__ == "__main__":
    write_cases(
        "lasso",
        [case("regression", table, Lasso, weighted_sum, parameters) for table, parameters in CASES]
        + [case("regression", table, Lasso, weighted_sum, parameters, weights=1) for table, parameters in WEIGHTED],
    )
