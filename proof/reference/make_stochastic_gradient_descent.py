"""SGDRegressor and SGDClassifier. Run: python3 proof/reference/make_stochastic_gradient_descent.py"""
from cases import case, write_cases

from sklearn.linear_model import SGDClassifier, SGDRegressor


def regressor(model, features, target):
    return {
        "coefficients": model.coef_,
        "intercepts": model.intercept_,
        "epochs": model.n_iter_,
        "predictions": model.predict(features)[:20],
    }


def classifier(model, features, target):
    probable = model.loss in ("log_loss", "modified_huber")
    return {
        "coefficients": model.coef_.ravel(),
        "intercepts": model.intercept_,
        "epochs": model.n_iter_,
        "predictions": model.predict(features)[:50],
        "probabilities": model.predict_proba(features)[:15].ravel() if probable else [],
    }


def regressions():
    yield "regression", {}, {}
    yield "friedman", {"shuffle": False, "max_iter": 20, "tol": None}, {}
    yield "friedman", {"loss": "huber", "epsilon": 0.5, "penalty": "l1", "alpha": 0.01}, {}
    yield "friedman", {"loss": "epsilon_insensitive", "penalty": "elasticnet", "l1_ratio": 0.4, "alpha": 0.01}, {}
    yield "friedman", {"loss": "squared_epsilon_insensitive", "learning_rate": "constant", "eta0": 0.002}, {}
    yield "friedman", {"learning_rate": "adaptive", "eta0": 0.05, "penalty": None}, {}
    yield "regression", {"learning_rate": "optimal", "alpha": 0.05, "average": True}, {"weights": 1}
    yield "regression", {"early_stopping": True, "validation_fraction": 0.2, "n_iter_no_change": 3}, {}
    yield "regression", {"early_stopping": True, "average": 100, "penalty": "l1"}, {"weights": 2}
    yield "friedman", {"power_t": 0.4, "fit_intercept": False, "average": 100_000, "max_iter": 30}, {}
    yield "counts", {"loss": "huber", "alpha": 0.1, "average": 7, "penalty": "elasticnet"}, {}
    yield "one_feature", {"max_iter": 5}, {}
    yield "one_row", {"alpha": 0.1}, {}
    yield "wide", {"eta0": 0.001}, {}
    yield "ties", {"alpha": 0}, {}


def classifications():
    # Early steps of the rate `optimal` are long: with a smooth loss and little penalty each multiplies what rounding made.
    yield "two_classes", {}, {}
    yield "four_classes", {}, {}
    yield "two_classes", {"loss": "log_loss", "average": True, "alpha": 0.05}, {}
    yield "four_classes", {"loss": "log", "alpha": 0.01, "class_weight": "balanced"}, {}
    yield "four_classes", {"loss": "modified_huber", "penalty": "l1", "alpha": 0.05}, {"weights": 3}
    yield "unbalanced", {"loss": "modified_huber", "class_weight": {"0": 0.5, "1": 3}, "alpha": 0.3}, {"weights": 4}
    yield "unbalanced", {"loss": "squared_hinge", "class_weight": "balanced", "alpha": 0.1}, {}
    yield "moons", {"loss": "perceptron", "learning_rate": "constant", "eta0": 0.1}, {}
    yield "four_classes", {"loss": "squared_error", "learning_rate": "invscaling", "eta0": 0.01}, {}
    yield "two_classes", {"loss": "huber", "penalty": "elasticnet", "alpha": 0.01}, {}
    yield "two_classes", {"loss": "epsilon_insensitive", "learning_rate": "adaptive", "eta0": 0.1}, {}
    yield "two_classes", {"loss": "squared_epsilon_insensitive", "alpha": 0.5}, {}
    yield "two_classes", {"early_stopping": True, "loss": "log_loss", "alpha": 0.05}, {}
    yield "four_classes", {"early_stopping": True, "validation_fraction": 0.3, "average": 50}, {"weights": 5}
    yield "four_classes", {"shuffle": False, "max_iter": 7, "fit_intercept": False}, {}
    yield "tied_classes", {"loss": "hinge", "penalty": None, "alpha": 0.01}, {}


def cases():
    for seed, (table, parameters, more) in enumerate(regressions()):
        yield case("regression", table, SGDRegressor, regressor, {**parameters, "random_state": seed}, **more)
    for seed, (table, parameters, more) in enumerate(classifications()):
        parameters = {**parameters, "random_state": seed}
        fixed = {}
        # Classes are numbers to the reference, and text in JSON.
        if isinstance(parameters.get("class_weight"), dict):
            weights = parameters["class_weight"]
            fixed = {"class_weight": {int(name): weight for name, weight in weights.items()}}
        given = {name: value for name, value in parameters.items() if name not in fixed}
        entry = case("classification", table, SGDClassifier, classifier, given, **fixed, **more)
        yield {**entry, "parameters": parameters}


write_cases("stochastic_gradient_descent", cases())
