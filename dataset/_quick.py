"""A quick answer from the Pandera side: was a change noticed, and by what?

The judge whose counts the Pandera checks read is asked in stages, and it stops at the first count above
zero: the invariant that tells most, the table's own invariants, those that read others beside it, then
those of other tables that read it. What passes all is run whole, so a survivor is always one of `run` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl
import pyarrow as pa

from bowerman_data.schemas import _rules
from bowerman_data.schemas._judge import Judge
from bowerman_data.schemas.catalogue import INVARIANTS, Invariant, invariants_of

__all__ = ["Quick"]

_rules.load()

Wanted = Callable[[Invariant], bool]


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

    def noticed(self, name: str, table: pa.Table) -> str | None:
        """The first invariant that an error breaks with this table in its place, the documents left aside."""
        frames = self.frames | {name: pl.DataFrame(table).lazy()}
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
        frames = self.frames | {name: pl.DataFrame(table).lazy(), "documents": self.documents}
        judge = Judge(frames, shipped=True, wanted=lambda invariant: invariant.slug == "spans-resolve")
        return judge.tally("spans-resolve", name).failed == 0


# Eleven in twelve of a claim's cells are in its id.
_FIRST = {"claims": "claim-id-follows-claim"}


def _stages(name: str) -> Iterator[tuple[str, Wanted]]:
    if name in _FIRST:
        yield name, lambda invariant: invariant.slug == _FIRST[name]
    yield name, lambda invariant: not invariant.needs(name) and not invariant.uses
    yield name, lambda invariant: bool(invariant.needs(name) or invariant.uses)
    others = {t for one in INVARIANTS.values() for t in one.tables if name in (*one.needs(t), *one.uses)}
    for other in sorted(others - {name}):
        yield other, partial(_reads, name, other)


def _reads(name: str, judged: str, invariant: Invariant) -> bool:
    """Whether an invariant, judging one table, looks at the named one too."""
    return name in (*invariant.needs(judged), *invariant.uses)
