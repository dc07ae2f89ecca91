"""What each engine says of the lawful tables, a bad case or an oddity, judged once a session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from bowerman_data.schemas.verdicts import Verdict
from tests.cases import CASES
from tests.engines import run
from tests.lawful import LAWFUL
from tests.oddities import ODDITIES
from tests.tables import Tables

__all__ = ["judged"]

_CHANGES: dict[str, Callable[[Tables], Tables]] = {case.name: case.change for case in CASES} | ODDITIES
_SHIPPED = {case.name for case in CASES if case.shipped} | {"lawful"}


def _changed(name: str) -> Tables:
    return LAWFUL if name == "lawful" else _CHANGES[name](LAWFUL)


@cache
def judged(engine: str, name: str) -> tuple[Verdict, ...]:
    """The verdicts of an engine on the lawful tables changed as a case or an oddity says."""
    return tuple(run(engine, _changed(name), shipped=name in _SHIPPED))
