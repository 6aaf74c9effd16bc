"""Reference values of xgboost (Debian's 1.7.4, one thread): models on small data, and cuts on larger columns.

    /usr/bin/python3 make_xgboost.py              writes xgboost.json
    /usr/bin/python3 make_xgboost.py check FILE   loads a model file that we wrote and prints its margins as JSON;
                                                  FILE is {"model": "<model file>", "rows": [[…], …]}, null for missing
"""
import json
import os
import pathlib
import sys
import tempfile

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import xgboost

HERE = pathlib.Path(__file__).parent


def margins(booster, matrix):
    return booster.predict(matrix, output_margin=True)


def check(path):
    request = json.loads(pathlib.Path(path).read_text())
    rows = np.array(request["rows"], dtype=np.float32)
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "model.json"
        model.write_text(request["model"])
        booster = xgboost.Booster(model_file=str(model))
    print(json.dumps(margins(booster, xgboost.DMatrix(rows, nthread=1)).astype(float).tolist()))


def numbers(array):
    """float32 with the fewest digits that identify them; null for missing."""
    return [None if np.isnan(value) else float(str(value)) for value in np.asarray(array, dtype=np.float32).ravel()]


def data(random, rows, features, missing):
    """Small integers, as bins are, in some columns; float values in the others."""
    x = random.randint(0, 40, size=(rows, features)).astype(np.float32)
    x[:, 1::3] += np.round(random.rand(rows, len(range(1, features, 3))), 3).astype(np.float32)
    if missing:
        x[random.rand(rows, features) < 0.12] = np.nan
        x[:, 0] = np.where(np.isnan(x[:, 0]), 3, x[:, 0])
    return x


def score(x):
    x = np.nan_to_num(x)
    return 0.05 * x[:, 0] - 0.1 * x[:, 1] * np.sin(x[:, 2] / 5) + 0.02 * x[:, 3]


def model_file(booster):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.json"
        booster.save_model(path)
        return json.loads(path.read_text())


def model(x, y, parameters, rounds):
    matrix = xgboost.DMatrix(x, y, nthread=1)
    booster = xgboost.train({"tree_method": "hist", "nthread": 1, **parameters}, matrix, rounds)
    file = model_file(booster)
    for tree in file["learner"]["gradient_booster"]["model"]["trees"]:
        # Not needed to predict, and most of the bytes.
        for name in ("base_weights", "loss_changes", "sum_hessian", "parents", "split_type"):
            del tree[name]
    return file, numbers(margins(booster, matrix))


# In the first round of softmax the gradients have two values, so that splits tie; deep trees could not be compared.
# name, task, missing values, what we are given, what xgboost is given, rounds
CASES = [
    ("squared error", "regression", False, {}, {"max_depth": 4}, 4),
    ("squared error, missing", "regression", True, {}, {"max_depth": 5, "eta": 0.2}, 3),
    ("base score and penalties", "regression", True, {}, {"base_score": 1.5, "lambda": 3.5, "alpha": 2.5, "max_depth": 4}, 3),
    ("logistic", "binary", False, {}, {"max_depth": 4}, 5),
    ("logistic, missing", "binary", True, {}, {"max_depth": 5, "base_score": 0.3}, 4),
    ("min_child_weight and gamma", "binary", True, {}, {"min_child_weight": 12.5, "gamma": 1.5, "max_depth": 6}, 4),
    ("no min_child_weight", "binary", True, {}, {"min_child_weight": 0, "lambda": 0.1, "max_depth": 3}, 3),
    ("max_delta_step", "binary", True, {}, {"max_delta_step": 0.4, "max_depth": 4, "alpha": 0.5}, 4),
    ("scale_pos_weight", "binary", False, {}, {"scale_pos_weight": 3.25, "max_depth": 4}, 4),
    ("lossguide", "binary", True, {}, {"grow_policy": "lossguide", "max_leaves": 13, "max_depth": 0}, 4),
    ("lossguide with depth", "regression", True, {}, {"grow_policy": "lossguide", "max_leaves": 20, "max_depth": 5}, 3),
    ("lossguide without limits", "regression", False, {}, {"grow_policy": "lossguide", "max_depth": 0, "min_child_weight": 40}, 2),
    ("depthwise with max_leaves", "regression", False, {}, {"max_leaves": 11, "max_depth": 6}, 2),
    ("few bins", "regression", False, {}, {"max_bin": 16, "max_depth": 4}, 3),
    ("softprob", "classes", False, {}, {"objective": "multi:softprob", "num_class": 3, "max_depth": 3}, 3),
    ("softmax, missing", "classes", True, {}, {"objective": "multi:softmax", "num_class": 3, "max_depth": 3}, 4),
    ("one row", "regression", False, {"rows": 1}, {"min_child_weight": 0}, 2),
    ("a stump", "binary", True, {}, {"max_depth": 1}, 3),
]


def make():
    random = np.random.RandomState(7)
    sets = {}
    for missing in (False, True):
        x = data(random, 600, 5, missing)
        z = score(x)
        noise = random.randn(len(x))
        sets["missing" if missing else "complete"] = {
            "columns": [numbers(x[:, f]) for f in range(x.shape[1])],
            "regression": numbers(np.round(z + 0.5 * noise, 3)),
            "binary": numbers((z + 0.5 * noise > 0.6).astype(np.float32)),
            "classes": numbers(np.digitize(z + 0.5 * noise, [0.2, 1.2]).astype(np.float32)),
        }
    cases = []
    for name, task, missing, shape, parameters, rounds in CASES:
        chosen = sets["missing" if missing else "complete"]
        rows = shape.get("rows", 600)
        x = np.array(chosen["columns"], dtype=np.float32).T[:rows]
        y = np.array(chosen[task], dtype=np.float32)[:rows]
        # Of 256 bins we keep one for missing values; with 255 both sides have the same cuts.
        given = {"max_bin": 255, **parameters} if missing else dict(parameters)
        if "objective" not in given:
            given["objective"] = "binary:logistic" if task == "binary" else "reg:squarederror"
        file, expected = model(x, y, given, rounds)
        given.pop("num_class", None)
        given["n_estimators"] = rounds
        cases.append(
            {"name": name, "task": task, "data": "missing" if missing else "complete", "rows": rows,
             "parameters": given, "model": file, "margins": expected}
        )

    values = {"version": xgboost.__version__, "sets": sets, "cases": cases, "cuts": cuts()}
    path = HERE / "xgboost.json"
    path.write_text(json.dumps(values, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size)


def column(rows, kind):
    """A column that the test makes as well: multiplicative congruential numbers, bent or rounded."""
    values = np.empty(rows, dtype=np.float64)
    state = 12345
    for i in range(rows):
        state = state * 48271 % 2147483647
        values[i] = state / 2147483647
    if kind == "skewed":
        return (values * values * values).astype(np.float32)
    if kind == "rounded":
        return (np.floor(values * values * 3000) / 8).astype(np.float32)
    return (values - 0.5).astype(np.float32)


def cuts():
    """All cuts of columns too long for one summary: a tree without limits that learns the ranks splits at every cut."""
    results = []
    for kind, rows, bins in (("even", 20000, 64), ("skewed", 40000, 100), ("rounded", 30000, 48), ("even", 3000, 256)):
        x = column(rows, kind)
        matrix = xgboost.DMatrix(x.reshape(-1, 1), 1000.0 * np.argsort(np.argsort(x)), nthread=1)
        parameters = {"tree_method": "hist", "nthread": 1, "max_bin": bins, "max_depth": 0, "grow_policy": "lossguide",
                      "lambda": 0, "min_child_weight": 0}
        booster = xgboost.train(parameters, matrix, 1)
        tree = model_file(booster)["learner"]["gradient_booster"]["model"]["trees"][0]
        found = sorted({value for value, left in zip(tree["split_conditions"], tree["left_children"]) if left >= 0})
        results.append({"kind": kind, "rows": rows, "bins": bins, "cuts": numbers(found)})
    return results


if __name__ == "__main__":
    check(sys.argv[2]) if sys.argv[1:2] == ["check"] else make()
