"""Single cells before the engines: many at once where each is told apart for certain, the rest by themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from bowerman_data._kills import Sentence, differences, sentence
from bowerman_data._proof import Setting, at_hand
from bowerman_data._quick import BY_ROW, Quick
from bowerman_data._single_cells import CellChange, changed_value, with_cells
from bowerman_data.schemas._text import row_key
from bowerman_data.schemas.catalogue import INVARIANTS

__all__ = ["CellFate", "Handful", "handfuls", "judge_cells", "judge_cells_whole"]

Handful = tuple[CellChange, ...]
"""Changes to different rows of one table."""


@dataclass(frozen=True, slots=True)
class CellFate:
    """One changed cell: which invariant noticed first, and whether the documents do; None where they were not asked.

    `differs` is how the engines differ, of a handful with its first change.
    """

    change: CellChange
    by: str | None
    resolved: bool | None = None
    crash: str | None = None
    differs: tuple[str, ...] = ()


def handfuls(changes: Iterable[CellChange], most: int = 10_000) -> list[Handful]:
    """The changes, the nth of every row of a table together, at most so many at once."""
    nth: Counter[tuple[str, int]] = Counter()
    together: dict[tuple[str, int], list[CellChange]] = defaultdict(list)
    for one in changes:
        together[one.table, nth[one.table, one.row]].append(one)
        nth[one.table, one.row] += 1
    return [tuple(some[i : i + most]) for some in together.values() for i in range(0, len(some), most)]


def judge_cells(handful: Handful) -> list[CellFate]:
    """The fates of single-cell changes by the quick way; what passes it is run whole."""
    table = _changed(handful)
    by = _quick().by_row(handful[0].table, table, {one.row for one in handful})
    return [CellFate(one, by[one.row]) if one.row in by else _alone(one) for one in handful]


def _alone(one: CellChange) -> CellFate:
    table, quick = _changed((one,)), _quick()
    by = quick.noticed(one.table, table)
    if by is not None:
        return CellFate(one, by)
    return _whole(one, tuple(at_hand().engines)[:1], quick.resolved(one.table, table))


def judge_cells_whole(handful: Handful) -> list[CellFate]:
    """The fates of single-cell changes by whole runs of every engine, and whether these say the same, row for row."""
    engines, table = tuple(at_hand().engines), _changed(handful)
    said = _said(engines, handful[0].table, table)
    by = [_rows_noticed(one, handful[0].table, table) for one in said.values() if one.crash is None]
    noticed = by[0].keys() & set.intersection(*map(set, by)) if len(by) == len(engines) else set()
    fates = [CellFate(one, by[0][one.row]) if one.row in noticed else _whole(one, engines) for one in handful]
    return [_differing(fates[0], differences(said)), *fates[1:]]


def _differing(fate: CellFate, differs: tuple[str, ...]) -> CellFate:
    return CellFate(fate.change, fate.by, fate.resolved, fate.crash, fate.differs or differs)


def _whole(one: CellChange, engines: tuple[str, ...], resolved: bool | None = None) -> CellFate:
    said = _said(engines, one.table, _changed((one,)))
    crash = next((f"{name}: {each.crash}" for name, each in said.items() if each.crash), None)
    by = [_first_error(each, at_hand().clean["shipped"][name]) for name, each in said.items()]
    noticed = by[0] if None not in by else None
    return CellFate(one, None if crash else noticed, resolved, crash, differences(said))


def _said(engines: Iterable[str], name: str, table: pa.Table) -> dict[str, Sentence]:
    setting = at_hand()
    tables = setting.bases["shipped"].tables | {name: table}
    return {engine: sentence(setting.engines[engine], tables, shipped=True) for engine in engines}


def _rows_noticed(said: Sentence, name: str, table: pa.Table) -> Mapping[int, str]:
    """The rows that break an invariant by themselves; a key that stands twice tells no row."""
    keys = pl.DataFrame(table).select(row_key(name)).to_series().to_list()
    rows = {key: row for row, key in enumerate(keys)}
    twice = {key for key, count in Counter(keys).items() if count > 1}
    found = [(slug, key) for slug, judged, key, *_ in said.findings if slug in BY_ROW and judged == name]
    return {rows[key]: slug for slug, key in found if key in rows and key not in twice}


def _first_error(said: Sentence, clean: Sentence) -> str | None:
    return min((slug for slug in said.noticed(clean) if INVARIANTS[slug].severity == "error"), default=None)


def _changed(handful: Handful) -> pa.Table:
    setting = at_hand()
    base, name = setting.bases["shipped"], handful[0].table
    values = [changed_value(one, base.values(name, one.column), setting.seed) for one in handful]
    return with_cells(base.tables[name], [(one.row, one.column, new) for one, new in zip(handful, values, strict=True)])


_QUICK: list[tuple[Setting, Quick]] = []


def _quick() -> Quick:
    """The shipped tables as the quick way wants them, made once a process and setting."""
    setting = at_hand()
    if not _QUICK or _QUICK[0][0] is not setting:
        _QUICK[:] = [(setting, Quick.of(setting.bases["shipped"].tables, setting.documents))]
    return _QUICK[0][1]
