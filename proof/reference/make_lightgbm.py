"""Reference values for lightgbm. There is no LightGBM on Debian; these come from two that grow the same kind of trees:

- scores of scikit-learn's HistGradientBoosting with equal settings, on tables with few enough different values that both
  have a bin for each;
- the AUC and R² of xgboost, leaf by leaf, on the odd rows of tables, having learned from the even ones;
- the mean AUC and R² of HistGradientBoosting over five generated tables, where both cut the features as they do.

Where the target is mostly a product of signs, a tree's first splits gain next to nothing and are decided by where the
cuts happen to lie: there scikit-learn's own R² moves by 0.01 between max_bins 240 and 255, and says nothing about another
choice of cuts. So that table's features are on a grid, with a bin for each value on both sides.
"""
from cases import case
from common import write
from tables import TABLES

import numpy as np
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import r2_score, roc_auc_score

ROWS = 40
NAMES = {
    "n_estimators": "max_iter",
    "num_leaves": "max_leaf_nodes",
    "min_child_samples": "min_samples_leaf",
    "reg_lambda": "l2_regularization",
    "max_depth": "max_depth",
    "learning_rate": "learning_rate",
    "interaction_constraints": "interaction_cst",
    "objective": "loss",
}


def translated(model):
    def make(**parameters):
        given = {NAMES[name]: value for name, value in parameters.items() if name in NAMES}
        # Here rows are counted by hessians, there one by one: without limits it makes no difference.
        given["min_samples_leaf"] = max(1, given.get("min_samples_leaf", 20))
        if given.get("loss") == "regression_l1":
            given["loss"] = "absolute_error"
        return model(**given, early_stopping=False)

    return make


def expected(fitted, features, target):
    return {"scores": fitted._raw_predict(np.ascontiguousarray(features[:ROWS])).ravel()}


def cases():
    def regression(table, parameters, **more):
        parameters = {"n_estimators": 15, "min_data_in_bin": 1, **parameters}
        return case("regression", table, translated(HistGradientBoostingRegressor), expected, parameters, **more)

    def classification(table, parameters, **more):
        parameters = {"n_estimators": 15, "min_data_in_bin": 1, "min_child_samples": 0, **parameters}
        return case("classification", table, translated(HistGradientBoostingClassifier), expected, parameters, **more)

    yield regression("gaps", {"min_child_samples": 5})
    yield regression("dependent", {"min_child_samples": 3, "num_leaves": 6, "reg_lambda": 1.5})
    yield regression("scales", {"max_depth": 3, "min_child_samples": 4})
    yield regression("outliers", {"learning_rate": 0.3, "min_child_samples": 10})
    yield regression("wide", {"min_child_samples": 7})
    yield regression("one_feature", {"min_child_samples": 1, "num_leaves": 12})
    yield regression("one_row", {})
    yield regression("scales", {"interaction_constraints": [[0, 1], [1, 2, 3, 4]], "min_child_samples": 4})
    yield classification("gaps_classes", {"num_leaves": 8})
    yield classification("gaps_classes", {"max_depth": 3}, weights=2)
    yield classification("tied_classes", {"num_leaves": 4, "reg_lambda": 0.5})


def floors():
    for table in ("diabetes", "friedman", "regression"):
        yield floor(table, xgboost.XGBRegressor, lambda model, x, y: r2_score(y, model.predict(x)))
    for table in ("breast_cancer", "two_classes", "unbalanced"):
        yield floor(table, xgboost.XGBClassifier, lambda model, x, y: roc_auc_score(y, model.predict_proba(x)[:, 1]))


def floor(table, model, score):
    x, y = TABLES[table]["features"], TABLES[table]["target"]
    settings = {"n_estimators": 60, "learning_rate": 0.1, "max_leaves": 15, "max_depth": 0, "min_child_weight": 5}
    fitted = model(tree_method="hist", grow_policy="lossguide", reg_lambda=0, n_jobs=1, **settings).fit(x[::2], y[::2])
    task = "classification" if TABLES[table]["classes"] else "regression"
    return {"task": task, "table": table, "score": score(fitted, x[1::2], y[1::2])}


SEEDS = range(5)
LEARNED, MEASURED, FEATURES = 20000, 5000, 10


def generated(kind, seed):
    """By sums and products alone, which reference.test.ts repeats to the bit."""
    random = np.random.RandomState(seed)
    x = random.normal(size=(LEARNED + MEASURED, FEATURES))
    noise = random.normal(size=LEARNED + MEASURED)
    if kind == "signs":
        x = np.rint(x * 8) / 8
    x = x.astype(np.float32)
    a = x.astype(float)
    if kind == "signs":
        y = np.sign(a[:, 0] * a[:, 1]) + 0.8 * a[:, 2] * a[:, 3] + 0.5 * a[:, 4] + 0.8 * noise
    else:
        y = (a[:, 0] + 1) * (a[:, 1] + 1) + a[:, 2] * a[:, 2] + 2 * a[:, 3] - a[:, 4] + noise
    return x, (y > 0.5).astype(np.float32) if kind == "classes" else y.astype(np.float32)


def bands():
    models = {"values": HistGradientBoostingRegressor, "classes": HistGradientBoostingClassifier}
    for kind in ("values", "classes", "signs"):
        task = "classification" if kind == "classes" else "regression"
        scores = []
        for seed in SEEDS:
            x, y = generated(kind, seed)
            model = models.get(kind, HistGradientBoostingRegressor)(early_stopping=False)
            model.fit(x[:LEARNED], y[:LEARNED])
            truth, rest = y[LEARNED:], x[LEARNED:]
            if task == "classification":
                scores.append(roc_auc_score(truth, model.decision_function(rest)))
            else:
                scores.append(r2_score(truth, model.predict(rest)))
        yield {"task": task, "kind": kind, "scores": scores}


write("lightgbm", {"cases": list(cases()), "floors": list(floors()), "bands": list(bands())})
