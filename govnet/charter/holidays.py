"""The public holidays of a place, from a library's tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=64)
def public_holidays(place: str, year: int) -> Mapping[date, str]:
    """Each public holiday of a place ("GB-ENG", "IE") in a year, with its name there."""
    from holidays import country_holidays

    country, _dash, part = place.partition("-")
    return dict(country_holidays(country, subdiv=part or None, years=year))
