"""Reference values of xgboost (Debian's 1.7.4, one thread) for its objectives, boosters, tree methods and constraints.

    /usr/bin/python3 make_xgboost_cases.py        writes xgboost_cases.json
"""
import json

from common import short, write
from tables import TABLES, weights_of

import numpy as np
import xgboost

ROWS = 30


def positive(target):
    """Targets for losses of positive numbers: a tenth of the distance from the least target, plus 1/2."""
    return short((target - np.min(target)) / 10 + 0.5)


def grades(target):
    """0 to 4, by rank."""
    return np.floor(5 * np.argsort(np.argsort(target, kind="stable"), kind="stable") / len(target))


def signed(target):
    """Times of which every third is no event."""
    return np.where(np.arange(len(target)) % 3 == 2, -positive(target), positive(target))


def rounded(target):
    return np.round(positive(target))


def share(target):
    return short((target - np.min(target)) / (np.max(target) - np.min(target)))


TARGETS = {None: lambda target: target, **{f.__name__: f for f in (positive, grades, signed, rounded, share)}}

# name, table, parameters; and of: target (a function above), weights (a seed), groups (rows of each), categories (by
# feature their number)
T = "regression"
C = "classification"
CASES = [
    (T, "friedman", {"objective": "reg:squaredlogerror"}, {"target": "positive"}),
    (T, "friedman", {"objective": "reg:logistic", "base_score": 0.3}, {"target": "share"}),
    (T, "outliers", {"objective": "reg:pseudohubererror", "huber_slope": 2.0}, {}),
    (T, "outliers", {"objective": "reg:absoluteerror"}, {}),
    (T, "outliers", {"objective": "reg:absoluteerror", "learning_rate": 0.4, "tree_method": "exact"}, {}),
    (T, "outliers", {"objective": "reg:absoluteerror", "base_score": 0.5}, {"weights": 3}),
    (T, "outliers", {"objective": "reg:absoluteerror", "num_parallel_tree": 2, "tree_method": "approx"}, {"weights": 4}),
    (T, "counts", {"objective": "count:poisson"}, {}),
    (T, "counts", {"objective": "count:poisson", "max_delta_step": 0.2, "base_score": 1.5}, {"weights": 1}),
    (T, "friedman", {"objective": "reg:gamma"}, {"target": "positive"}),
    (T, "friedman", {"objective": "reg:tweedie", "tweedie_variance_power": 1.3}, {"target": "positive"}),
    (T, "gaps", {"objective": "survival:cox"}, {"target": "signed"}),
    (T, "ties", {"objective": "survival:cox"}, {"target": "signed", "weights": 2}),
    (T, "friedman", {"objective": "survival:aft"}, {"target": "positive"}),
    (T, "friedman", {"objective": "survival:aft", "aft_loss_distribution": "logistic", "aft_loss_distribution_scale": 0.7}, {"target": "positive"}),
    (T, "friedman", {"objective": "survival:aft", "aft_loss_distribution": "extreme", "aft_loss_distribution_scale": 1.3}, {"target": "positive"}),
    (T, "friedman", {"objective": "rank:pairwise"}, {"target": "grades", "groups": 12}),
    (T, "friedman", {"objective": "rank:ndcg"}, {"target": "grades", "groups": 15}),
    (T, "friedman", {"objective": "rank:ndcg", "num_pairsample": 2, "fix_list_weight": 10.0, "tree_method": "exact"}, {"target": "grades", "groups": 10, "weights": 5}),
    (T, "friedman", {"objective": "rank:map"}, {"target": "grades", "groups": 12}),
    (T, "gaps", {"objective": "rank:pairwise"}, {"target": "grades"}),
    (C, "breast_cancer", {"objective": "binary:logitraw", "scale_pos_weight": 2.5}, {}),
    (C, "breast_cancer", {"objective": "binary:hinge"}, {}),
    (C, "two_classes", {"objective": "binary:logistic"}, {"weights": 6}),
    (C, "four_classes", {"objective": "multi:softprob"}, {"weights": 7}),
    (T, "diabetes", {}, {"weights": 8}),
    # Constraints.
    (T, "friedman", {"monotone_constraints": "(1,0,0,-1)", "max_depth": 5}, {}),
    (T, "gaps", {"monotone_constraints": [-1, 1], "max_depth": 4, "reg_alpha": 0.5}, {}),
    (T, "gaps", {"monotone_constraints": [1, 1], "max_delta_step": 0.4, "tree_method": "exact"}, {}),
    (T, "friedman", {"monotone_constraints": [-1], "grow_policy": "lossguide", "max_leaves": 9, "tree_method": "approx"}, {}),
    (T, "friedman", {"interaction_constraints": [[0, 1], [2, 3, 4]], "max_depth": 4}, {}),
    (T, "friedman", {"interaction_constraints": "[[0, 1, 2], [2, 3], [4, 5]]", "tree_method": "exact"}, {}),
    # Categories.
    (T, "ties", {"enable_categorical": True}, {"categories": [3, 3, 0, 3]}),
    (T, "ties", {"enable_categorical": True, "max_cat_to_onehot": 6, "reg_lambda": 0.3}, {"categories": [3, 3, 3, 0]}),
    (T, "bins", {"enable_categorical": True, "max_depth": 4, "min_child_weight": 3}, {"categories": [11, 0, 40, 6]}),
    (T, "bins", {"enable_categorical": True, "max_cat_threshold": 5, "tree_method": "approx"}, {"categories": [11, 0, 40, 6]}),
    (C, "bins", {"enable_categorical": True, "grow_policy": "lossguide", "max_leaves": 8, "max_depth": 0}, {"categories": [11, 8, 40, 6]}),
    (T, "bins", {"enable_categorical": True, "max_depth": 4, "max_cat_to_onehot": 100, "monotone_constraints": [0, 1]}, {"categories": [11, 0, 40, 6]}),
    # Methods.
    (T, "friedman", {"tree_method": "exact"}, {}),
    (T, "gaps", {"tree_method": "exact", "gamma": 1.5, "max_depth": 5}, {}),
    (T, "ties", {"tree_method": "exact", "min_child_weight": 4}, {}),
    (T, "scales", {"tree_method": "exact"}, {}),
    (C, "gaps_classes", {"tree_method": "exact", "gamma": 0.4, "max_depth": 6}, {"weights": 9}),
    (C, "iris", {"tree_method": "exact", "max_depth": 3}, {}),
    (T, "diabetes", {"tree_method": "approx"}, {}),
    (C, "breast_cancer", {"tree_method": "approx", "max_bin": 20}, {}),
    (C, "gaps_classes", {"tree_method": "approx", "max_bin": 30}, {"weights": 10}),
    (C, "four_classes", {"tree_method": "approx", "max_bin": 40, "max_depth": 3}, {}),
    (T, "friedman", {"num_parallel_tree": 3}, {}),
    (C, "four_classes", {"num_parallel_tree": 2, "max_depth": 2}, {}),
    # dart.
    (T, "friedman", {"booster": "dart", "rate_drop": 0.4, "n_estimators": 9}, {}),
    (T, "friedman", {"booster": "dart", "rate_drop": 0.3, "normalize_type": "forest", "n_estimators": 9, "random_state": 5}, {}),
    (T, "friedman", {"booster": "dart", "rate_drop": 0.4, "skip_drop": 0.5, "n_estimators": 9, "random_state": 7}, {}),
    (T, "friedman", {"booster": "dart", "rate_drop": 0.01, "one_drop": True, "n_estimators": 7, "random_state": 8}, {}),
    (T, "friedman", {"booster": "dart", "rate_drop": 0.01, "one_drop": 1, "sample_type": "weighted", "n_estimators": 7, "random_state": 9}, {}),
    (C, "four_classes", {"booster": "dart", "rate_drop": 0.3, "sample_type": "weighted", "n_estimators": 6, "max_depth": 3, "random_state": 10, "tree_method": "exact"}, {}),
    # Rows and features drawn.
    (T, "friedman", {"subsample": 0.5, "random_state": 3}, {}),
    (C, "four_classes", {"subsample": 0.7, "random_state": 4, "num_parallel_tree": 2}, {}),
    (T, "friedman", {"subsample": 0.6, "tree_method": "approx", "random_state": 5}, {}),
    (T, "friedman", {"subsample": 0.6, "tree_method": "exact", "random_state": 6, "max_depth": 4}, {}),
    (T, "diabetes", {"colsample_bytree": 0.5, "random_state": 7}, {}),
    (T, "diabetes", {"colsample_bytree": 0.8, "colsample_bylevel": 0.7, "colsample_bynode": 0.6, "random_state": 8, "max_depth": 5}, {}),
    (T, "diabetes", {"colsample_bynode": 0.4, "subsample": 0.8, "random_state": 9, "grow_policy": "lossguide", "max_leaves": 10}, {}),
    (C, "breast_cancer", {"colsample_bynode": 0.3, "colsample_bylevel": 0.5, "tree_method": "exact", "random_state": 10}, {}),
    (T, "friedman", {"booster": "dart", "rate_drop": 0.4, "subsample": 0.7, "colsample_bytree": 0.7, "n_estimators": 7, "random_state": 11}, {}),
    # gblinear.
    (T, "diabetes", {"booster": "gblinear", "n_estimators": 30}, {}),
    (T, "regression", {"booster": "gblinear", "updater": "coord_descent", "reg_lambda": 0.1, "reg_alpha": 0.2, "n_estimators": 20}, {"weights": 11}),
    (T, "regression", {"booster": "gblinear", "updater": "coord_descent", "feature_selector": "greedy", "top_k": 3, "n_estimators": 8}, {}),
    (T, "regression", {"booster": "gblinear", "updater": "coord_descent", "feature_selector": "thrifty", "top_k": 4, "reg_alpha": 0.05, "n_estimators": 6}, {}),
    (T, "regression", {"booster": "gblinear", "feature_selector": "shuffle", "n_estimators": 300}, {}),
    (C, "two_classes", {"booster": "gblinear", "reg_lambda": 0.01, "n_estimators": 20}, {}),
    (C, "four_classes", {"booster": "gblinear", "reg_lambda": 0.01, "n_estimators": 15}, {}),
    (T, "counts", {"booster": "gblinear", "objective": "count:poisson", "learning_rate": 0.3, "n_estimators": 15}, {}),
]


def bins():
    """Codes of categories with an effect each, some without a row, and codes 0 for NULL."""
    random = np.random.RandomState(3)
    counts = [12, 9, 41, 7]
    features = np.stack([random.randint(0, count, 400) for count in counts], axis=1).astype(float)
    features[features == 5] = 6
    effects = [random.standard_normal(count) for count in counts]
    target = sum(effect[features[:, f].astype(int)] for f, effect in enumerate(effects))
    return short(features), short(target + 0.3 * random.standard_normal(400))


BINS = bins()


def table_of(name, task):
    if name != "bins":
        return TABLES[name]["features"], TABLES[name]["target"], TABLES[name]["classes"]
    features, target = BINS
    if task == C:
        return features, (target > 0).astype(int), 2
    return features, target, 0


def reference(task, table, parameters, more):
    features, target, classes = table_of(table, task)
    target = np.asarray(TARGETS[more.get("target")](target), dtype=np.float32)
    given = {"n_estimators": 5, "max_depth": 3, "tree_method": "hist", "random_state": 0, **parameters}
    if np.isnan(features).any() and given["tree_method"] != "exact":
        given.setdefault("max_bin", 255)
    theirs = dict(given)
    rounds = theirs.pop("n_estimators")
    if classes > 2:
        theirs["num_class"] = classes
    theirs.setdefault("objective", "reg:squarederror" if not classes else "multi:softprob" if classes > 2 else "binary:logistic")
    for name in ("monotone_constraints", "interaction_constraints"):
        if name in theirs and not isinstance(theirs[name], str):
            theirs[name] = "(" + ",".join(map(str, theirs[name])) + ")" if name[0] == "m" else json.dumps(theirs[name])
    if "one_drop" in theirs:
        theirs["one_drop"] = int(theirs["one_drop"])
    theirs.pop("enable_categorical", None)
    if theirs.get("booster") == "gblinear":
        for name in ("tree_method", "max_depth", "max_bin"):
            theirs.pop(name, None)
            given.pop(name, None)
    categories = more.get("categories")
    types = ["c" if count else "q" for count in categories] if categories else None
    matrix = xgboost.DMatrix(features.astype(np.float32), target, nthread=1, feature_types=types, enable_categorical=True)
    groups = None
    weights = weights_of(len(target), more["weights"]) if "weights" in more else None
    if "groups" in more:
        groups = np.arange(len(target)) // more["groups"]
        sizes = np.bincount(groups)
        matrix.set_group(sizes)
        if weights is not None:
            weights = 0.5 + weights[: len(sizes)]
            matrix.set_weight(weights)
            weights = weights[groups]
    elif weights is not None:
        matrix.set_weight(weights)
    if theirs["objective"] == "survival:aft":
        matrix.set_float_info("label_lower_bound", target)
        matrix.set_float_info("label_upper_bound", target)
    booster = xgboost.train({"nthread": 1, **theirs}, matrix, rounds)
    margins = booster.predict(matrix, output_margin=True)[:ROWS]
    answers = booster.predict(matrix)[:ROWS]
    expected = {"margins": short(margins.ravel()), "answers": short(np.asarray(answers).ravel())}
    if theirs.get("booster") != "gblinear":
        scores = {kind: booster.get_score(importance_type=kind) for kind in ("gain", "weight", "cover", "total_gain", "total_cover")}
        expected["importances"] = {
            kind: [float(score.get(f"f{f}", 0)) for f in range(features.shape[1])] for kind, score in scores.items()
        }
    entry = {"task": task, "table": table, "parameters": given, **({"target": more["target"]} if "target" in more else {})}
    if weights is not None:
        entry["weights"] = weights
    if groups is not None:
        entry["groups"] = groups
    if categories:
        entry["categories"] = categories
    if more.get("target"):
        entry["targets"] = short(target)
    return {**entry, "expected": expected}


if __name__ == "__main__":
    write(
        "xgboost_cases",
        {
            "xgboost": xgboost.__version__,
            "bins": {"features": short(BINS[0]), "target": short(BINS[1])},
            "cases": [reference(*case) for case in CASES],
        },
    )
