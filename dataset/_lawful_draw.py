"""Lawful races by the thousand, drawn at random: an archive of many, for a proof rather than a test."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from bowerman_data._lawful import METRES, Plan
from bowerman_data.testing import Tables, tables_of

__all__ = ["drawn_archive", "drawn_plan"]

_FIRST_DAY = dt.date(1970, 1, 1).toordinal()
_LAST_DAY = dt.date(2026, 12, 31).toordinal()


def drawn_archive(first: int, how_many: int, seed: int) -> Tables:
    """So many different races, from the given number on, in the tables of one archive."""
    return tables_of(
        seed, [drawn_plan(Random(f"plan {seed} {i}"), f"Race {i}") for i in range(first, first + how_many)]
    )


def drawn_plan(rng: Random, name: str) -> Plan:
    """Any race that the generator can make; nothing odd in one of four."""
    drawn: dict[str, Any] = {
        "name": name,
        "seed": rng.randrange(10**9),
        "field": rng.choice((1, 2, 3, 8, 12, 16, rng.randint(1, 40))),
        "discipline": rng.choice(("mile", "mile", "1500m", "1500m", "mile-indoor", *METRES)),
        "sex": rng.choice("MWX"),
        "date": dt.date.fromordinal(rng.randint(_FIRST_DAY, _LAST_DAY)),
        "pacemakers": 0,
    }
    return Plan(**drawn) if rng.random() < 0.25 else Plan(**drawn | _stopped(rng, drawn["field"]) | _oddities(rng))


def _stopped(rng: Random, field: int) -> dict[str, Any]:
    """Those who do not finish, no more than there are."""
    found, left = {}, field
    for name in ("pacemakers", "dnf", "dq", "dns"):
        found[name] = rng.randint(0, min(left, 2))
        left -= found[name]
    return found


def _oddities(rng: Random) -> dict[str, Any]:
    odd = {
        name: rng.random() < 0.3 for name in ("scored", "pacemakers_finish", "dead_heat", "tactical", "world_record")
    }
    return odd | {
        "ties": rng.choice((0, 0, 1, 3)),
        "photo_finishes": rng.choice((0, 0, 1, 3)),
        "decimals": rng.choice((2, 2, 2, 1, 0, 3)),
        "split_decimals": rng.choice((2, 2, 1, 0, 3)),
        "splits": rng.choice(("none", "leader", "athletes", "both", "both")),
        "missing": rng.choice((0, 0, 10, 50, 90)),
    }
