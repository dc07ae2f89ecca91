"""The work of a proof, in pieces that processes share: mutants of operators, and single cells."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from multiprocessing import get_context
from random import Random
from typing import Any, TypeVar

import pyarrow as pa

from bowerman_data._kills import Judged, Sentence, differences, judge, sentence
from bowerman_data._lawful_draw import drawn_archive
from bowerman_data._mutants import Base, operators
from bowerman_data._quick import Quick
from bowerman_data._single_cells import CellChange, changed_value, with_cell
from bowerman_data.schemas.catalogue import INVARIANTS

__all__ = [
    "CellFate",
    "Refusal",
    "Setting",
    "cell_chunks",
    "judge_cells",
    "judge_cells_whole",
    "judge_lawful",
    "judge_operator",
    "spread",
    "stratified",
]

Task = TypeVar("Task")
Done = TypeVar("Done")


@dataclass(frozen=True)
class Setting:
    """What every process needs: the bases, what the engines say of them, and how much is tried."""

    bases: dict[str, Base]
    engines: dict[str, str]
    seed: int = 0
    sites: int = 5
    documents: pa.Table | None = None
    clean: dict[str, dict[str, Sentence]] = field(default_factory=dict)

    def judged(self) -> Setting:
        """The same, with what each engine says of each uncorrupted base."""
        clean = {
            name: {e: sentence(module, base.tables, shipped=base.shipped) for e, module in self.engines.items()}
            for name, base in self.bases.items()
        }
        return Setting(self.bases, self.engines, self.seed, self.sites, self.documents, clean)

    def unclean(self) -> Iterator[str]:
        """What is wrong with the bases before anything was corrupted."""
        for base, said in self.clean.items():
            for engine, one in said.items():
                yield from ([f"{base}: {engine}: {one.crash}"] if one.crash else [])
                yield from (f"{base}: {engine}: {' '.join(map(str, finding))}" for finding in one.findings)


@dataclass(frozen=True, slots=True)
class CellFate:
    """One changed cell: which invariant noticed first, and whether the documents do; None where they were not asked."""

    change: CellChange
    by: str | None
    resolved: bool | None = None
    crash: str | None = None
    differs: tuple[str, ...] = ()


_SETTING: list[Setting] = []
_QUICK: list[Quick] = []


def _enter(setting: Setting) -> None:
    _SETTING[:] = [setting]
    _QUICK.clear()


def _quick() -> Quick:
    if not _QUICK:
        setting = _SETTING[0]
        _QUICK.append(Quick.of(setting.bases["shipped"].tables, setting.documents))
    return _QUICK[0]


def spread(setting: Setting, work: Callable[[Task], Done], tasks: Iterable[Task], jobs: int) -> Iterator[Done]:
    """What the work gives for each task, by so many processes, in no order; in this one where it is one job."""
    if jobs == 1:
        _enter(setting)
        yield from map(work, tasks)
        return
    # Two processes with a thread each do more than one with two: the queries are small.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    with get_context("spawn").Pool(jobs, _enter, (setting,)) as pool:
        yield from pool.imap_unordered(work, tasks)


def judge_operator(task: tuple[str, str]) -> list[Judged]:
    """The fates of an operator's mutants of one base."""
    setting = _SETTING[0]
    operator, base = operators()[task[0]], setting.bases[task[1]]
    mutants = operator.mutants(base, setting.seed, setting.sites)
    return [judge(mutant, operator, base, setting.clean[base.name], setting.engines) for mutant in mutants]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A lawful archive that an engine did not let pass, and the first thing it said."""

    engine: str
    races: tuple[int, int]
    said: str


def judge_lawful(task: tuple[int, int]) -> list[Refusal]:
    """What each engine has against so many lawful races from a number on; nothing, it is hoped."""
    setting = _SETTING[0]
    tables = drawn_archive(*task, setting.seed)
    said = {name: sentence(module, tables, shipped=False) for name, module in setting.engines.items()}
    return [
        Refusal(name, task, one.crash or " ".join(map(str, min(one.findings, key=str))))
        for name, one in said.items()
        if one.crash or one.findings
    ]


def cell_chunks(changes: Iterable[CellChange], size: int = 100) -> Iterator[tuple[CellChange, ...]]:
    """Changes in handfuls, so that processes need not talk about each."""
    rest = iter(changes)
    return iter(lambda: tuple(islice(rest, size)), ())


def judge_cells(changes: Iterable[CellChange]) -> list[CellFate]:
    """The fates of single-cell changes by the quick way; what passes it is run whole."""
    return [_judge_cell(one) for one in changes]


def _changed(one: CellChange) -> pa.Table:
    setting = _SETTING[0]
    table = setting.bases["shipped"].tables[one.table]
    return with_cell(table, one, changed_value(one, table[one.column].to_pylist(), setting.seed))


def _judge_cell(one: CellChange) -> CellFate:
    table, quick = _changed(one), _quick()
    by = quick.noticed(one.table, table)
    if by is not None:
        return CellFate(one, by)
    return _run_whole(one, table, ("pandera",), quick.resolved(one.table, table))


def judge_cells_whole(changes: Iterable[CellChange]) -> list[CellFate]:
    """The fates of single-cell changes by whole runs of every engine, and whether these say the same."""
    return [_run_whole(one, _changed(one), tuple(_SETTING[0].engines)) for one in changes]


def _run_whole(one: CellChange, table: pa.Table, engines: tuple[str, ...], resolved: bool | None = None) -> CellFate:
    setting = _SETTING[0]
    base = setting.bases["shipped"]
    tables = base.tables | {one.table: table}
    said = {name: sentence(setting.engines[name], tables, shipped=True) for name in engines}
    crash = next((f"{name}: {each.crash}" for name, each in said.items() if each.crash), None)
    by = {name: _first_error(each, setting.clean[base.name][name]) for name, each in said.items()}
    noticed = next(iter(by.values())) if None not in by.values() else None
    return CellFate(one, None if crash else noticed, resolved, crash, differences(said))


def _first_error(said: Sentence, clean: Sentence) -> str | None:
    return min((slug for slug in said.noticed(clean) if INVARIANTS[slug].severity == "error"), default=None)


def stratified(changes: list[CellChange], most: int, seed: int) -> list[CellChange]:
    """At most so many changes, as evenly as can be from every column and kind of change."""
    if len(changes) <= most:
        return changes
    strata: dict[Any, list[CellChange]] = defaultdict(list)
    for one in changes:
        strata[one.table, one.column, one.change].append(one)
    rng = Random(seed)
    for stratum in strata.values():
        rng.shuffle(stratum)
    in_turn = (one for round_ in zip_longest(*strata.values()) for one in round_ if one is not None)
    return list(islice(in_turn, most))
