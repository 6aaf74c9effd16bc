"""Parameters and defaults of every class that serves as a reference. Run: python3 proof/reference/make_parameters.py"""
from common import plain, write

import importlib
import inspect
import math
import pathlib
import re

from cases import defaults_of

ENGINE = pathlib.Path(__file__).parents[2] / "compute/engine/src/estimators"
REFERENCES = sorted(
    {name for file in ENGINE.rglob("index.ts") for name in re.findall(r"reference: '([\w.]+)'", file.read_text())}
)

# xgboost's wrappers leave these None and mean what the library documents. `objective` is a default of the class.
XGBOOST = {
    "base_score": 0.5,
    "booster": "gbtree",
    "colsample_bylevel": 1,
    "colsample_bynode": 1,
    "colsample_bytree": 1,
    "gamma": 0,
    "grow_policy": "depthwise",
    "learning_rate": 0.3,
    "max_bin": 256,
    "max_cat_threshold": 64,
    "max_cat_to_onehot": 4,
    "max_delta_step": 0,
    "max_depth": 6,
    "max_leaves": 0,
    "min_child_weight": 1,
    "n_estimators": 100,
    "num_parallel_tree": 1,
    "random_state": 0,
    "reg_alpha": 0,
    "reg_lambda": 1,
    "sampling_method": "uniform",
    "scale_pos_weight": 1,
    "subsample": 1,
    "tree_method": "auto",
}


def said(value):
    """The value as JSON holds it; what JSON does not know is said in words."""
    value = plain(value)
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    if value is None or isinstance(value, (bool, int, float, str, list)):
        return value
    if isinstance(value, type):
        return {"type": value.__name__}
    return {"object": getattr(value, "__name__", type(value).__name__)}


def parameters_of(reference):
    module, name = reference.rsplit(".", 1)
    try:
        model = getattr(importlib.import_module(module), name)
    except ImportError:
        return None
    if module != "xgboost":
        return {name: said(value) for name, value in defaults_of(model).items()}
    own = {name: value.default for name, value in inspect.signature(model.__init__).parameters.items()}
    constructed = model().get_params()
    return {
        name: said(XGBOOST.get(name) if value is None else value)
        for name, value in sorted({**constructed, **{k: v for k, v in own.items() if v is not inspect._empty}}.items())
    }


if __name__ == "__main__":
    found = {reference: parameters_of(reference) for reference in REFERENCES}
    write("parameters", {"classes": {reference: values for reference, values in found.items() if values is not None}})
