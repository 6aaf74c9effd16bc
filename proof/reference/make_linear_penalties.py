"""LogisticRegression's penalties, solvers and weights, and LinearRegression's weights, on the shared tables.

Run: python3 proof/reference/make_linear_penalties.py
"""
from cases import case, write_cases

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression


def classifier(model, features, target):
    """The two-class softmax is stored as one score, the difference of both classes: twice scikit-learn's coefficients."""
    factor = 2.0 if model.multi_class == "multinomial" and len(model.classes_) == 2 else 1.0
    return {
        "coefficients": model.coef_ * factor,
        "intercepts": np.ravel(model.intercept_ * np.ones(len(model.coef_))) * factor,
        "probabilities": model.predict_proba(features)[:20],
    }


def regression(model, features, target):
    return {"coefficients": model.coef_, "intercept": model.intercept_, "predictions": model.predict(features)[:50]}



def logistic(table, parameters, weights=None):
    solver = parameters.get("solver", "lbfgs")
    fixed = {
        "liblinear": {"tol": 1e-9, "max_iter": 20000},
        "saga": {"tol": 1e-10, "max_iter": 20000, "random_state": 0},
        "lbfgs": {"solver": "newton-cg", "tol": 1e-10, "max_iter": 1000},
    }[solver]
    sent = dict(parameters)
    if "class_weight" in parameters and isinstance(parameters["class_weight"], dict):
        # What JSON calls "1" is the class 1.
        numbers = {int(name): value for name, value in parameters["class_weight"].items()}
        entry = case(
            "classification", table, LogisticRegression, classifier, {**sent, "class_weight": numbers}, weights=weights, **fixed
        )
        entry["parameters"] = sent
        return entry
    return case("classification", table, LogisticRegression, classifier, sent, weights=weights, **fixed)


SAGA = {"solver": "saga"}
LIBLINEAR = {"solver": "liblinear"}

if __name__ == "__main__":
    write_cases(
        "linear_penalties",
        [
            logistic("two_classes", {**SAGA, "penalty": "l1", "C": 0.1}),
            logistic("two_classes", {**SAGA, "penalty": "l1", "C": 0.05, "fit_intercept": False}),
            logistic("two_classes", {**SAGA, "penalty": "elasticnet", "l1_ratio": 0.5, "C": 0.1}),
            logistic("two_classes", {**SAGA, "penalty": "elasticnet", "l1_ratio": 0.7, "C": 0.2, "multi_class": "multinomial"}),
            logistic("four_classes", {**SAGA, "penalty": "elasticnet", "l1_ratio": 0.4, "C": 0.1}),
            logistic("four_classes", {**SAGA, "penalty": "l1", "C": 0.1, "multi_class": "ovr"}),
            logistic("iris", {**SAGA, "penalty": "l1", "C": 0.5}),
            logistic("iris", {**SAGA, "penalty": "elasticnet", "l1_ratio": 0.3, "C": 0.5}, weights=1),
            logistic("unbalanced", {**SAGA, "penalty": "l1", "C": 0.1, "class_weight": "balanced"}),
            logistic("unbalanced", {**SAGA, "penalty": "l1", "C": 0.1}, weights=2),
            logistic("unbalanced", {**LIBLINEAR, "penalty": "l1"}),
            logistic("two_classes", {**LIBLINEAR, "penalty": "l1", "C": 0.1, "intercept_scaling": 5.0}),
            logistic("two_classes", {**LIBLINEAR, "C": 0.1}),
            logistic("two_classes", {**LIBLINEAR, "C": 0.1, "intercept_scaling": 0.3, "dual": True}, weights=3),
            logistic("four_classes", {**LIBLINEAR, "penalty": "l1", "C": 0.2}),
            logistic("iris", {**LIBLINEAR, "class_weight": {"0": 3.0, "2": 0.5}}),
            logistic("iris", {**LIBLINEAR, "class_weight": "balanced", "fit_intercept": False}, weights=4),
            logistic("iris", {"class_weight": {"0": 3.0, "2": 0.5}}),
            logistic("iris", {"class_weight": {"0": 3.0, "2": 0.5}, "multi_class": "ovr"}, weights=5),
            logistic("unbalanced", {"class_weight": "balanced", "C": 0.5}, weights=6),
            logistic("four_classes", {"C": 0.3}, weights=7),
            case("regression", "diabetes", LinearRegression, regression, weights=1),
            case("regression", "regression", LinearRegression, regression, {"fit_intercept": False}, weights=2),
            case("regression", "regression", LinearRegression, regression, {"positive": True}, weights=3),
            case("regression", "scales", LinearRegression, regression, weights=4),
        ],
    )
