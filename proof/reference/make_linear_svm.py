"""LinearSVR and LinearSVC. Run: python3 proof/reference/make_linear_svm.py"""
import numpy as np
from cases import case, write_cases
from sklearn.svm import LinearSVC, LinearSVR

# Only to the reference, which needs it to get near the optimum; `unscaled` data it never gets there with its dual solvers.
PATIENT = {"tol": 1e-9, "max_iter": 300_000, "random_state": 0}
UNSCALED = {"tol": 1e-6, "max_iter": 20_000, "random_state": 0}


def extract(fitted, features, target):
    return {
        "coefficients": np.ravel(fitted.coef_),
        "intercepts": np.ravel(fitted.intercept_) + np.zeros(np.atleast_2d(fitted.coef_).shape[0]),
        "predictions": fitted.predict(features)[:50],
    }


def fit(task, table, parameters, fixed=PATIENT, **more):
    model = LinearSVR if task == "regression" else LinearSVC
    return case(task, table, model, extract, parameters, **more, **fixed)


def cases():
    absolute = {}
    squared = {"loss": "squared_epsilon_insensitive"}
    yield fit("regression", "friedman", absolute)
    yield fit("regression", "friedman", {"epsilon": 1.0, "C": 0.1}, weights=1)
    yield fit("regression", "regression", {"epsilon": 3.0})
    yield fit("regression", "outliers", {"fit_intercept": False})
    yield fit("regression", "outliers", {"intercept_scaling": 10.0, "C": 2.0})
    yield fit("regression", "dependent", absolute)
    yield fit("regression", "wide", {"C": 0.01})
    yield fit("regression", "ties", absolute)
    yield fit("regression", "one_feature", {"epsilon": 0.2})
    yield fit("regression", "one_row", absolute)
    yield fit("regression", "friedman", squared)
    yield fit("regression", "friedman", {**squared, "epsilon": 0.5, "dual": False}, weights=2)
    yield fit("regression", "diabetes", {**squared, "dual": False}, note="not scaled")
    yield fit("regression", "scales", {**squared, "dual": False, "epsilon": 0.1}, note="scales from 1e-4 to 1e5")
    yield fit("regression", "wide", squared)
    yield fit("regression", "dependent", {**squared, "C": 0.1})
    yield fit("regression", "diabetes", absolute, UNSCALED, note="objective")
    yield fit("regression", "scales", absolute, UNSCALED, note="objective")

    hinge = {"loss": "hinge"}
    sparse = {"penalty": "l1", "dual": False}
    joint = {"multi_class": "crammer_singer"}
    primal = {"dual": False}
    yield fit("classification", "two_classes", {})
    yield fit("classification", "two_classes", primal, weights=3)
    yield fit("classification", "two_classes", {"C": 0.01, "fit_intercept": False})
    yield fit("classification", "breast_cancer", primal, note="not scaled")
    yield fit("classification", "iris", {**primal, "intercept_scaling": 5.0})
    yield fit("classification", "four_classes", {**primal, "class_weight": "balanced"}, weights=4)
    yield fit("classification", "four_classes", {**primal, "class_weight": {0: 4.0, 3: 0.25}})
    yield fit("classification", "unbalanced", {**primal, "class_weight": "balanced"})
    yield fit("classification", "two_classes", {**hinge, "C": 0.1})
    yield fit("classification", "four_classes", {**hinge, "C": 0.05}, weights=5)
    yield fit("classification", "unbalanced", {**hinge, "class_weight": {0: 0.3}})
    yield fit("classification", "moons", hinge)
    yield fit("classification", "two_classes", sparse)
    yield fit("classification", "four_classes", {**sparse, "C": 0.05})
    yield fit("classification", "breast_cancer", {**sparse, "C": 0.1}, note="not scaled")
    yield fit("classification", "digits", {**sparse, "C": 0.01})
    yield fit("classification", "iris", {**joint, "C": 0.1, "tol": 1e-9, "max_iter": 100_000}, {"random_state": 0})
    yield fit("classification", "four_classes", {**joint, "C": 0.1, "tol": 1e-9, "max_iter": 100_000}, {"random_state": 0}, weights=6)
    yield fit("classification", "two_classes", {**joint, "C": 0.1, "tol": 1e-9, "max_iter": 100_000}, {"random_state": 0})
    yield fit("classification", "breast_cancer", hinge, UNSCALED, note="objective")


if __name__ == "__main__":
    write_cases("linear_svm", cases())
