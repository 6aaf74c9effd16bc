"""TheilSenRegressor. Run: python3 proof/reference/make_theil_sen.py"""
from cases import case, write_cases

from sklearn.linear_model import TheilSenRegressor


def extract(model, features, target):
    return {
        "coefficients": model.coef_,
        "intercept": model.intercept_,
        "iterations": model.n_iter_,
        "breakdown": model.breakdown_,
        "predictions": model.predict(features)[:20],
    }


CASES = [
    ("outliers", {"max_subpopulation": 3000}),
    ("outliers", {"max_subpopulation": 500, "n_subsamples": 40, "tol": 1e-9}),
    ("outliers", {"fit_intercept": False, "max_subpopulation": 1000}),
    ("diabetes", {"max_subpopulation": 800}),
    ("regression", {"max_subpopulation": 700.5, "max_iter": 4}),
    ("friedman", {"max_subpopulation": 100, "n_subsamples": 250}),
    ("one_feature", {}),
    ("one_feature", {"fit_intercept": False}),
    ("one_feature", {"n_subsamples": 50}),
    ("wide", {}),
    ("one_row", {}),
    ("scales", {"n_subsamples": 60, "max_subpopulation": 300}),
]

write_cases(
    "theil_sen",
    [
        case("regression", table, TheilSenRegressor, extract, {**parameters, "random_state": seed})
        for seed, (table, parameters) in enumerate(CASES)
    ],
)
