"""xgboost's side of the benchmark: one line of JSON for each line on standard input, {"rows": …, "predictions": path}.

Arguments: the files of features and labels, the number of features, the first row of the test set.
"""
import json
import sys
import time

import numpy as np
import xgboost

x_path, y_path, features, test_from = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
x = np.fromfile(x_path, dtype=np.float32).reshape(-1, features)
y = np.fromfile(y_path, dtype=np.float32)
test = xgboost.DMatrix(x[test_from:], nthread=1)
parameters = {
    "tree_method": "hist",
    "max_bin": 256,
    "max_depth": 6,
    "eta": 0.1,
    "objective": "binary:logistic",
    "nthread": 1,
}
ROUNDS = 100


def measured(action):
    wall, cpu = time.perf_counter(), time.process_time()
    result = action()
    return result, {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


print(json.dumps({"version": xgboost.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    rows = request["rows"]
    matrix, loading = measured(lambda: xgboost.DMatrix(x[:rows], y[:rows], nthread=1))
    # The first training sketches and bins the columns; the second finds them done.
    _, first = measured(lambda: xgboost.train(parameters, matrix, 1))
    booster, training = measured(lambda: xgboost.train(parameters, matrix, ROUNDS))
    preparation = {k: loading[k] + first[k] - training[k] / ROUNDS for k in ("wall", "cpu")}
    booster.predict(test).astype(np.float32).tofile(request["predictions"])
    print(json.dumps({"preparation": preparation, "training": training}), flush=True)
