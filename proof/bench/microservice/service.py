"""The other side: a prediction service as it is usually written, Flask behind gunicorn, with its features in Redis.

Environment: MODEL (an xgboost model file), REDIS (a unix socket), INPUT (how a row is given to xgboost: see `inputs`).
"""
import os

import numpy
import redis
import xgboost
from flask import Flask

booster = xgboost.Booster()
booster.load_model(os.environ["MODEL"])
booster.set_param({"nthread": 1})
store = redis.Redis(unix_socket_path=os.environ["REDIS"])

inputs = {
    "inplace": lambda row: booster.inplace_predict(row),
    "DMatrix": lambda row: booster.predict(xgboost.DMatrix(row, nthread=1)),
}
predict = inputs[os.environ["INPUT"]]
app = Flask(__name__)


@app.get("/predict/<int:entity>")
def answer(entity):
    row = numpy.frombuffer(store.get(entity), dtype=numpy.float32).reshape(1, -1)
    return str(float(predict(row)[0])), {"Content-Type": "text/plain"}
