"""RANSACRegressor over LinearRegression. Run: python3 proof/reference/make_ransac.py"""
from cases import case
from common import write
from tables import TABLES

import numpy as np
from sklearn.linear_model import RANSACRegressor


def extract(model, features, target):
    return {
        "coefficients": np.ravel(model.estimator_.coef_),
        "intercepts": np.ravel(model.estimator_.intercept_),
        "trials": model.n_trials_,
        "inliers": model.inlier_mask_.sum(),
        "predictions": np.ravel(model.predict(features)[:20]),
    }


CASES = [
    ("outliers", {}, {}),
    ("outliers", {"residual_threshold": 0.3, "max_trials": 20}, {}),
    ("outliers", {"loss": "squared_error", "residual_threshold": 0.05, "stop_probability": 0.999999}, {}),
    ("outliers", {"min_samples": 0.2, "residual_threshold": 1.5, "stop_probability": 1}, {}),
    ("outliers", {"min_samples": 30, "stop_n_inliers": 170, "residual_threshold": 4}, {"weights": 1}),
    ("outliers", {"stop_score": 0.9, "residual_threshold": 0.2}, {}),
    ("diabetes", {}, {}),
    ("diabetes", {"max_skips": 3}, {"weights": 3}),
    ("regression", {"residual_threshold": 8, "max_trials": 300}, {}),
    ("ties", {"residual_threshold": 0.75}, {}),
    ("scales", {"residual_threshold": 0.2}, {}),
    ("one_feature", {"residual_threshold": 0.1}, {}),
    ("dependent", {"min_samples": 12, "residual_threshold": 0.2}, {}),
    ("friedman", {"stop_probability": 0}, {}),
]


def cases():
    for seed, (table, parameters, more) in enumerate(CASES):
        given = {**parameters, "random_state": seed}
        yield case("regression", table, RANSACRegressor, extract, given, **more)


def joint():
    """Several targets: those of the table, and the sum of all features."""
    for seed, (table, parameters) in enumerate(
        [("outliers", {}), ("outliers", {"loss": "squared_error", "residual_threshold": 2}), ("diabetes", {})]
    ):
        data = TABLES[table]
        targets = np.stack([data["target"], data["features"].sum(axis=1).astype(np.float32)], axis=1)
        parameters = {**parameters, "random_state": seed}
        model = RANSACRegressor(**parameters).fit(data["features"], targets)
        yield {"table": table, "parameters": parameters, "expected": extract(model, data["features"], targets)}



write("ransac", {"cases": list(cases()), "joint": list(joint())})
