"""The reference's side: fits the estimator for each line of standard input, and says what it took.

Arguments: folder of the files x and y, task, description (JSON: class, rows, features, hyperparameters), threads.
"""
import importlib
import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
folder, task, description, threads = sys.argv[1:]
description = json.loads(description)
rows, features = description["rows"], description["features"]
module, name = description["reference"].rsplit(".", 1)
Model = getattr(importlib.import_module(module), name)
supervised = task in ("regression", "classification")
x = np.fromfile(f"{folder}/x", dtype=np.float32).reshape(rows, features)
# What scikit-learn computes in float64, as we do, it is given in float64; xgboost's own type is float32.
x = x if module.startswith("xgboost") else x.astype(np.float64)
y = np.fromfile(f"{folder}/y", dtype=np.float32)
y = y.astype(int) if task == "classification" else y.astype(x.dtype)
arguments = [x, y] if supervised else [x]


def make():
    model = Model(**description["hyperparameters"])
    if "n_jobs" in model.get_params():
        model.set_params(n_jobs=int(threads))
    if "random_state" in model.get_params():
        model.set_params(random_state=0)
    return model


def measured(action):
    wall, cpu = time.perf_counter(), time.process_time()
    result = action()
    return result, {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def quality(model, count):
    if task == "classification":
        return float(np.mean(model.predict(x[:count]) == y[:count]))
    if task == "regression":
        rest = y[:count] - model.predict(x[:count])
        return float(1 - np.sum(rest**2) / np.sum((y[:count] - y[:count].mean()) ** 2))
    return None


print(json.dumps({"version": importlib.import_module(module.split(".")[0]).__version__}), flush=True)
for line in sys.stdin:
    count = json.loads(line)["count"]
    model, taken = measured(lambda: make().fit(*arguments))
    answer = next((getattr(model, name) for name in ("predict", "transform") if hasattr(model, name)), None)
    taken["predict"] = measured(lambda: answer(x[:count]))[1]["cpu"] if answer else None
    print(json.dumps({**taken, "quality": quality(model, count)}), flush=True)
