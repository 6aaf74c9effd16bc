"""Lars on the shared tables. Run: python3 proof/reference/make_least_angle.py"""
from cases import case, write_cases
from linear_model import path

from sklearn.linear_model import Lars

CASES = [
    ("diabetes", {}),
    ("diabetes", {"n_nonzero_coefs": 3}),
    ("diabetes", {"normalize": True, "n_nonzero_coefs": 5}),
    ("regression", {}),
    ("regression", {"fit_intercept": False, "n_nonzero_coefs": 6}),
    ("regression", {"jitter": 0.5, "random_state": 3, "n_nonzero_coefs": 4}),
    ("regression", {"n_nonzero_coefs": 1, "precompute": False, "fit_path": False}),
    ("wide", {"n_nonzero_coefs": 12}),
    ("wide", {"n_nonzero_coefs": 40, "fit_intercept": False}),
    ("scales", {}),
    ("scales", {"normalize": True, "n_nonzero_coefs": 2}),
    ("ties", {}),
    ("outliers", {"eps": 1e-3}),
    ("friedman", {"n_nonzero_coefs": 7}),
    ("one_feature", {}),
]

if __name__ == "__main__":
    write_cases("least_angle", [case("regression", table, Lars, path, parameters) for table, parameters in CASES])
