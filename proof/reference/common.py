"""What the scripts that make reference values share. One thread, Debian's numpy, scipy and scikit-learn."""
import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json
import pathlib

import numpy as np


def plain(value):
    """The value as JSON can hold it: arrays as lists, floats with all their digits."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, np.floating):
        return float(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.bool_):
        return bool(value)
    return value


def write(name, values):
    """Writes NAME.json beside this file, with the versions that made it."""
    versions = {"numpy": np.__version__}
    for module in ("scipy", "sklearn"):
        try:
            versions[module] = __import__(module).__version__
        except ImportError:
            pass
    path = pathlib.Path(__file__).parent / f"{name}.json"
    path.write_text(json.dumps({"versions": versions, **plain(values)}, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size)


def single(array):
    """The values as the engine sees them: rounded to float32, held as float64."""
    return np.asarray(array, dtype=np.float32).astype(np.float64)


def short(array):
    """The float32 values with the fewest digits that identify them; what reads them must round to float32."""
    flat = [float(str(value)) for value in np.asarray(array, dtype=np.float32).ravel()]
    return np.array(flat).reshape(np.shape(array))
