"""Addresses for monitors."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, current_app, jsonify, request

from govnet.kernel.outage import Unavailable
from govnet.kernel.url_converters import HEALTH, METRICS, READY
from govnet.operations import queries
from govnet.operations.health import metrics, status
from govnet.permissions import Can, allows

bp = Blueprint("health", __name__)
blueprints = (bp,)


@bp.get(HEALTH)
@allows(Can.READ)
def healthz() -> Response:
    """For a balancer: 200 while this process answers and the database can be written; 503 and why not."""
    outage = status.outage()
    if outage is not None:
        raise Unavailable(outage)
    return Response(f"ok\n{queries.duties_set_aside()}", mimetype="text/plain")


@bp.get(READY)
@allows(Can.READ)
def readyz() -> Response:
    """For an alarm: 200 while all of it works, the worker, mail, disk and Redis included; 503, and which does not."""
    parts = status.parts()
    unfit = [name for name, part in parts.items() if not part["ok"]]
    response = jsonify(ready=not unfit, look_at=unfit, parts=parts)
    response.status_code = 503 if unfit else 200
    return response


@bp.get(METRICS)
@allows(Can.READ)
def numbers() -> Response:
    """For Prometheus, by METRICS_TOKEN: how often, how long, how many. Without that setting there is no such page."""
    token = current_app.config["METRICS_TOKEN"]
    if not token:
        abort(404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return Response("A token is needed.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    return Response(metrics.text(), content_type=metrics.KIND)
