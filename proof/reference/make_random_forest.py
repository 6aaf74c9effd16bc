"""RandomForestClassifier and RandomForestRegressor. Run: python3 proof/reference/make_random_forest.py"""
from cases import case, write_cases

from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor


def extract(fitted, features, target):
    """What it says of the first rows, and what is left to say: nodes, importances, the out-of-bag score."""
    rows = features[:50]
    answers = fitted.predict_proba(rows) if hasattr(fitted, "predict_proba") else fitted.predict(rows)
    return {
        "answers": answers.ravel(),
        "nodes": sum(tree.tree_.node_count for tree in fitted.estimators_),
        "importances": fitted.feature_importances_,
        "oob_score": getattr(fitted, "oob_score_", None),
    }


def cases():
    def classify(table, parameters, **more):
        parameters = {"n_estimators": 10, "random_state": 1, **parameters}
        return case("classification", table, RandomForestClassifier, extract, parameters, **more)

    def regress(table, parameters, **more):
        parameters = {"n_estimators": 10, "random_state": 1, **parameters}
        return case("regression", table, RandomForestRegressor, extract, parameters, **more)

    yield classify("iris", {})
    yield classify("wine", {"oob_score": True, "n_estimators": 30})
    yield classify("tied_classes", {"criterion": "entropy", "random_state": 2})
    yield classify("digits", {"max_depth": 6, "max_features": "log2"})
    yield classify("four_classes", {"class_weight": "balanced"}, weights=1)
    yield classify("unbalanced", {"class_weight": "balanced_subsample", "oob_score": True})
    yield classify("unbalanced", {"class_weight": "balanced_subsample", "bootstrap": False})
    yield classify("unbalanced", {"max_samples": 0.3, "min_samples_leaf": 3}, weights=2)
    yield classify("breast_cancer", {"max_leaf_nodes": 8, "criterion": "log_loss"})
    yield classify("two_classes", {"bootstrap": False, "max_features": None})
    yield classify("moons", {"ccp_alpha": 0.01, "min_weight_fraction_leaf": 0.02})
    yield regress("diabetes", {"n_estimators": 5})
    yield regress("friedman", {"oob_score": True, "max_features": "sqrt", "n_estimators": 30})
    yield regress("ties", {"criterion": "friedman_mse"})
    yield regress("counts", {"criterion": "poisson", "max_depth": 5}, weights=3)
    yield regress("friedman", {"criterion": "absolute_error", "bootstrap": False, "max_features": 0.5})
    yield regress("dependent", {"max_features": 2}, weights=4)
    yield regress("wide", {"max_samples": 20, "min_samples_split": 0.2})
    yield regress("outliers", {"max_leaf_nodes": 12, "min_impurity_decrease": 0.1})
    yield regress("scales", {"min_samples_leaf": 0.05, "random_state": 5})
    yield regress("one_feature", {})
    yield regress("one_row", {})


write_cases("random_forest", cases())
