"""SVR and SVC. Run: python3 proof/reference/make_svm.py"""
import numpy as np
from cases import case, write_cases
from sklearn.svm import SVC, SVR

TIGHT = {"tol": 1e-6}


def support(fitted, features):
    """How many rows support the function; with rows that repeat, any of them may."""
    return {} if len(np.unique(features, axis=0)) < len(features) else {"support": len(fitted.support_)}


def regression(fitted, features, target):
    return {
        **support(fitted, features),
        "intercept": fitted.intercept_,
        "predictions": fitted.predict(features)[:50],
    }


def pairs(fitted, features):
    """Scores of pairs of classes, above 0 for the first; scikit-learn turns them for two classes."""
    fitted.decision_function_shape = "ovo"
    scores = fitted.decision_function(features)
    return -scores if scores.ndim == 1 else scores


def classification(rows):
    def extract(fitted, features, target):
        found = {
            **support(fitted, features),
            "intercepts": -fitted.intercept_ if len(fitted.classes_) == 2 else fitted.intercept_,
            "scores": pairs(fitted, features)[:rows],
            "classes": fitted.predict(features)[:100],
        }
        if fitted.probability:
            found["probabilities"] = fitted.predict_proba(features)[:rows]
            found["sigmoids"] = np.stack([fitted.probA_, fitted.probB_], axis=1)
        return found

    return extract


def regressions(model, own, cost=100.0):
    yield case("regression", "diabetes", model, regression, {**TIGHT, **own})
    yield case("regression", "friedman", model, regression, {**TIGHT, **own, "C": 10.0, "gamma": 0.5})
    yield case("regression", "friedman", model, regression, {**TIGHT, **own, "C": 10.0}, weights=3)
    yield case("regression", "regression", model, regression, {**TIGHT, **own, "kernel": "linear", "C": 2.0})
    yield case("regression", "friedman", model, regression, {**TIGHT, **own, "kernel": "poly", "coef0": 1.0, "degree": 2})
    yield case("regression", "friedman", model, regression, {**TIGHT, **own, "kernel": "sigmoid", "gamma": 0.05})
    yield case("regression", "wide", model, regression, {**TIGHT, **own, "gamma": "auto"})
    yield case("regression", "dependent", model, regression, {**TIGHT, **own})
    yield case("regression", "scales", model, regression, {**TIGHT, **own})
    yield case("regression", "ties", model, regression, {**TIGHT, **own})
    yield case("regression", "one_feature", model, regression, {**TIGHT, **own, "C": cost})
    yield case("regression", "one_row", model, regression, {**TIGHT, **own})


def classifications(model, own):
    few, many = classification(20), classification(50)
    yield case("classification", "two_classes", model, many, {**TIGHT, **own})
    yield case("classification", "moons", model, many, {**TIGHT, **own, "gamma": 2.0})
    yield case("classification", "iris", model, many, {**TIGHT, **own})
    yield case("classification", "wine", model, many, {**own, "tol": 1e-9}, note="not scaled")
    yield case("classification", "digits", model, classification(8), {**TIGHT, **own})
    yield case("classification", "four_classes", model, few, {**TIGHT, **own}, weights=4)
    yield case("classification", "four_classes", model, few, {**TIGHT, **own, "kernel": "linear"})
    yield case("classification", "four_classes", model, few, {**TIGHT, **own, "kernel": "poly", "coef0": 0.5})
    yield case("classification", "four_classes", model, few, {**TIGHT, **own, "kernel": "sigmoid", "gamma": 0.01})
    yield case("classification", "tied_classes", model, many, {**TIGHT, **own})
    yield case("classification", "iris", model, few, {**TIGHT, **own, "probability": True, "random_state": 5})
    yield case("classification", "four_classes", model, few, {**TIGHT, **own, "probability": True, "random_state": 0}, weights=2)


def cases():
    yield from regressions(SVR, {})
    yield case("regression", "friedman", SVR, regression, {**TIGHT, "epsilon": 0.0, "C": 5.0})
    yield case("regression", "friedman", SVR, regression, {**TIGHT, "epsilon": 50.0}, note="no row is an error")
    yield from classifications(SVC, {})
    own = classification(20)
    yield case("classification", "unbalanced", SVC, own, {**TIGHT, "class_weight": "balanced"})
    yield case("classification", "four_classes", SVC, own, {**TIGHT, "class_weight": {0: 3.0, 2: 0.5}}, weights=1)
    parameters = {**TIGHT, "probability": True, "random_state": 1, "class_weight": "balanced", "C": 3.0}
    yield case("classification", "unbalanced", SVC, own, parameters)
    yield case("classification", "moons", SVC, own, {"C": 0.1, "probability": True, "random_state": 2}, note="tol 1e-3")


if __name__ == "__main__":
    write_cases("svm", cases())
