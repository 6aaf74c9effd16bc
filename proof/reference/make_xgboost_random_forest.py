"""Reference values of xgboost's random forests (Debian's 1.7.4, one thread)."""
from cases import case
from common import short, write

import xgboost

ROWS = 30
#: Without drawing rows and features all trees are the same.
WHOLE = {"subsample": 1, "colsample_bynode": 1}


def margins(fitted, features, target):
    return {"margins": short(fitted.predict(features[:ROWS], output_margin=True).ravel())}


def cases():
    shared = {"tree_method": "hist", "n_jobs": 1, "verbosity": 0}
    for table in ("diabetes", "friedman", "ties"):
        yield case("regression", table, xgboost.XGBRFRegressor, margins, {**WHOLE, "n_estimators": 5}, **shared)
    for seed, table in enumerate(("diabetes", "friedman", "ties")):
        yield case("regression", table, xgboost.XGBRFRegressor, margins, {"n_estimators": 7, "random_state": seed}, **shared)
    for seed, table in enumerate(("breast_cancer", "four_classes")):
        yield case("classification", table, xgboost.XGBRFClassifier, margins, {"n_estimators": 5, "random_state": seed, "max_depth": 3}, **shared)
    yield case("regression", "friedman", xgboost.XGBRFRegressor, margins, {"n_estimators": 4, "random_state": 1, "tree_method": "exact"}, n_jobs=1)
    yield case("regression", "gaps", xgboost.XGBRFRegressor, margins, {**WHOLE, "n_estimators": 3, "max_bin": 255, "max_depth": 4}, **shared)
    yield case("regression", "counts", xgboost.XGBRFRegressor, margins, {**WHOLE, "n_estimators": 4, "objective": "count:poisson"}, weights=1, **shared)
    yield case("regression", "friedman", xgboost.XGBRFRegressor, margins, {**WHOLE, "n_estimators": 2, "tree_method": "exact", "learning_rate": 0.5}, n_jobs=1)
    for table in ("two_classes", "four_classes", "iris"):
        yield case("classification", table, xgboost.XGBRFClassifier, margins, {**WHOLE, "n_estimators": 3, "max_depth": 3}, **shared)
    yield case("classification", "two_classes", xgboost.XGBRFClassifier, margins, {**WHOLE, "n_estimators": 3, "reg_lambda": 2.5}, weights=2, **shared)


if __name__ == "__main__":
    write("xgboost_random_forest", {"xgboost": xgboost.__version__, "cases": list(cases())})
