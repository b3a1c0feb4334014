"""The blueprint that the feature's views share."""

from flask import Blueprint

bp = Blueprint("membership", __name__)
