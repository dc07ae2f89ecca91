"""What was counted for an invariant on a table, and what one round of counting adds to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from bowerman_data.schemas._listing import Listing

__all__ = ["ENGINE_ERRORS", "Found", "Report", "Tallies", "Tally", "one_line"]

ENGINE_ERRORS = (Exception, pl.exceptions.PanicException)
"""What may go wrong inside an engine, which becomes an outcome; a panic of Polars is no Exception."""


def one_line(error: BaseException) -> str:
    """An exception as a reason of one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300]


@dataclass(slots=True)
class Found:
    """What one round found against one invariant."""

    failed: int = 0
    listed: list[pl.DataFrame] = field(default_factory=list)
    error: str | None = None


@dataclass(slots=True)
class Tally:
    """What was counted for one invariant on one table, or why nothing was."""

    failed: int = 0
    seconds: float = 0.0
    skipped: str | None = None
    error: str | None = None
    is_counted: bool = True
    listing: Listing | None = None

    def add(self, found: Found) -> None:
        """Count what a round has found; an invariant that could not run has counted nothing."""
        if found.error is not None:
            self.error, self.failed, self.listing = found.error, 0, None
        if self.error is None:
            self.failed += found.failed
            for listed in found.listed:
                if self.listing is not None:
                    self.listing.add(listed)

    @property
    def is_open(self) -> bool:
        """Whether there are rows to judge."""
        return self.is_counted and self.skipped is None and self.error is None


Tallies = dict[str, Tally]


class Report(NamedTuple):
    """What one round found in one table, by invariant, and how long it took."""

    found: dict[str, Found]
    seconds: float

    def enter(self, tallies: Tallies) -> None:
        """Add it to what was counted before."""
        for slug, found in self.found.items():
            tallies[slug].add(found)
            tallies[slug].seconds += self.seconds / len(self.found)
