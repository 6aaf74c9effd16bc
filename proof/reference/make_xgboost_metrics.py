"""Reference values of xgboost's metrics (Debian's 1.7.4) over given margins, and of a training that stops early.

    /usr/bin/python3 make_xgboost_metrics.py        writes xgboost_metrics.json
"""
from common import short, write
from tables import TABLES, weights_of

import numpy as np
import xgboost

ROWS = 60
RANDOM = np.random.RandomState(4)
MARGINS = short(RANDOM.standard_normal(ROWS).round(1))
TWO = RANDOM.randint(0, 2, ROWS)
COUNTS = RANDOM.poisson(1.5, ROWS)
POSITIVE = short(RANDOM.gamma(2.0, 1.0, ROWS) + 0.05)
REAL = short(MARGINS + RANDOM.standard_normal(ROWS))
TIMES = np.where(RANDOM.uniform(size=ROWS) < 0.3, -1, 1) * RANDOM.randint(1, 20, ROWS)
GRADES = RANDOM.randint(0, 4, ROWS)
GRADES[:6] = 0
GROUPS = np.arange(ROWS) // 6
GROUPS[-4:] = [GROUPS[-1] + 1, GROUPS[-1] + 1, GROUPS[-1] + 2, GROUPS[-1] + 2]
WEIGHTS = weights_of(ROWS, 12)

# objective, targets, metrics, what weighs
CASES = [
    ("reg:squarederror", REAL, ["rmse", "mae", "mape", "mphe"], True),
    ("reg:pseudohubererror", REAL, ["mphe"], False),
    ("count:poisson", COUNTS, ["poisson-nloglik", "rmsle", "rmse"], True),
    ("count:poisson", POSITIVE, ["poisson-nloglik"], False),
    ("reg:gamma", POSITIVE, ["gamma-nloglik", "gamma-deviance"], True),
    ("reg:tweedie", POSITIVE, ["tweedie-nloglik@1.5", "tweedie-nloglik@1.2"], True),
    ("survival:cox", TIMES, ["cox-nloglik"], False),
    ("survival:aft", POSITIVE, ["aft-nloglik"], True),
    ("binary:logistic", TWO, ["logloss", "error", "error@0.7", "auc", "aucpr"], True),
    ("binary:logistic", TWO, ["logloss", "error", "auc", "aucpr"], False),
    ("binary:hinge", TWO, ["error"], False),
    ("rank:ndcg", GRADES, ["ndcg", "ndcg-", "ndcg@3", "ndcg@2-", "map", "map-", "map@3", "map@2-", "pre@2"], False),
]


def evaluate(objective, target, metrics, margins, weights, groups, **more):
    matrix = xgboost.DMatrix(np.zeros((len(target), 1)), np.asarray(target, dtype=np.float32), weight=weights, nthread=1)
    matrix.set_base_margin(np.asarray(margins, dtype=np.float32))
    if groups is not None:
        matrix.set_group(np.bincount(groups))
    if objective == "survival:aft":
        matrix.set_float_info("label_lower_bound", target.astype(np.float32))
        matrix.set_float_info("label_upper_bound", target.astype(np.float32))
    values = {}
    # All digits that there are: the text of an evaluation has six.
    for metric in metrics:
        history = {}
        parameters = {"objective": objective, "eval_metric": metric, "nthread": 1, "learning_rate": 0, **more}
        xgboost.train(parameters, matrix, 1, evals=[(matrix, "v")], evals_result=history, verbose_eval=False)
        values[metric] = list(history["v"].values())[0][0]
    return values


def cases():
    for objective, target, metrics, weighed in CASES:
        weights = WEIGHTS if weighed else None
        groups = GROUPS if objective.startswith("rank") else None
        entry = {"objective": objective, "target": target, "margins": MARGINS}
        if weighed:
            entry["weights"] = WEIGHTS
        if groups is not None:
            entry["groups"] = groups
        yield {**entry, "expected": evaluate(objective, target, metrics, MARGINS, weights, groups)}
    # Three classes: margins by class, then by row.
    three = RANDOM.randint(0, 3, ROWS)
    margins = short(RANDOM.standard_normal((ROWS, 3)))
    metrics = ["merror", "mlogloss", "auc", "aucpr"]
    for weights in (None, WEIGHTS):
        entry = {"objective": "multi:softprob", "target": three, "margins": margins.T}
        if weights is not None:
            entry["weights"] = weights
        yield {**entry, "expected": evaluate("multi:softprob", three, metrics, margins, weights, None, num_class=3)}


def stopped(table, parameters, fraction, seed, patience, rounds):
    """What is held out is what our fit holds out: the first rows of numpy's permutation."""
    data = TABLES[table]
    features, target = data["features"].astype(np.float32), data["target"].astype(np.float32)
    order = np.random.RandomState(seed).permutation(len(target))
    held = np.zeros(len(target), dtype=bool)
    held[order[: max(1, int(np.floor(fraction * len(target) + 0.5)))]] = True
    train = xgboost.DMatrix(features[~held], target[~held], nthread=1)
    test = xgboost.DMatrix(features[held], target[held], nthread=1)
    theirs = {"tree_method": "hist", "nthread": 1, "seed": seed, "objective": "reg:squarederror", **parameters}
    if data["classes"]:
        theirs["objective"] = "binary:logistic"
    history = {}
    booster = xgboost.train(
        theirs, train, rounds, evals=[(test, "v")], evals_result=history, early_stopping_rounds=patience, verbose_eval=False
    )
    everything = xgboost.DMatrix(features, nthread=1)
    margins = booster.predict(everything, output_margin=True, iteration_range=(0, booster.best_iteration + 1))
    return {
        "table": table,
        "task": "classification" if data["classes"] else "regression",
        "parameters": {
            **parameters, "n_estimators": rounds, "random_state": seed, "validation_fraction": fraction,
            "early_stopping_rounds": patience,
        },
        "expected": {
            "validation": history["v"], "best_iteration": booster.best_iteration, "margins": short(margins[:40]),
        },
    }


if __name__ == "__main__":
    write(
        "xgboost_metrics",
        {
            "xgboost": xgboost.__version__,
            "cases": list(cases()),
            "stopped": [
                stopped("diabetes", {"max_depth": 3}, 0.25, 1, 3, 60),
                stopped("two_classes", {"max_depth": 3, "eval_metric": ["auc", "logloss"]}, 0.3, 2, 4, 60),
                stopped("two_classes", {"max_depth": 2, "eval_metric": "auc", "booster": "dart", "rate_drop": 0.3}, 0.3, 3, 3, 30),
                stopped("diabetes", {"booster": "gblinear", "updater": "coord_descent"}, 0.2, 4, 2, 40),
            ],
        },
    )
