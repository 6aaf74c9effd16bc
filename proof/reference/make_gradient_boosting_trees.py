"""GradientBoostingClassifier and GradientBoostingRegressor. Run: python3 proof/reference/make_gradient_boosting_trees.py"""
from cases import case, write_cases

from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor


def extract(fitted, features, target):
    rows = features[:50]
    classifying = hasattr(fitted, "predict_proba")
    return {
        "scores": (fitted.decision_function(rows) if classifying else fitted.predict(rows)).ravel(),
        "probabilities": fitted.predict_proba(rows[:10]).ravel() if classifying else [],
        "rounds": fitted.n_estimators_,
        "nodes": sum(tree.tree_.node_count for tree in fitted.estimators_.ravel()),
        "importances": fitted.feature_importances_,
    }


def cases():
    def classify(table, parameters, **more):
        parameters = {"n_estimators": 15, "random_state": 1, **parameters}
        return case("classification", table, GradientBoostingClassifier, extract, parameters, **more)

    def regress(table, parameters, **more):
        parameters = {"n_estimators": 15, "random_state": 1, **parameters}
        return case("regression", table, GradientBoostingRegressor, extract, parameters, **more)

    # Where two features part a node's rows alike, the last bits of exp decide between them: leaves of several rows avoid
    # that with classes, whose gradients come from exp.
    yield classify("two_classes", {})
    yield classify("four_classes", {"min_samples_leaf": 8})
    yield classify("digits", {"min_samples_leaf": 10, "n_estimators": 3, "learning_rate": 0.4})
    yield classify("breast_cancer", {"loss": "deviance", "learning_rate": 0.5}, weights=1)
    yield classify("two_classes", {"loss": "exponential", "init": "zero"})
    yield classify("unbalanced", {"loss": "exponential", "subsample": 0.6, "min_samples_leaf": 5}, weights=2)
    yield classify("four_classes", {"subsample": 0.5, "max_features": "sqrt", "min_samples_leaf": 8}, weights=3)
    yield classify("moons", {"max_leaf_nodes": 5, "max_depth": None, "criterion": "squared_error"})
    yield classify("two_classes", {"n_iter_no_change": 3, "n_estimators": 80, "learning_rate": 0.3})
    stopping = {"n_iter_no_change": 2, "n_estimators": 40, "validation_fraction": 0.2, "tol": 0.01}
    yield classify("four_classes", {**stopping, "min_samples_leaf": 15})
    yield regress("friedman", {})
    yield regress("diabetes", {"n_estimators": 30}, weights=4)
    for loss in ("absolute_error", "huber", "quantile"):
        yield regress("friedman", {"loss": loss, "subsample": 0.8})
        yield regress("outliers", {"loss": loss, "alpha": 0.75, "learning_rate": 0.3})
        yield regress("friedman", {"loss": loss, "alpha": 0.3, "max_depth": 2}, weights=5)
        yield regress("friedman", {"loss": loss, "n_iter_no_change": 3, "n_estimators": 100, "learning_rate": 0.5})
    yield regress("friedman", {"n_iter_no_change": 5, "n_estimators": 100, "learning_rate": 0.3})
    yield regress("regression", {"subsample": 0.4, "max_features": 3, "min_samples_leaf": 4})
    yield regress("scales", {"ccp_alpha": 0.05, "init": "zero"})
    yield regress("wide", {"min_weight_fraction_leaf": 0.1, "min_impurity_decrease": 0.5})
    yield regress("one_feature", {"learning_rate": 1})
    yield regress("one_row", {})


write_cases("gradient_boosting_trees", cases())
