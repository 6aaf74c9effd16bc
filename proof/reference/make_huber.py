"""HuberRegressor at its optimum on the shared tables. Run: python3 proof/reference/make_huber.py"""
from cases import case, write_cases
from linear_model import weighted_sum

import numpy as np
from scipy import optimize
from sklearn.linear_model import HuberRegressor
from sklearn.linear_model._huber import _huber_loss_and_gradient


class AtOptimum(HuberRegressor):
    """The reference's fit stops early; its own loss is minimized further, in features of unit deviation."""

    def fit(self, X, y, sample_weight=None):
        weights = np.ones(len(y)) if sample_weight is None else sample_weight
        deviations = X.std(axis=0) if self.fit_intercept else np.sqrt((X**2).mean(axis=0))
        deviations[deviations == 0] = 1
        units = np.concatenate([1 / deviations, [1.0] * (2 if self.fit_intercept else 1)])
        shifts = X.mean(axis=0) if self.fit_intercept else np.zeros(X.shape[1])
        start = np.zeros(len(units))
        start[-1] = y.std()

        def value(point):
            loss, gradient = _huber_loss_and_gradient(point * units, X - shifts, y, self.epsilon, self.alpha, weights)
            return loss / len(y), gradient * units / len(y)

        bounds = [(None, None)] * (len(units) - 1) + [(1e-12, None)]
        for _ in range(20):
            found = optimize.minimize(
                value, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 5000, "gtol": 1e-13, "ftol": 0}
            )
            start = found.x
        print(np.abs(found.jac).max(), end=" ")
        point = found.x * units
        self.coef_, self.scale_ = point[: X.shape[1]], point[-1]
        self.intercept_ = point[-2] - shifts @ self.coef_ if self.fit_intercept else 0.0
        self.outliers_ = np.abs(y - self.predict(X)) > self.scale_ * self.epsilon
        self.n_iter_ = 0
        return self


def extract(model, features, target):
    return {**weighted_sum(model, features, target), "scale": model.scale_, "outliers": int(model.outliers_.sum())}


CASES = [
    ("outliers", {}, None),
    ("outliers", {"epsilon": 1.1, "alpha": 0.5}, None),
    ("outliers", {"fit_intercept": False}, None),
    ("outliers", {"epsilon": 10.0, "alpha": 0.0}, 1),
    ("outliers", {}, 2),
    ("regression", {}, None),
    ("regression", {"alpha": 20.0}, 3),
    ("diabetes", {}, None),
    ("diabetes", {"epsilon": 1.8, "alpha": 1.0}, 4),
    ("friedman", {}, None),
    ("scales", {"alpha": 1e-3}, None),
    ("counts", {"epsilon": 1.2}, 5),
    ("ties", {"epsilon": 1.5}, None),
    ("one_feature", {}, None),
]

if __name__ == "__main__":
    write_cases(
        "huber",
        [
            case("regression", table, AtOptimum, extract, parameters, weights=weights)
            for table, parameters, weights in CASES
        ],
    )
