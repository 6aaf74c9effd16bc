"""Cases of reference values: a model of the reference implementation fitted to one of the tables."""
import inspect
import warnings

from common import write
from tables import TABLES, weights_of

warnings.filterwarnings("ignore")


def case(task, table, model, extract, parameters=None, *, weights=None, note=None, **fixed):
    """One case. `model` is the class; `parameters` go to both sides, `fixed` only to the reference.

    `weights` is a seed of `weights_of`. `extract(fitted, features, target)` gives what the test compares, a dict.
    """
    data = TABLES[table]
    parameters = parameters or {}
    supervised = task in ("regression", "classification")
    arguments = [data["features"], data["target"]] if supervised else [data["features"]]
    more = {}
    entry = {"task": task, "table": table, "parameters": parameters}
    if weights is not None:
        more["sample_weight"] = weights_of(len(data["features"]), weights)
        entry["weights"] = more["sample_weight"]
    if note:
        entry["note"] = note
    fitted = model(**parameters, **fixed).fit(*arguments, **more)
    return {**entry, "expected": extract(fitted, data["features"], data["target"])}


def write_cases(name, cases):
    """Writes NAME.json with the cases."""
    write(name, {"cases": list(cases)})


def defaults_of(model):
    """The reference's parameters and their defaults, to compare a declaration with."""
    signature = inspect.signature(model.__init__)
    return {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if name != "self" and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
