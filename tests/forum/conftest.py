"""Fixtures for the forum's page tests."""

from __future__ import annotations

import pytest

from tests.forum.stage import Forum


@pytest.fixture
def forum(client, app):
    return Forum(app)
