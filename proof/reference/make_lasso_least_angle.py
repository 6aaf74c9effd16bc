"""LassoLars on the shared tables. Run: python3 proof/reference/make_lasso_least_angle.py"""
from cases import case, write_cases
from linear_model import path

from sklearn.linear_model import LassoLars

CASES = [
    ("diabetes", {}),
    ("diabetes", {"alpha": 0.01}),
    ("diabetes", {"alpha": 0.05, "normalize": True}),
    ("regression", {"alpha": 0.5}),
    ("regression", {"alpha": 0.0}),
    ("regression", {"alpha": 0.1, "fit_intercept": False}),
    # Below the last feature that may enter, positive paths of the reference are not those of the lasso, as it says.
    ("regression", {"alpha": 5.0, "positive": True}),
    ("regression", {"alpha": 0.0, "max_iter": 4}),
    ("regression", {"alpha": 0.2, "jitter": 1.0, "random_state": 5}),
    ("regression", {"alpha": 1e6}),
    ("wide", {"alpha": 0.5}),
    ("wide", {"alpha": 0.05, "fit_path": False}),
    ("wide", {"alpha": 0.1, "positive": True}),
    ("wide", {"alpha": 0.1, "max_iter": 25, "precompute": True}),
    ("scales", {"alpha": 0.001}),
    ("ties", {"alpha": 0.05}),
    ("one_feature", {"alpha": 0.1}),
    ("one_row", {}),
]

if __name__ == "__main__":
    write_cases(
        "lasso_least_angle", [case("regression", table, LassoLars, path, parameters) for table, parameters in CASES]
    )
