"""Reference values of numpy's RandomState. Run: python3 proof/reference/make_random.py"""
import numpy as np

from common import write

SEEDS = [0, 1, 42, 123456789, 2**32 - 1, [1], [7, 0, 4294967295], list(range(700))]
RANGES = [(0, 1), (0, 2), (0, 10), (-5, 6), (0, 1000003), (0, 2**32 - 1), (0, 2**32), (0, 2**32 + 1), (-(2**40), 2**45)]


def case(seed):
    state = np.random.RandomState(seed)
    return {
        "seed": seed,
        "doubles": state.random_sample(20),
        "integers": [{"low": low, "high": high, "values": state.randint(low, high, size=12)} for low, high in RANGES],
        "permutation": state.permutation(50),
        "choice": state.choice(30, 7, replace=False),
        "normals": state.standard_normal(15),
        "after": state.random_sample(700)[-1],
    }


write("random", {"cases": [case(seed) for seed in SEEDS]})
