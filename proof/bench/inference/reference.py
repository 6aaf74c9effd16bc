"""The reference's side: fits once, then predicts all rows for each line of standard input, and says what it took.

Arguments: folder of the files x and y, description (JSON: reference, hyperparameters, fitted, predicted, features).
"""
import importlib
import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
folder, description = sys.argv[1], json.loads(sys.argv[2])
module, name = description["reference"].rsplit(".", 1)
x = np.fromfile(f"{folder}/x", dtype=np.float32).reshape(-1, description["features"])
y = np.fromfile(f"{folder}/y", dtype=np.float32).astype(int)
# Who computes in float64 is given float64, so that nothing is converted while it is measured.
x = x if description.get("float32") else x.astype(np.float64)
model = getattr(importlib.import_module(module), name)(**description["hyperparameters"])
if "n_jobs" in model.get_params():
    model.set_params(n_jobs=1)
model.fit(x[: description["fitted"]], y[: description["fitted"]])
rows = np.ascontiguousarray(x[: description["predicted"]])
if module == "xgboost":
    booster = model.get_booster()
    booster.set_param({"nthread": 1})

    def predict():
        return booster.inplace_predict(rows) > 0.5

else:

    def predict():
        return model.predict(rows)


print(json.dumps({"version": importlib.import_module(module.split(".")[0]).__version__}), flush=True)
for _ in sys.stdin:
    start = time.process_time()
    answers = predict()
    print(json.dumps({"seconds": time.process_time() - start, "ones": float(np.sum(answers))}), flush=True)
