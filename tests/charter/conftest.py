"""Browsers for these pages."""

from tests.offices.conftest import client as client
