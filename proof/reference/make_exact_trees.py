"""Decision trees, node by node, with all their random choices. Run: python3 proof/reference/make_exact_trees.py"""
from cases import case, write_cases

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def extract(fitted, features, target):
    """Nodes in scikit-learn's order, features and thresholds of those that are split; the first answers stand for all."""
    tree = fitted.tree_
    split = tree.children_left >= 0
    values = tree.value.reshape(tree.node_count, -1)
    return {
        "left": tree.children_left,
        "feature": tree.feature[split],
        "threshold": tree.threshold[split],
        "samples": tree.n_node_samples,
        "impurity": tree.impurity[:40],
        "value": values[:40].ravel(),
        "importances": fitted.feature_importances_,
    }


def cases():
    def classify(table, parameters, **more):
        return case("classification", table, DecisionTreeClassifier, extract, parameters, **more)

    def regress(table, parameters, **more):
        return case("regression", table, DecisionTreeRegressor, extract, parameters, **more)

    for criterion in ("gini", "entropy"):
        yield classify("iris", {"criterion": criterion, "random_state": 1})
        yield classify("tied_classes", {"criterion": criterion, "random_state": 2})
        yield classify("two_classes", {"criterion": criterion, "random_state": 3, "max_features": "sqrt"}, weights=1)
        yield classify("four_classes", {"criterion": criterion, "random_state": 4, "min_samples_leaf": 5})
        yield classify("digits", {"criterion": criterion, "random_state": 5, "max_leaf_nodes": 30})
        yield classify("moons", {"criterion": criterion, "random_state": 6, "splitter": "random"})
    yield classify("breast_cancer", {"random_state": 7, "min_weight_fraction_leaf": 0.03, "max_features": 0.5}, weights=2)
    yield classify("four_classes", {"random_state": 8, "min_impurity_decrease": 0.01, "max_leaf_nodes": 20})
    yield classify("wine", {"random_state": 9, "ccp_alpha": 0.02})
    for criterion in ("squared_error", "friedman_mse", "absolute_error", "poisson"):
        yield regress("diabetes", {"criterion": criterion, "random_state": 11, "min_samples_split": 40})
        yield regress("ties" if criterion != "poisson" else "counts", {"criterion": criterion, "random_state": 12, "max_depth": 5})
        yield regress("friedman", {"criterion": criterion, "random_state": 13, "splitter": "random", "max_depth": 5})
        # Weighted medians come out wrong in scikit-learn 1.2: when the median itself goes to the other side, the weight of
        # the next value is not taken in its place.
        weights = None if criterion == "absolute_error" else 3
        parameters = {"criterion": criterion, "random_state": 14, "max_features": 2, "max_depth": 6}
        yield regress("counts", parameters, weights=weights)
        yield regress("friedman", {"criterion": criterion, "random_state": 15, "max_leaf_nodes": 25})
    yield regress("diabetes", {"random_state": 16, "max_features": "log2", "min_samples_leaf": 0.02})
    yield regress("dependent", {"random_state": 17})
    yield regress("scales", {"random_state": 18, "min_samples_split": 0.1})
    yield regress("wide", {"random_state": 19, "max_features": "sqrt"})
    yield regress("outliers", {"random_state": 20, "ccp_alpha": 5.0})
    yield regress("one_feature", {"random_state": 21})
    yield regress("one_row", {"random_state": 22})


write_cases("exact_trees", cases())
