"""Browsers for the pages of offices."""

import pytest

from tests.offices.browser import a_browser


@pytest.fixture
def client(app, time):
    return a_browser(app)
