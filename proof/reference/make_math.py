"""exp, log, log1p, tanh and erf as float64 pairs high + low, from 80-bit arithmetic or mpmath. Run: python3 proof/reference/make_math.py"""
import mpmath
import numpy as np

from common import write


def pairs(function, points):
    exact = function(points.astype(np.longdouble))
    high = exact.astype(np.float64)
    return {"x": points, "high": high, "low": (exact - high).astype(np.float64)}


def pairs_by_mpmath(function, points):
    with mpmath.workdps(40):
        exact = [function(mpmath.mpf(float(x))) for x in points]
        high = [float(value) for value in exact]
        return {"x": points, "high": high, "low": [float(value - one) for value, one in zip(exact, high)]}


random = np.random.RandomState(1)
near = np.concatenate([random.uniform(-1, 1, 150), random.uniform(-1e-5, 1e-5, 50)])
exponents = random.uniform(-708, 709, 250)
logarithms = np.exp(random.uniform(-708, 709, 250))
arguments = np.exp(random.uniform(-80, 709, 250))
sizes = np.exp(random.uniform(-40, 3.2, 200)) * random.choice([-1, 1], 200)
write(
    "math",
    {
        "exp": pairs(np.exp, np.concatenate([near, exponents])),
        "log": pairs(np.log, np.concatenate([np.exp(near), logarithms, [5e-324, 1e-310]])),
        "log1p": pairs(np.log1p, np.concatenate([near * 0.999, arguments])),
        "tanh": pairs(np.tanh, np.concatenate([near, sizes])),
        "erf": pairs_by_mpmath(mpmath.erf, np.concatenate([near, sizes[np.abs(sizes) < 6.1]])),
    },
)
