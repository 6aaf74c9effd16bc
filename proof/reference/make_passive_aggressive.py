"""PassiveAggressiveRegressor and -Classifier. Run: python3 proof/reference/make_passive_aggressive.py"""
from cases import case, write_cases

from sklearn.linear_model import PassiveAggressiveClassifier, PassiveAggressiveRegressor


def regressor(model, features, target):
    return {
        "coefficients": model.coef_,
        "intercepts": model.intercept_,
        "epochs": model.n_iter_,
        "predictions": model.predict(features)[:20],
    }


def classifier(model, features, target):
    return {
        "coefficients": model.coef_.ravel(),
        "intercepts": model.intercept_,
        "epochs": model.n_iter_,
        "predictions": model.predict(features)[:50],
    }


REGRESSIONS = [
    ("regression", {}),
    ("friedman", {"loss": "squared_epsilon_insensitive", "C": 0.1}),
    ("friedman", {"C": 0.01, "average": True, "epsilon": 0.5}),
    ("diabetes", {"C": 0.5, "shuffle": False, "max_iter": 3, "tol": None}),
    ("outliers", {"early_stopping": True, "validation_fraction": 0.25, "C": 0.05}),
    ("ties", {"fit_intercept": False, "C": 0.02, "average": 400}),
    ("wide", {"C": 2.0, "loss": "squared_epsilon_insensitive"}),
    ("scales", {"C": 1e-3}),
    ("one_row", {}),
    ("one_feature", {"C": 0.2}),
]

CLASSIFICATIONS = [
    ("two_classes", {}),
    ("four_classes", {"C": 0.1}),
    ("four_classes", {"loss": "squared_hinge", "C": 0.01, "class_weight": "balanced"}),
    ("unbalanced", {"class_weight": "balanced", "average": True, "C": 0.3}),
    ("moons", {"shuffle": False, "max_iter": 6, "tol": None, "loss": "squared_hinge"}),
    ("four_classes", {"early_stopping": True, "average": 20, "n_iter_no_change": 3}),
    ("tied_classes", {"fit_intercept": False, "C": 0.05}),
    ("wine", {"max_iter": 20}),
]


def cases():
    for seed, (table, parameters) in enumerate(REGRESSIONS):
        yield case(
            "regression", table, PassiveAggressiveRegressor, regressor, {**parameters, "random_state": seed}
        )
    for seed, (table, parameters) in enumerate(CLASSIFICATIONS):
        yield case(
            "classification", table, PassiveAggressiveClassifier, classifier, {**parameters, "random_state": seed}
        )


write_cases("passive_aggressive", cases())
