"""The tables that reference values are made on. Run it to write tables.json, which the tests read.

Features are float32 values (held as float64), targets are float32 values or class numbers from 0.
"""
from common import short, single, write

import numpy as np
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
    make_blobs,
    make_classification,
    make_friedman1,
    make_moons,
    make_regression,
)


def regression(features, target):
    return {"features": single(features), "target": single(target), "classes": 0}


def classification(features, target):
    return {"features": single(features), "target": np.asarray(target, dtype=int), "classes": int(np.max(target)) + 1}


def unlabelled(features):
    return {"features": single(features), "target": np.array([]), "classes": 0}


def _tables():
    random = np.random.RandomState(20)
    # Regression.
    yield "diabetes", regression(*load_diabetes(return_X_y=True, scaled=False))
    features, target = make_regression(300, 10, n_informative=6, noise=5.0, bias=3.0, random_state=1)
    yield "regression", regression(features, target)
    features, target = make_friedman1(300, 8, noise=0.5, random_state=2)
    yield "friedman", regression(features, target)
    features, target = make_regression(60, 100, n_informative=10, noise=1.0, random_state=3)
    yield "wide", regression(features, target)
    # Column 3 is the sum of 0 and 1, 4 repeats 2, 5 is constant.
    features = random.standard_normal((80, 6)).round(3)
    features[:, 3] = features[:, 0] + features[:, 1]
    features[:, 4] = features[:, 2]
    features[:, 5] = 7.0
    features = single(features)
    features[:, 3] = single(features[:, 0] + features[:, 1])
    yield "dependent", regression(features, features[:, 0] - 2 * features[:, 2] + 0.1 * random.standard_normal(80))
    # Scales from 1e-4 to 1e5.
    features = random.standard_normal((120, 5))
    target = features @ np.array([1.0, -2.0, 0.5, 3.0, 0.0]) + 0.1 * random.standard_normal(120)
    yield "scales", regression(features * np.array([1e-4, 1e-2, 1.0, 1e3, 1e5]), target)
    # Few distinct values, so that splits and distances are tied.
    features = random.randint(0, 4, (150, 4))
    yield "ties", regression(features, features[:, 0] * 2.0 - features[:, 1] + random.randint(0, 2, 150))
    features = single(random.standard_normal((200, 6)))
    target = single(features[:, 0] * 2 + np.abs(features[:, 1]) + 0.1 * random.standard_normal(200))
    features[random.uniform(size=features.shape) < 0.15] = np.nan
    yield "gaps", regression(features, target)
    # One row in ten is far off the line.
    features = single(random.standard_normal((200, 4)))
    target = features @ np.array([3.0, -1.0, 2.0, 0.5]) + 1.0 + 0.1 * random.standard_normal(200)
    outliers = random.choice(200, 20, replace=False)
    target[outliers] += random.choice([-1.0, 1.0], 20) * random.uniform(20, 60, 20)
    yield "outliers", regression(features, target)
    yield "one_feature", regression(np.linspace(-2, 3, 50).reshape(-1, 1), np.sin(np.linspace(-2, 3, 50)) + 0.5)
    yield "one_row", regression(np.array([[1.0, 2.0, 3.0]]), np.array([4.0]))
    features = single(random.gamma(2.0, 1.0, (250, 5)))
    yield "counts", regression(features, random.poisson(np.exp(0.3 * features[:, 0] - 0.2 * features[:, 1])))
    # Classification.
    yield "iris", classification(*load_iris(return_X_y=True))
    yield "wine", classification(*load_wine(return_X_y=True))
    yield "breast_cancer", classification(*load_breast_cancer(return_X_y=True))
    features, target = load_digits(return_X_y=True)
    yield "digits", classification(features[:400], target[:400])
    features, target = make_classification(400, 12, n_informative=5, n_redundant=2, flip_y=0.05, random_state=4)
    yield "two_classes", classification(features, target)
    features, target = make_classification(
        400, 12, n_informative=6, n_classes=4, n_clusters_per_class=1, class_sep=1.2, random_state=5
    )
    yield "four_classes", classification(features, target)
    features, target = make_classification(300, 6, weights=[0.9], flip_y=0.02, random_state=6)
    yield "unbalanced", classification(features, target)
    features, target = make_moons(300, noise=0.15, random_state=7)
    yield "moons", classification(features, target)
    features = random.randint(0, 4, (200, 5))
    yield "tied_classes", classification(features, (features[:, 0] + random.randint(0, 3, 200) > 3).astype(int))
    features = single(random.standard_normal((240, 6)))
    target = (features[:, 0] + features[:, 1] * features[:, 2] > 0).astype(int)
    features[random.uniform(size=features.shape) < 0.15] = np.nan
    yield "gaps_classes", classification(features, target)
    # Clustering.
    yield "blobs", unlabelled(make_blobs(300, 4, centers=5, cluster_std=1.0, random_state=8)[0])
    yield "overlapping_blobs", unlabelled(make_blobs(300, 3, centers=6, cluster_std=2.5, random_state=9)[0])
    yield "moons_only", unlabelled(make_moons(200, noise=0.05, random_state=10)[0])
    yield "duplicates", unlabelled(np.repeat([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0]], [4, 3, 5], axis=0))
    yield "noise", unlabelled(random.standard_normal((150, 2)))


def _stored(value):
    """As tables.json holds it and its readers round it, so that both sides see the same numbers."""
    return value if value.dtype == int else single(short(value)) if value.size else value


TABLES = {name: {**table, "target": _stored(table["target"])} for name, table in _tables()}


def weights_of(rows, seed=0):
    """Weights for a table of so many rows: multiples of 1/4 from 0 to 2, which float32 holds exactly."""
    return np.random.RandomState(seed).randint(0, 9, rows) / 4.0


if __name__ == "__main__":
    write(
        "tables",
        {
            name: {
                "features": [[None if np.isnan(value) else value for value in row] for row in short(table["features"])],
                "target": table["target"] if table["classes"] else short(table["target"]),
                "classes": table["classes"],
            }
            for name, table in TABLES.items()
        },
    )
