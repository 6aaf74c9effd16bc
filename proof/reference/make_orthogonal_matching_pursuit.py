"""OrthogonalMatchingPursuit on the shared tables. Run: python3 proof/reference/make_orthogonal_matching_pursuit.py"""
from cases import case, write_cases
from linear_model import weighted_sum

from sklearn.linear_model import OrthogonalMatchingPursuit

CASES = [
    ("diabetes", {}),
    ("diabetes", {"n_nonzero_coefs": 5}),
    ("diabetes", {"n_nonzero_coefs": 5, "normalize": True}),
    ("diabetes", {"tol": 1.4e6}),
    ("regression", {"n_nonzero_coefs": 10}),
    ("regression", {"tol": 0.0}),
    ("regression", {"n_nonzero_coefs": 3, "fit_intercept": False}),
    ("regression", {"tol": 9000.0, "n_nonzero_coefs": 1, "precompute": False}),
    ("wide", {}),
    ("wide", {"n_nonzero_coefs": 30, "fit_intercept": False}),
    ("wide", {"tol": 100.0, "precompute": True}),
    ("scales", {"n_nonzero_coefs": 3}),
    ("scales", {"n_nonzero_coefs": 3, "normalize": True}),
    ("ties", {"n_nonzero_coefs": 2}),
    ("one_feature", {}),
    ("one_row", {}),
]

if __name__ == "__main__":
    write_cases(
        "orthogonal_matching_pursuit",
        [case("regression", table, OrthogonalMatchingPursuit, weighted_sum, parameters) for table, parameters in CASES],
    )
