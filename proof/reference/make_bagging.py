"""BaggingClassifier and BaggingRegressor of decision trees. Run: python3 proof/reference/make_bagging.py"""
from cases import case, write_cases

from sklearn.ensemble import BaggingClassifier, BaggingRegressor


def extract(fitted, features, target):
    rows = features[:50]
    answers = fitted.predict_proba(rows) if hasattr(fitted, "predict_proba") else fitted.predict(rows)
    return {
        "answers": answers.ravel(),
        "nodes": sum(tree.tree_.node_count for tree in fitted.estimators_),
        "oob_score": getattr(fitted, "oob_score_", None),
    }


def cases():
    def classify(table, parameters, **more):
        return case("classification", table, BaggingClassifier, extract, {"random_state": 1, **parameters}, **more)

    def regress(table, parameters, **more):
        return case("regression", table, BaggingRegressor, extract, {"random_state": 1, **parameters}, **more)

    yield classify("iris", {})
    yield classify("four_classes", {"oob_score": True, "n_estimators": 25, "max_samples": 0.5})
    yield classify("tied_classes", {"bootstrap_features": True, "random_state": 2})
    yield classify("digits", {"max_features": 0.3, "n_estimators": 5})
    yield classify("unbalanced", {"bootstrap": False, "max_samples": 0.4}, weights=1)
    yield classify("two_classes", {"bootstrap": False})
    yield classify("moons", {"max_samples": 20, "max_features": 2}, weights=2)
    yield regress("diabetes", {"n_estimators": 5})
    yield regress("friedman", {"oob_score": True, "n_estimators": 20})
    yield regress("ties", {"bootstrap_features": True, "max_features": 3})
    yield regress("dependent", {"bootstrap": False, "max_samples": 0.995})
    yield regress("counts", {"bootstrap": False, "max_samples": 0.7, "max_features": 0.5}, weights=3)
    yield regress("wide", {"max_features": 0.1})
    yield regress("one_feature", {})
    yield regress("one_row", {})


write_cases("bagging", cases())
