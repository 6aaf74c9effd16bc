"""FeatureAgglomeration. Run: python3 proof/reference/make_feature_agglomeration.py"""
from cases import case, write_cases

import numpy as np
from sklearn.cluster import FeatureAgglomeration


def extract(model, features, target):
    pooled = model.transform(features)
    restored = model.inverse_transform(pooled)
    return {
        "labels": model.labels_,
        "distances": model.distances_[model.distances_.size - model.n_clusters_ + 1 :],
        "values": pooled[:5].ravel(),
        "variance": 1 - np.var(features - restored, axis=0).sum() / np.var(features, axis=0).sum(),
    }


CASES = [
    ("breast_cancer", {}),
    ("breast_cancer", {"n_clusters": 7}),
    ("breast_cancer", {"n_clusters": 6, "linkage": "complete", "metric": "manhattan"}),
    ("breast_cancer", {"n_clusters": 5, "linkage": "average", "metric": "cosine"}),
    ("breast_cancer", {"n_clusters": 8, "linkage": "single", "metric": "l1"}),
    ("breast_cancer", {"n_clusters": None, "distance_threshold": 500}),
    ("wide", {"n_clusters": 20}),
    ("wide", {"n_clusters": 15, "linkage": "average"}),
    ("wide", {"n_clusters": 10, "linkage": "complete", "affinity": "l2"}),
    ("wide", {"n_clusters": 12, "linkage": "single"}),
    ("wide", {"n_clusters": 100}),
    ("diabetes", {"n_clusters": 1}),
    ("two_classes", {"n_clusters": 4, "linkage": "single", "metric": "cosine"}),
    ("four_classes", {"n_clusters": None, "distance_threshold": 30.0, "linkage": "average"}),
]

write_cases(
    "feature_agglomeration",
    [
        case("decomposition", table, FeatureAgglomeration, extract, parameters, compute_distances=True)
        for table, parameters in CASES
    ],
)
