"""exp, log and log1p as float64 pairs high + low, from 80-bit arithmetic. Run: python3 proof/reference/make_math.py"""
import numpy as np

from common import write


def pairs(function, points):
    exact = function(points.astype(np.longdouble))
    high = exact.astype(np.float64)
    return {"x": points, "high": high, "low": (exact - high).astype(np.float64)}


random = np.random.RandomState(1)
near = np.concatenate([random.uniform(-1, 1, 150), random.uniform(-1e-5, 1e-5, 50)])
write(
    "math",
    {
        "exp": pairs(np.exp, np.concatenate([near, random.uniform(-708, 709, 250)])),
        "log": pairs(np.log, np.concatenate([np.exp(near), np.exp(random.uniform(-708, 709, 250)), [5e-324, 1e-310]])),
        "log1p": pairs(np.log1p, np.concatenate([near * 0.999, np.exp(random.uniform(-80, 709, 250))])),
    },
)
