"""ElasticNet on the shared tables. Run: python3 proof/reference/make_elastic_net.py"""
from cases import case, write_cases
from linear_model import weighted_sum

from sklearn.linear_model import ElasticNet

CASES = [
    ("diabetes", {}),
    ("diabetes", {"alpha": 0.01, "l1_ratio": 0.9, "tol": 1e-10, "max_iter": 10000}),
    ("regression", {"alpha": 0.5}),
    ("regression", {"alpha": 0.5, "l1_ratio": 0.0, "max_iter": 200}),
    ("regression", {"alpha": 0.0, "max_iter": 50}),
    ("regression", {"alpha": 0.2, "l1_ratio": 1.0, "fit_intercept": False}),
    ("regression", {"alpha": 0.2, "l1_ratio": 0.3, "selection": "random", "random_state": 7, "tol": 1e-3}),
    ("regression", {"alpha": 0.1, "positive": True, "precompute": True}),
    ("wide", {"alpha": 0.5, "l1_ratio": 0.7}),
    ("wide", {"alpha": 0.1, "l1_ratio": 0.2, "selection": "random", "random_state": 1}),
    ("dependent", {"alpha": 0.05}),
    ("scales", {"alpha": 0.001, "l1_ratio": 0.1, "max_iter": 5000}),
    ("ties", {"alpha": 0.05, "l1_ratio": 0.25}),
    ("one_feature", {"alpha": 0.1}),
    ("one_row", {}),
]
WEIGHTED = [
    ("regression", {"alpha": 0.5}),
    ("regression", {"alpha": 0.1, "l1_ratio": 0.8, "selection": "random", "random_state": 2}),
    ("wide", {"alpha": 0.5}),
]

if __name__ == "__main__":
    write_cases(
        "elastic_net",
        [case("regression", table, ElasticNet, weighted_sum, parameters) for table, parameters in CASES]
        + [case("regression", table, ElasticNet, weighted_sum, parameters, weights=1) for table, parameters in WEIGHTED],
    )
