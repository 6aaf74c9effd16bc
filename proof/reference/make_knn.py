"""k nearest neighbours. Run: /usr/bin/python3 proof/reference/make_knn.py"""
from cases import case, write_cases

from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

ROWS = 15


def regression(model, features, target):
    distances, _ = model.kneighbors(features[:ROWS])
    return {"distances": distances, "predictions": model.predict(features[:ROWS])}


def classification(model, features, target):
    return {**regression(model, features, target), "probabilities": model.predict_proba(features[:ROWS])}


# The tables with tied distances are left out: which of the equally near rows count is not defined.
CASES = [
    ("regression", "diabetes", {}),
    ("regression", "regression", {"n_neighbors": 1}),
    ("regression", "regression", {"n_neighbors": 12, "weights": "distance"}),
    ("regression", "friedman", {"metric": "manhattan"}),
    ("regression", "friedman", {"metric": "chebyshev", "n_neighbors": 3}),
    ("regression", "friedman", {"p": 3, "weights": "distance"}),
    ("regression", "friedman", {"metric": "cosine"}),
    ("regression", "wide", {"n_neighbors": 4}),
    ("regression", "scales", {}),
    ("regression", "one_feature", {"n_neighbors": 2}),
    ("regression", "one_row", {"n_neighbors": 1}),
    ("classification", "wine", {}),
    ("classification", "digits", {"n_neighbors": 3}),
    ("classification", "breast_cancer", {"weights": "distance"}),
    ("classification", "breast_cancer", {"n_neighbors": 15, "p": 1}),
    ("classification", "two_classes", {"metric": "cosine", "n_neighbors": 7}),
    ("classification", "four_classes", {"p": 1.5}),
    ("classification", "four_classes", {"n_neighbors": 60}),
    ("classification", "moons", {"metric": "chebyshev"}),
    ("classification", "unbalanced", {"n_neighbors": 9, "weights": "distance"}),
]

MODELS = {"regression": (KNeighborsRegressor, regression), "classification": (KNeighborsClassifier, classification)}


def algorithm(parameters):
    # By brute force scikit-learn takes squared distances from inner products, which costs digits.
    return "brute" if parameters.get("metric") == "cosine" else "ball_tree"


write_cases(
    "knn",
    [
        case(task, table, *MODELS[task], parameters, algorithm=algorithm(parameters))
        for task, table, parameters in CASES
    ],
)
