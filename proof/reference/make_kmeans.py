"""KMeans on float32 data. Run: python3 proof/reference/make_kmeans.py"""
from common import short, single, write

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris, load_wine, make_blobs

warnings.filterwarnings("ignore")

iris = single(load_iris().data)
wine = single(load_wine().data)
blobs, _ = make_blobs(400, 5, centers=12, cluster_std=2.0, random_state=3)
blobs = single(blobs)
noise = single(np.random.RandomState(4).standard_normal((300, 2)))
few = single(np.repeat([[0, 0], [1, 0], [5, 5]], [4, 3, 5], axis=0))
line = single(np.arange(20).reshape(-1, 1) ** 1.5)

TABLES = {"iris": iris, "wine": wine, "blobs": blobs, "noise": noise, "few": few, "line": line}

CASES = [
    ("iris", {"n_clusters": 3, "init": iris[[0, 1, 2]], "n_init": 1}),
    ("iris", {"n_clusters": 3, "random_state": 0}),
    ("iris", {"n_clusters": 8, "random_state": 1, "tol": 0}),
    ("wine", {"n_clusters": 3, "random_state": 7}),
    ("wine", {"n_clusters": 5, "init": wine[:5], "n_init": 1, "max_iter": 2}),
    ("blobs", {"n_clusters": 12, "random_state": 42}),
    ("blobs", {"n_clusters": 12, "random_state": 42, "n_init": 1}),
    ("blobs", {"n_clusters": 12, "init": "random", "random_state": 5, "n_init": 4}),
    ("blobs", {"random_state": 2, "n_init": "auto"}),
    ("blobs", {"n_clusters": 12, "init": "random", "random_state": 6, "n_init": "auto", "algorithm": "elkan"}),
    # Two of the centroids get no rows at first.
    ("blobs", {"n_clusters": 4, "init": np.array([blobs[0], blobs[1], blobs[2] + 900, blobs[3] - 900]), "n_init": 1}),
    ("noise", {"n_clusters": 8, "random_state": 0, "n_init": 3}),
    ("noise", {"n_clusters": 1, "random_state": 0}),
    ("few", {"n_clusters": 3, "random_state": 0}),
    ("line", {"n_clusters": 20, "random_state": 3, "n_init": 2}),
    ("line", {"n_clusters": 4, "random_state": 3, "tol": 0.1, "n_init": 1}),
    ("blobs", {"n_clusters": 12, "random_state": 7, "n_init": 2}, True),
    ("wine", {"n_clusters": 4, "random_state": 8, "n_init": 1}, True),
    ("noise", {"n_clusters": 20, "random_state": 9, "n_init": 3}, True),
]


def case(table, parameters, weighted=False):
    x = TABLES[table]
    # Multiples of 1/4, which float32 holds exactly; some are 0.
    weights = np.random.RandomState(9).randint(0, 9, len(x)) / 4.0 if weighted else None
    model = KMeans(**{"n_init": 10, **parameters}).fit(x, sample_weight=weights)
    return {
        **({"weights": weights} if weighted else {}),
        "table": table,
        "parameters": parameters,
        "centroids": model.cluster_centers_,
        "labels": model.labels_,
        "inertia": model.inertia_,
        "iterations": model.n_iter_,
    }


write("kmeans", {"tables": {name: short(x) for name, x in TABLES.items()}, "cases": [case(*each) for each in CASES]})
