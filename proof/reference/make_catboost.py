"""Floors for catboost, of which there is no reference on Debian: the AUC and R² of xgboost on the odd rows of tables, having
learned from the even ones with as many trees as deep."""
from common import write
from tables import TABLES

import xgboost
from sklearn.metrics import r2_score, roc_auc_score


def floor(table):
    x, y, classes = (TABLES[table][name] for name in ("features", "target", "classes"))
    settings = {"n_estimators": 100, "learning_rate": 0.1, "max_depth": 6, "reg_lambda": 3}
    model = xgboost.XGBClassifier if classes else xgboost.XGBRegressor
    fitted = model(tree_method="hist", n_jobs=1, **settings).fit(x[::2], y[::2])
    if classes:
        score = roc_auc_score(y[1::2], fitted.predict_proba(x[1::2])[:, 1])
    else:
        score = r2_score(y[1::2], fitted.predict(x[1::2]))
    return {"task": "classification" if classes else "regression", "table": table, "score": score}


write("catboost", {"floors": [floor(table) for table in ("diabetes", "friedman", "gaps", "breast_cancer", "two_classes", "unbalanced", "moons")]})
