"""The one blueprint that the files of views share."""

from flask import Blueprint

bp = Blueprint("letters", __name__)
