"""Browsers for the pages of announcements."""

import pytest

from tests.offices.browser import a_browser


@pytest.fixture
def client(app, time):
    return a_browser(app)
