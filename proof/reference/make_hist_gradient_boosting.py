"""Reference values of scikit-learn's HistGradientBoosting: scores before the link, rounds, and leaves of all trees."""
from cases import case, write_cases

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

ROWS = 40


def expected(fitted, features, target):
    scores = fitted._raw_predict(np.ascontiguousarray(features[:ROWS]))
    leaves = [int(tree.get_n_leaf_nodes()) for trees in fitted._predictors for tree in trees]
    return {"scores": scores.ravel(), "rounds": fitted.n_iter_, "leaves": sum(leaves)}


def cases():
    def regression(table, parameters=None, **more):
        parameters = {"max_iter": 20, **(parameters or {})}
        return case("regression", table, HistGradientBoostingRegressor, expected, parameters, **more)

    def classification(table, parameters=None, **more):
        parameters = {"max_iter": 20, **(parameters or {})}
        return case("classification", table, HistGradientBoostingClassifier, expected, parameters, **more)

    yield regression("diabetes")
    yield regression("friedman", {"max_iter": 100})
    yield regression("gaps", {"min_samples_leaf": 5})
    yield regression("ties", {"min_samples_leaf": 3, "learning_rate": 0.3})
    yield regression("wide", {"min_samples_leaf": 4})
    yield regression("dependent", {"min_samples_leaf": 2, "max_leaf_nodes": 6})
    yield regression("scales", {"min_samples_leaf": 5, "max_depth": 3, "l2_regularization": 2.5})
    yield regression("one_feature", {"min_samples_leaf": 1, "max_leaf_nodes": None})
    yield regression("one_row")
    yield regression("regression", weights=3)
    yield regression("gaps", {"min_samples_leaf": 5, "max_bins": 12}, weights=4)
    yield regression("diabetes", {"max_bins": 40})
    yield regression("outliers", {"loss": "absolute_error"})
    yield regression("outliers", {"loss": "absolute_error", "max_leaf_nodes": 8}, weights=5)
    yield regression("friedman", {"loss": "quantile", "quantile": 0.8})
    yield regression("friedman", {"loss": "quantile", "quantile": 0.3, "max_depth": 3}, weights=6)
    yield regression("counts", {"loss": "poisson"})
    yield regression("counts", {"loss": "poisson", "l2_regularization": 1.0}, weights=7)
    yield regression("friedman", {"monotonic_cst": [1, 0, -1, 1, 0, 0, 0, 0]})
    yield regression("friedman", {"interaction_cst": [[0, 1], [1, 2, 3]]})
    yield regression("friedman", {"interaction_cst": "pairwise", "max_iter": 5})
    yield regression("ties", {"categorical_features": [0, 2], "min_samples_leaf": 4})
    yield regression("diabetes", {"early_stopping": True, "random_state": 3, "max_iter": 100, "n_iter_no_change": 3})
    yield regression(
        "diabetes",
        {"early_stopping": True, "random_state": 4, "max_iter": 60, "scoring": None, "n_iter_no_change": 3},
        weights=8,
    )
    yield classification("breast_cancer")
    yield classification("two_classes", {"max_iter": 50, "learning_rate": 0.2})
    yield classification("gaps_classes", {"min_samples_leaf": 4})
    yield classification("tied_classes", {"min_samples_leaf": 4, "categorical_features": [True, False, True, True, False]})
    yield classification("unbalanced", {"class_weight": "balanced"}, weights=9)
    yield classification("moons", {"max_leaf_nodes": 5, "l2_regularization": 0.5}, weights=10)
    yield classification("two_classes", {"monotonic_cst": [1, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, -1]})
    yield classification("iris")
    yield classification("four_classes", {"max_iter": 8}, weights=11)
    yield classification("digits", {"max_iter": 3})
    yield classification("wine", {"class_weight": "balanced", "interaction_cst": "no_interactions"})
    yield classification("iris", {"early_stopping": True, "random_state": 5, "max_iter": 60, "n_iter_no_change": 4})
    yield classification(
        "two_classes",
        {"early_stopping": True, "random_state": 6, "scoring": "accuracy", "validation_fraction": 60, "max_iter": 60},
    )
    yield classification(
        "unbalanced", {"early_stopping": True, "validation_fraction": None, "max_iter": 80, "tol": 0.02}
    )


write_cases("hist_gradient_boosting", cases())
