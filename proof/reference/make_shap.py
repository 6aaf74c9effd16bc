"""Contributions of features as xgboost computes them. Run: /usr/bin/python3 proof/reference/make_shap.py"""
from common import write
from tables import TABLES

import numpy as np
import xgboost

ROWS = 12
CASES = [
    ("regression", "friedman", {"n_estimators": 8, "max_depth": 4, "base_score": 0.5}),
    ("regression", "gaps", {"n_estimators": 6, "max_depth": 5, "base_score": 0.5}),
    ("regression", "ties", {"n_estimators": 5, "max_depth": 10, "base_score": 0.5}),
    ("classification", "two_classes", {"n_estimators": 10, "max_depth": 3, "base_score": 0.5}),
    ("classification", "gaps_classes", {"n_estimators": 4, "max_depth": 6, "base_score": 0.5}),
    ("classification", "wine", {"n_estimators": 4, "max_depth": 3, "base_score": 0.5}),
]


def case(task, table, parameters):
    data = TABLES[table]
    features = data["features"].astype(np.float32)
    kind = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
    model = kind(tree_method="hist", n_jobs=1, **parameters).fit(features, data["target"])
    matrix = xgboost.DMatrix(features[:ROWS])
    contributions = model.get_booster().predict(matrix, pred_contribs=True)
    # rows x outputs x (features, then the base)
    contributions = contributions.reshape(ROWS, -1, features.shape[1] + 1)
    return {"task": task, "table": table, "parameters": parameters, "contributions": contributions.astype(float)}


write("shap", {"cases": [case(*each) for each in CASES]})
