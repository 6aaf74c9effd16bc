"""AdaBoostClassifier and AdaBoostRegressor. Run: python3 proof/reference/make_ada_boost.py"""
from cases import case, write_cases

from sklearn.ensemble import AdaBoostClassifier, AdaBoostRegressor


def extract(fitted, features, target):
    rows = features[:50]
    classifying = hasattr(fitted, "predict_proba")
    return {
        "scores": fitted.decision_function(rows).ravel() if classifying else fitted.predict(rows),
        "probabilities": fitted.predict_proba(rows[:10]).ravel() if classifying else [],
        "trees": len(fitted.estimators_),
        "importances": fitted.feature_importances_,
    }


def cases():
    def classify(table, parameters, **more):
        parameters = {"n_estimators": 15, "random_state": 1, **parameters}
        return case("classification", table, AdaBoostClassifier, extract, parameters, **more)

    def regress(table, parameters, **more):
        parameters = {"n_estimators": 15, "random_state": 1, **parameters}
        return case("regression", table, AdaBoostRegressor, extract, parameters, **more)

    for algorithm in ("SAMME.R", "SAMME"):
        yield classify("two_classes", {"algorithm": algorithm})
        yield classify("four_classes", {"algorithm": algorithm, "learning_rate": 0.5})
        yield classify("iris", {"algorithm": algorithm})
        yield classify("breast_cancer", {"algorithm": algorithm}, weights=1)
        yield classify("unbalanced", {"algorithm": algorithm, "n_estimators": 40, "random_state": 3})
        yield classify("moons", {"algorithm": algorithm, "learning_rate": 1.5})
        yield classify("tied_classes", {"algorithm": algorithm, "random_state": 2})
    for loss in ("linear", "square", "exponential"):
        yield regress("diabetes", {"loss": loss})
        yield regress("friedman", {"loss": loss, "learning_rate": 0.5, "random_state": 2})
    yield regress("counts", {}, weights=3)
    yield regress("outliers", {"n_estimators": 40})
    yield regress("ties", {})
    yield regress("scales", {"learning_rate": 2.0})
    yield regress("one_feature", {"n_estimators": 100})
    yield regress("one_row", {})


write_cases("ada_boost", cases())
