"""BayesianRidge on the shared tables. Run: python3 proof/reference/make_bayesian_ridge.py"""
from cases import case, write_cases
from linear_model import weighted_sum

from sklearn.linear_model import BayesianRidge

CASES = [
    ("diabetes", {}),
    ("diabetes", {"fit_intercept": False, "compute_score": True}),
    ("regression", {"compute_score": True}),
    ("regression", {"n_iter": 2, "compute_score": True}),
    ("regression", {"tol": 1e-10, "alpha_init": 2.0, "lambda_init": 0.01}),
    ("regression", {"alpha_1": 3.0, "alpha_2": 0.5, "lambda_1": 2.0, "lambda_2": 0.1, "compute_score": True}),
    ("friedman", {"lambda_init": 0.0, "n_iter": 50}),
    ("wide", {"compute_score": True}),
    ("wide", {"fit_intercept": False, "n_iter": 5}),
    ("dependent", {"compute_score": True}),
    ("dependent", {"fit_intercept": False}),
    ("scales", {}),
    ("ties", {}),
    ("one_feature", {"compute_score": True}),
]
WEIGHTED = [("diabetes", {"compute_score": True}), ("wide", {}), ("regression", {"fit_intercept": False})]


def evidence(model, features, target):
    more = {"scores": model.scores_} if model.compute_score else {}
    return {**weighted_sum(model, features, target), "alpha": model.alpha_, "lambda": model.lambda_, **more}


if __name__ == "__main__":
    write_cases(
        "bayesian_ridge",
        [case("regression", table, BayesianRidge, evidence, given) for table, given in CASES]
        + [case("regression", table, BayesianRidge, evidence, given, weights=1) for table, given in WEIGHTED],
    )
