#!/usr/bin/python3
"""Reference values of the metrics, from scikit-learn: ordinary cases and the edges where a definition decides.

    /usr/bin/python3 proof/reference/make_metrics.py
"""
import warnings

from common import np, plain, single, write
from scipy.spatial.distance import cdist
from sklearn import metrics

warnings.simplefilter("ignore")
random = np.random.RandomState(7)


def regression(truth, predicted):
    return {
        "truth": truth,
        "predicted": predicted,
        "expected": {
            "r2": metrics.r2_score(truth, predicted),
            "mean_absolute_error": metrics.mean_absolute_error(truth, predicted),
            "mean_squared_error": metrics.mean_squared_error(truth, predicted),
        },
    }


def labels(truth, predicted, average):
    score = {"average": average, "zero_division": 0}
    return {
        "truth": truth,
        "predicted": predicted,
        "average": average,
        "expected": {
            "f1": metrics.f1_score(truth, predicted, **score),
            "precision": metrics.precision_score(truth, predicted, **score),
            "recall": metrics.recall_score(truth, predicted, **score),
            "accuracy": metrics.accuracy_score(truth, predicted),
            "mcc": metrics.matthews_corrcoef(truth, predicted),
        },
    }


def scores(truth, values):
    return {"truth": truth, "scores": values, "roc_auc": metrics.roc_auc_score(truth, values)}


def loss(truth, p, dtype):
    p = np.asarray(p, dtype=dtype)
    return {
        "truth": truth,
        "probabilities": p.astype(np.float64),
        "epsilon": np.finfo(dtype).eps,
        "log_loss": metrics.log_loss(truth, p, labels=[0, 1]),
    }


def clusters(points, assigned):
    # Distances straight from differences: scikit-learn's own shortcut loses digits for near points.
    points = single(points)
    distances = cdist(points, points)
    return {
        "features": points.shape[1],
        "values": points.ravel(),
        "labels": assigned,
        "silhouette": metrics.silhouette_score(distances, assigned, metric="precomputed"),
    }


truth = random.normal(size=200) * 3 + 10
binary = random.randint(0, 2, 150)
many = random.randint(0, 6, 300)
flip = lambda values, classes: np.where(random.uniform(size=len(values)) < 0.3, random.randint(0, classes, len(values)), values)
blobs = np.concatenate([random.normal(loc=at, size=(40, 3)) for at in ((0, 0, 0), (4, 0, 1), (0, 5, 5))])

write("metrics", {
    "regression": {
        "noise": regression(truth, truth + random.normal(size=200)),
        "worse than the mean": regression(truth, -truth),
        "exact": regression(truth, truth),
        "constant truth, missed": regression(np.full(5, 3.0), np.arange(5.0)),
        "constant truth, met": regression(np.full(5, 3.0), np.full(5, 3.0)),
        "two rows": regression(np.array([1.0, 2.0]), np.array([1.5, 1.5])),
    },
    "labels": {
        "binary": labels(binary, flip(binary, 2), "binary"),
        "binary, class 1 never predicted": labels(binary, np.zeros_like(binary), "binary"),
        "binary, class 1 not in the truth": labels(np.zeros_like(binary), flip(binary, 2), "binary"),
        "binary, only class 1 in the truth": labels(np.ones_like(binary), flip(binary, 2), "binary"),
        "binary, exact": labels(binary, binary, "binary"),
        "macro": labels(many, flip(many, 6), "macro"),
        "macro, a class never predicted": labels(many, np.where(many == 3, 2, many), "macro"),
        "macro, a class not in the truth": labels(np.where(many == 3, 2, many), flip(many, 6), "macro"),
        "macro, one class predicted": labels(many, np.full_like(many, 4), "macro"),
        "macro, a class nowhere": labels(np.where(many == 1, 0, many), np.where(many == 1, 2, many), "macro"),
    },
    "roc_auc": {
        "scores": scores(binary, random.normal(size=150) + binary),
        "ties": scores(binary, np.round(random.normal(size=150) + binary)),
        "all tied": scores(binary, np.zeros(150)),
        "wrong way round": scores(binary, -binary.astype(float)),
    },
    "log_loss": {
        "float64": loss(binary, np.clip(random.uniform(size=150) * 0.5 + binary * 0.5, 0, 1), np.float64),
        "float32": loss(binary, np.clip(random.uniform(size=150) * 0.5 + binary * 0.5, 0, 1), np.float32),
        "certain and wrong": loss(binary, 1.0 - binary, np.float64),
        "one class in the truth": loss(np.zeros_like(binary), random.uniform(size=150), np.float64),
    },
    "silhouette": {
        "blobs": clusters(blobs, np.repeat([0, 1, 2], 40)),
        "at random": clusters(blobs, random.randint(0, 4, 120)),
        "a cluster of one row": clusters(blobs, np.where(np.arange(120) == 17, 7, np.repeat([0, 1, 2], 40))),
        "equal points": clusters(np.repeat(blobs[:10], 3, axis=0), np.repeat(np.arange(10), 3)),
    },
})
