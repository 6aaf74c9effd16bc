"""Model files of xgboost (Debian's 1.7.4, one thread), with their margins, to be read; and a check of those we write.

    /usr/bin/python3 make_xgboost_models.py              writes xgboost_models.json
    /usr/bin/python3 make_xgboost_models.py check FILE   loads model files that we wrote and prints their margins as JSON;
                                                         FILE is [{"json": "…", "ubj": "<base64>", "rows": [[…], …]}, …]
"""
import base64
import json
import sys

from common import short, write
from make_xgboost_cases import BINS
from tables import TABLES

import numpy as np
import xgboost

ROWS = 20


def train(name, features, target, parameters, types=None):
    features = features.astype(np.float32)
    matrix = xgboost.DMatrix(features, target, nthread=1, feature_types=types, enable_categorical=True)
    if parameters.get("objective") == "survival:aft":
        matrix.set_float_info("label_lower_bound", target)
        matrix.set_float_info("label_upper_bound", target)
    booster = xgboost.train({"nthread": 1, "max_depth": 3, "seed": 1, **parameters}, matrix, 3)
    rows = features[:ROWS]
    unseen = rows.copy()
    if types:
        # Codes that no row has had.
        unseen[:5, 0] = 100
    given = xgboost.DMatrix(unseen, nthread=1, feature_types=types, enable_categorical=True)
    return {
        "name": name,
        "json": booster.save_raw("json").decode(),
        "ubj": base64.b64encode(booster.save_raw("ubj")).decode(),
        "rows": short(unseen),
        "margins": short(booster.predict(given, output_margin=True).ravel()),
        "answers": short(np.asarray(booster.predict(given)).ravel()),
    }


def models():
    friedman, target = TABLES["friedman"]["features"], TABLES["friedman"]["target"]
    two, classes = TABLES["two_classes"]["features"], TABLES["two_classes"]["target"]
    iris, species = TABLES["iris"]["features"], TABLES["iris"]["target"]
    positive = target - target.min() + 0.5
    hist = {"tree_method": "hist"}
    yield train("dart", friedman, target, {**hist, "booster": "dart", "rate_drop": 0.6})
    yield train("gblinear", friedman, target, {"booster": "gblinear", "base_score": 2.5})
    yield train("gblinear of classes", iris, species, {"booster": "gblinear", "objective": "multi:softprob", "num_class": 3})
    yield train("parallel trees of classes", iris, species, {**hist, "objective": "multi:softmax", "num_class": 3, "num_parallel_tree": 2, "max_depth": 2})
    for objective in ("count:poisson", "reg:tweedie", "survival:aft", "reg:absoluteerror"):
        yield train(objective, friedman, positive, {**hist, "objective": objective, "max_depth": 2})
    for objective in ("reg:logistic", "binary:logitraw", "binary:hinge"):
        yield train(objective, two, classes, {**hist, "objective": objective, "base_score": 0.4, "max_depth": 2})
    yield train("categories", *BINS, {**hist, "max_depth": 4, "max_cat_to_onehot": 8}, ["c", "q", "c", "c"])
    yield train("exact", friedman, target, {"tree_method": "exact", "max_depth": 2})


def check(path):
    results = []
    for request in json.loads(open(path).read()):
        rows = np.array(request["rows"], dtype=np.float32)
        margins = []
        for model in (request["json"].encode(), base64.b64decode(request["ubj"])):
            booster = xgboost.Booster()
            booster.load_model(bytearray(model))
            matrix = xgboost.DMatrix(rows, nthread=1)
            margins.append(booster.predict(matrix, output_margin=True, validate_features=False).astype(float).ravel().tolist())
        results.append(margins)
    print(json.dumps(results))


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(sys.argv[2])
    else:
        write("xgboost_models", {"xgboost": xgboost.__version__, "models": list(models())})
