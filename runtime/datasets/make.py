#!/usr/bin/python3
"""Writes the bundled data sets, one JSON file each, from the copies that scikit-learn carries.

    /usr/bin/python3 runtime/datasets/make.py

Columns, their order and their units are those of PostgresML: diabetes in raw units, breast cancer with the
label `malignant`, which is true where scikit-learn's target is 0. One row to a line.
"""
import json
from pathlib import Path

from sklearn import datasets

HERE = Path(__file__).parent


def plain(value):
    """The shortest number that reads back as `value`, whole numbers without a point."""
    return int(value) if float(value).is_integer() else float(value)


def write(name, columns, rows):
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    heads = ",\n".join(json.dumps({"name": column, "type": kind}) for column, kind in columns)
    (HERE / f"{name}.json").write_text(f'{{"columns":[\n{heads}\n],"rows":[\n{lines}\n]}}\n')
    print(name, len(rows), "rows", len(columns), "columns")


def table(data, names, labels, label_columns):
    columns = [(name, "real") for name in names] + label_columns
    rows = [[plain(x) for x in row] + label for row, label in zip(data, labels)]
    return columns, rows


cancer = datasets.load_breast_cancer()
write("breast_cancer", *table(cancer.data, cancer.feature_names, [[bool(t == 0)] for t in cancer.target],
                              [("malignant", "boolean")]))

diabetes = datasets.load_diabetes(scaled=False)
write("diabetes", *table(diabetes.data, diabetes.feature_names, [[plain(t)] for t in diabetes.target],
                         [("target", "real")]))

digits = datasets.load_digits()
write("digits", [("image", "smallint[]"), ("target", "smallint")],
      [[[[int(x) for x in line] for line in image], int(t)] for image, t in zip(digits.images, digits.target)])

iris = datasets.load_iris()
write("iris", *table(iris.data, ["sepal_length", "sepal_width", "petal_length", "petal_width"],
                     [[int(t)] for t in iris.target], [("target", "integer")]))

linnerud = datasets.load_linnerud()
write("linnerud", [(name, "real") for name in ["chins", "situps", "jumps", "weight", "waist", "pulse"]],
      [[plain(x) for x in [*data, *target]] for data, target in zip(linnerud.data, linnerud.target)])

wine = datasets.load_wine()
# PostgresML's table has hue before color_intensity.
wine_names = [
    "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
    "nonflavanoid_phenols", "proanthocyanins", "hue", "color_intensity", "od280/od315_of_diluted_wines", "proline",
]
wine_order = [wine.feature_names.index(name) for name in wine_names]
write("wine", *table(wine.data[:, wine_order], wine_names, [[int(t)] for t in wine.target], [("target", "integer")]))
