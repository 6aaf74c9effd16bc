"""ARDRegression on the shared tables. Run: python3 proof/reference/make_automatic_relevance_determination.py

With more features than rows only a few iterations are compared: the fit becomes perfect, and from then on scikit-learn's
own result changes in the third digit when the features change in the fourteenth.
"""
from cases import case, write_cases

import numpy as np
from sklearn.linear_model import ARDRegression

CASES = [
    ("diabetes", {}),
    ("diabetes", {"fit_intercept": False, "n_iter": 20}),
    ("regression", {"compute_score": True}),
    ("regression", {"n_iter": 1, "compute_score": True}),
    ("regression", {"tol": 1e-8, "threshold_lambda": 100.0}),
    ("regression", {"alpha_1": 3.0, "alpha_2": 0.5, "lambda_1": 0.2, "lambda_2": 0.1, "compute_score": True}),
    ("regression", {"threshold_lambda": 0.0}),
    ("friedman", {"compute_score": True}),
    ("wide", {"n_iter": 3, "compute_score": True}),
    ("wide", {"n_iter": 2, "fit_intercept": False}),
    ("wide", {"n_iter": 3, "alpha_1": 10.0, "alpha_2": 1000.0}),
    ("dependent", {"n_iter": 10}),
    ("scales", {"n_iter": 20}),
    ("ties", {}),
    ("one_feature", {"compute_score": True}),
]


def relevance(model, features, target):
    more = {"scores": model.scores_} if model.compute_score else {}
    return {
        "coefficients": model.coef_,
        "intercept": float(model.intercept_),
        "predictions": model.predict(features)[:50],
        "alpha": float(model.alpha_),
        "lambda": model.lambda_,
        "kept": int(np.sum(model.lambda_ < model.threshold_lambda)),
        **more,
    }


if __name__ == "__main__":
    write_cases(
        "automatic_relevance_determination",
        [case("regression", table, ARDRegression, relevance, given) for table, given in CASES],
    )
