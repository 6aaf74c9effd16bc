"""QuantileRegressor on the shared tables. Run: python3 proof/reference/make_quantile.py"""
from cases import case, write_cases
from tables import TABLES, weights_of

import numpy as np
from sklearn.linear_model import QuantileRegressor


def objective(model, features, target, weights):
    residual = target - model.predict(features)
    loss = np.maximum(model.quantile * residual, (model.quantile - 1) * residual)
    return np.average(loss, weights=weights) + model.alpha * np.abs(model.coef_).sum()


def is_unique(model, features, target, weights):
    """Another quantile and penalty next to these give the same; where several are as good they choose between them."""
    for quantile in (-1e-7, 1e-7):
        for alpha in (-1e-7, 1e-7):
            changed = {"quantile": model.quantile + quantile, "alpha": model.alpha * (1 + alpha)}
            again = QuantileRegressor(**{**model.get_params(), **changed}).fit(features, target, sample_weight=weights)
            same = np.allclose(model.coef_, again.coef_, rtol=1e-6, atol=1e-9)
            if not (same and np.isclose(model.intercept_, again.intercept_, rtol=1e-6, atol=1e-9)):
                return False
    return True


def extract(weights):
    def taken(model, features, target):
        return {
            "objective": objective(model, features, target, weights),
            "coefficients": model.coef_,
            "intercept": float(model.intercept_),
            "predictions": model.predict(features)[:50],
            "unique": is_unique(model, features, target, weights),
        }

    return taken


CASES = [
    ("diabetes", {"alpha": 0.1}, None),
    ("diabetes", {"alpha": 0.0, "quantile": 0.8}, None),
    ("regression", {}, None),
    ("regression", {"alpha": 0.05, "quantile": 0.25}, None),
    ("regression", {"alpha": 0.05, "quantile": 0.95, "fit_intercept": False}, None),
    ("regression", {"alpha": 0.1}, 1),
    ("regression", {"alpha": 1e6}, None),
    ("wide", {"alpha": 0.5}, None),
    ("wide", {"alpha": 0.05, "quantile": 0.7}, 2),
    ("outliers", {"alpha": 0.01}, None),
    ("scales", {"alpha": 1e-5}, None),
    ("dependent", {"alpha": 0.001}, None),
    ("ties", {"alpha": 0.01}, None),
    ("counts", {"alpha": 0.01, "quantile": 0.6}, 3),
    ("one_feature", {"alpha": 0.0}, None),
    ("one_row", {}, None),
]

if __name__ == "__main__":
    write_cases(
        "quantile",
        [
            case(
                "regression",
                table,
                QuantileRegressor,
                extract(None if seed is None else weights_of(len(TABLES[table]["features"]), seed)),
                parameters,
                weights=seed,
                solver="highs",
            )
            for table, parameters, seed in CASES
        ],
    )
