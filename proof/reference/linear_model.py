"""What is compared of linear models."""
import numpy as np


def weighted_sum(model, features, target):
    """Coefficients, intercept, iterations and the first predictions."""
    return {
        "coefficients": np.ravel(model.coef_),
        "intercept": float(np.ravel(model.intercept_)[0]),
        "iterations": int(np.ravel(model.n_iter_)[0]),
        "predictions": np.ravel(model.predict(features))[:50],
    }


def path(model, features, target):
    """Also the penalties along the path."""
    return {**weighted_sum(model, features, target), "alphas": np.ravel(model.alphas_)}
