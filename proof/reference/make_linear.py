"""LinearRegression and LogisticRegression on float32 data. Run: python3 proof/reference/make_linear.py"""
from common import short, single, write

import warnings

import numpy as np
from scipy.special import expit, softmax
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.linear_model import LinearRegression, LogisticRegression

warnings.filterwarnings("ignore")
random = np.random.RandomState(5)

diabetes = load_diabetes(scaled=False)
scaled = load_diabetes().data
raw = single(diabetes.data)
duplicated = np.hstack([raw[:, :4], raw[:, 1:3], np.full((len(raw), 1), 7.5)])
summed = np.hstack([raw[:, :3], raw[:, :1] + 2 * raw[:, 1:2]])
noise = single(random.standard_normal((12, 30)))
spread = single(random.standard_normal((60, 4)) * [1e-6, 1, 1e4, 1e7] + [3e-6, 0, 5e5, -2e8])

REGRESSIONS = {
    "diabetes raw": (raw, diabetes.target, {}),
    "diabetes scaled": (single(scaled), diabetes.target, {}),
    "diabetes without intercept": (raw, diabetes.target, {"fit_intercept": False}),
    "duplicate and constant columns": (duplicated, diabetes.target, {}),
    "duplicate and constant columns without intercept": (duplicated, diabetes.target, {"fit_intercept": False}),
    "a column that is the sum of others": (summed, diabetes.target, {}),
    "more features than rows": (noise, noise[:, 0] * 3 + noise[:, 7], {}),
    "more features than rows without intercept": (noise, noise[:, 0] * 3 + 1, {"fit_intercept": False}),
    "scales from 1e-6 to 1e7": (spread, spread[:, 0] * 1e6 + spread[:, 1] + spread[:, 3] * 1e-7, {}),
    "positive": (single(scaled), diabetes.target, {"positive": True}),
    "positive without intercept": (raw, diabetes.target, {"positive": True, "fit_intercept": False}),
    "positive, duplicate and constant columns": (duplicated, diabetes.target, {"positive": True}),
    "one feature": (raw[:, 2:3], diabetes.target, {}),
    "one row": (raw[:1, :3], diabetes.target[:1], {}),
}

# The same arrays under one name, so that the file holds each once.
tables = {}


def table(values):
    values = short(values)
    for name, known in tables.items():
        if known.shape == values.shape and (known == values).all():
            return name
    name = f"table{len(tables)}"
    tables[name] = values
    return name


def regression(name, x, y, parameters):
    y = single(y)
    model = LinearRegression(**parameters).fit(x, y)
    return {
        "name": name,
        "features": table(x),
        "target": table(y),
        "parameters": parameters,
        "coefficients": model.coef_,
        "intercept": float(model.intercept_),
        "predictions": model.predict(x)[:20],
    }


def derivatives(x, y, coefficients, weights, inverse_c, mask):
    """Gradient and Hessian of the multinomial model; coefficients is classes × (features + 1)."""
    ones = np.hstack([x, np.ones((len(x), 1))])
    classes = len(coefficients)
    p = softmax(ones @ coefficients.T, axis=1)
    residual = (p - np.eye(classes)[y]) * weights[:, None]
    gradient = residual.T @ ones + inverse_c * mask * coefficients
    size = coefficients.size
    hessian = np.zeros((classes, ones.shape[1], classes, ones.shape[1]))
    for k in range(classes):
        for l in range(classes):
            d = weights * p[:, k] * ((k == l) - p[:, l])
            hessian[k, :, l, :] = (ones * d[:, None]).T @ ones
    hessian = hessian.reshape(size, size) + inverse_c * np.diag(mask.ravel())
    return gradient, hessian


def polish_multinomial(x, y, coefficients, intercept, weights, inverse_c):
    """Newton's method in float64 from scikit-learn's answer: the optimum to the last digits."""
    fit_intercept = np.any(intercept != 0)
    full = np.hstack([coefficients, intercept[:, None]])
    mask = np.ones_like(full)
    mask[:, -1] = 0
    for _ in range(6):
        gradient, hessian = derivatives(x, y, full, weights, inverse_c, mask)
        keep = np.ones(full.shape, bool)
        keep[:, -1] = fit_intercept
        keep = keep.ravel()
        step = np.zeros(full.size)
        step[keep] = np.linalg.lstsq(hessian[np.ix_(keep, keep)], gradient.ravel()[keep], rcond=1e-14)[0]
        full = full - step.reshape(full.shape)
    assert np.abs(step).max() < 1e-9 * max(1, np.abs(full).max()), np.abs(step).max()
    return full[:, :-1], full[:, -1]


def polish_binary(x, y, coefficients, intercept, weights, inverse_c, fit_intercept):
    ones = np.hstack([x, np.full((len(x), 1), float(fit_intercept))])
    scale = np.sqrt((ones**2).mean(axis=0))
    scale[scale == 0] = 1
    ones = ones / scale
    full = np.append(coefficients, intercept) * scale
    penalty = np.append(np.full(x.shape[1], inverse_c), 0) / scale**2
    for _ in range(8):
        p = expit(ones @ full)
        gradient = ones.T @ (weights * (p - y)) + penalty * full
        hessian = (ones * (weights * p * (1 - p))[:, None]).T @ ones + np.diag(penalty)
        if not fit_intercept:
            hessian[-1, -1] = 1
        step = np.linalg.solve(hessian, gradient)
        full = full - step
    assert np.abs(step).max() < 1e-9 * np.abs(full).max(), np.abs(step).max()
    full = full / scale
    return full[:-1], full[-1]


def balanced(y):
    return (len(y) / (len(np.unique(y)) * np.bincount(y)))[y]


def classification(name, x, y, parameters):
    defaults = {"C": 1.0, "penalty": "l2", "fit_intercept": True, "class_weight": None, "multi_class": "auto"}
    full = {**defaults, **parameters}
    classes = len(np.unique(y))
    multinomial = classes > 2 and full["multi_class"] != "ovr"
    solver = "newton-cg" if multinomial or full["multi_class"] == "multinomial" else "newton-cholesky"
    given = {**full, "penalty": None if full["penalty"] == "none" else full["penalty"]}
    model = LogisticRegression(**given, solver=solver, tol=1e-12, max_iter=10000).fit(x, y)
    inverse_c = 0 if given["penalty"] is None else 1 / full["C"]
    weigh = (lambda labels: balanced(labels)) if full["class_weight"] else (lambda labels: np.ones(len(labels)))
    if multinomial:
        coefficients, intercept = polish_multinomial(x, y, model.coef_, model.intercept_, weigh(y), inverse_c)
        probabilities = softmax(x @ coefficients.T + intercept, axis=1)
    else:
        rows = []
        for k in range(1 if classes == 2 else classes):
            own = (y == (1 if classes == 2 else k)).astype(int)
            own_inverse_c = inverse_c / 2 if full["multi_class"] == "multinomial" else inverse_c
            start = (model.coef_[k], model.intercept_[k])
            factor = 2 if full["multi_class"] == "multinomial" else 1
            w, b = polish_binary(x, own, start[0] * factor, start[1] * factor, weigh(own), own_inverse_c, full["fit_intercept"])
            rows.append((w / factor, b / factor))
        coefficients = np.array([w for w, _ in rows])
        intercept = np.array([b for _, b in rows])
        z = expit(x @ coefficients.T + intercept)
        if full["multi_class"] == "multinomial":
            z = expit(2 * (x @ coefficients.T + intercept))
        probabilities = np.hstack([1 - z, z]) if classes == 2 else z / z.sum(axis=1, keepdims=True)
    distance = np.abs(coefficients - model.coef_).max() / np.abs(coefficients).max()
    print(f"{name}: scikit-learn's answer is {distance:.1e} from the optimum")
    assert distance < 1e-3 and np.abs(model.predict_proba(x) - probabilities).max() < 1e-3
    plain = LogisticRegression(**given).fit(x, y)
    return {
        "name": name,
        "features": table(x),
        "target": table(y),
        "parameters": parameters,
        "coefficients": coefficients,
        "intercepts": intercept,
        "probabilities": probabilities[::7],
        "defaultSolverDistance": float(np.abs(plain.coef_ - coefficients).max()),
    }


iris = load_iris()
iris_x = single(iris.data)
two = iris.target != 0
wine = load_wine()
cancer = load_breast_cancer()
cancer_x = single(cancer.data)
uneven = np.concatenate([np.arange(50), np.arange(50, 70), np.arange(100, 135)])

CLASSIFICATIONS = {
    "iris": (iris_x, iris.target, {}),
    "iris, C = 0.01": (iris_x, iris.target, {"C": 0.01}),
    "iris, C = 100": (iris_x, iris.target, {"C": 100}),
    "iris without intercept": (iris_x, iris.target, {"fit_intercept": False}),
    "iris one versus rest": (iris_x, iris.target, {"multi_class": "ovr"}),
    "uneven iris, balanced": (iris_x[uneven], iris.target[uneven], {"class_weight": "balanced"}),
    "uneven iris, balanced one versus rest": (
        iris_x[uneven],
        iris.target[uneven],
        {"class_weight": "balanced", "multi_class": "ovr"},
    ),
    "two irises": (iris_x[two], iris.target[two] - 1, {}),
    "two irises without penalty": (iris_x[two], iris.target[two] - 1, {"penalty": "none"}),
    "two irises, multinomial": (iris_x[two], iris.target[two] - 1, {"multi_class": "multinomial"}),
    "two irises, balanced without intercept": (
        iris_x[two][:80],
        iris.target[two][:80] - 1,
        {"class_weight": "balanced", "fit_intercept": False},
    ),
    "wine, raw": (single(wine.data), wine.target, {}),
    "breast cancer, raw": (cancer_x, cancer.target, {}),
    "breast cancer, C = 1000": (cancer_x, cancer.target, {"C": 1000}),
}

regressions = [regression(name, *case) for name, case in REGRESSIONS.items()]
classifications = [classification(name, *case) for name, case in CLASSIFICATIONS.items()]
write("linear", {"tables": tables, "regressions": regressions, "classifications": classifications})
