"""A quick answer from the Pandera side: was a change noticed, and by what?

The judge whose counts the Pandera checks read is asked, first for many changes at once and then for each
by itself. What passes is run whole, so a survivor is always one of `run` itself.

Many at once is sound where a row can break an invariant by its own cells and by other tables alone, never by
another row of its table: of changes to different rows each is then seen as it would be by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl
import pyarrow as pa

from bowerman_data.schemas import _rules
from bowerman_data.schemas._frames import ROW
from bowerman_data.schemas._judge import Judge
from bowerman_data.schemas.catalogue import INVARIANTS, Invariant, invariants_of

__all__ = ["BY_ROW", "Quick"]

_rules.load()

_ALL = 2**31 - 1
Wanted = Callable[[Invariant], bool]

BY_ROW = (
    "no-missing-value",
    "value-in-domain",
    "known-nation",
    "mark-is-its-time",
    "status-explains-nulls",
    "discipline-is-its-distance",
    "null-where-unclaimed",
    "every-value-claimed",
    "claim-id-follows-claim",
    "id-follows-row",
    "verdicts-recompute",
)
"""Invariants that a row breaks whatever the other rows of its table are, those that cost most behind."""


@dataclass(frozen=True)
class Quick:
    """The shipped tables as frames; `documents` where the sources are at hand."""

    frames: dict[str, pl.LazyFrame]
    clean: dict[tuple[str, str], int]
    documents: pl.LazyFrame | None = None

    @classmethod
    def of(cls, tables: dict[str, pa.Table], documents: pa.Table | None) -> Quick:
        """Convert the tables once, and count what they break before they are corrupted."""
        frames = {name: pl.DataFrame(table).lazy() for name, table in tables.items()}
        judge = Judge(frames, shipped=True)
        tallies = {(one.slug, t): judge.tally(one.slug, t) for t in frames for one in invariants_of(t)}
        if errors := [tally.error for tally in tallies.values() if tally.error]:
            raise RuntimeError(f"an invariant cannot run on the shipped tables: {errors[0]}")
        clean = {where: tally.failed for where, tally in tallies.items()}
        return cls(frames, clean, None if documents is None else pl.DataFrame(documents).lazy())

    def by_row(self, name: str, table: pa.Table, changed: set[int]) -> dict[int, str]:
        """Which of the changed rows break an invariant that looks at no other row, and which one."""
        found: dict[int, str] = {}
        for slug in (slug for slug in BY_ROW if self.clean.get((slug, name)) == 0):
            if changed <= found.keys():
                break
            judge = Judge(self._with(name, table), shipped=True, wanted=partial(_is, slug), cap=_ALL)
            found = dict.fromkeys(judge.violations(slug, name)[ROW].to_list(), slug) | found
        return {row: slug for row, slug in found.items() if row in changed}

    def noticed(self, name: str, table: pa.Table) -> str | None:
        """The first invariant that an error breaks with this table in its place, the documents left aside."""
        frames = self._with(name, table)
        for judged, wanted in _stages(name):
            judge = Judge(frames, shipped=True, wanted=wanted)
            for slug in (one.slug for one in invariants_of(judged) if one.severity == "error" and wanted(one)):
                if judge.tally(slug, judged).failed > self.clean[slug, judged]:
                    return slug
        return None

    def resolved(self, name: str, table: pa.Table) -> bool | None:
        """Whether the documents agree with this table in its place; None where they are not at hand."""
        if self.documents is None or name not in INVARIANTS["spans-resolve"].tables:
            return None if self.documents is None else True
        frames = self._with(name, table) | {"documents": self.documents}
        judge = Judge(frames, shipped=True, wanted=partial(_is, "spans-resolve"))
        return judge.tally("spans-resolve", name).failed == 0

    def _with(self, name: str, table: pa.Table) -> dict[str, pl.LazyFrame]:
        return self.frames | {name: pl.DataFrame(table).lazy()}


def _stages(name: str) -> Iterator[tuple[str, Wanted]]:
    yield name, lambda invariant: not invariant.needs(name) and not invariant.uses
    yield name, lambda invariant: bool(invariant.needs(name) or invariant.uses)
    others = {t for one in INVARIANTS.values() for t in one.tables if name in (*one.needs(t), *one.uses)}
    for other in sorted(others - {name}):
        yield other, partial(_reads, name, other)


def _is(slug: str, invariant: Invariant) -> bool:
    return invariant.slug == slug


def _reads(name: str, judged: str, invariant: Invariant) -> bool:
    """Whether an invariant, judging one table, looks at the named one too."""
    return name in (*invariant.needs(judged), *invariant.uses)
