"""NuSVR and NuSVC. Run: python3 proof/reference/make_nu_svm.py"""
from cases import case, write_cases
from make_svm import TIGHT, classification, classifications, regression, regressions
from sklearn.svm import NuSVC, NuSVR


def cases():
    yield from regressions(NuSVR, {}, cost=1.0)
    yield case("regression", "friedman", NuSVR, regression, {**TIGHT, "nu": 0.1, "C": 5.0})
    yield case("regression", "friedman", NuSVR, regression, {**TIGHT, "nu": 1.0})
    yield from classifications(NuSVC, {"nu": 0.3})
    yield case("classification", "unbalanced", NuSVC, classification(20), {**TIGHT, "nu": 0.1})
    yield case("classification", "moons", NuSVC, classification(20), {"nu": 0.2, "probability": True, "random_state": 2}, note="tol 1e-3")


if __name__ == "__main__":
    write_cases("nu_svm", cases())
