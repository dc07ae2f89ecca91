"""The work of a proof, in pieces that processes share: mutants of operators, and lawful races."""

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

from bowerman_data._kills import Judged, Sentence, judge, sentence
from bowerman_data._lawful_draw import drawn_archive
from bowerman_data._mutants import Base, operators
from bowerman_data._single_cells import CellChange

__all__ = [
    "Refusal",
    "Setting",
    "at_hand",
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


_SETTING: list[Setting] = []


def _enter(setting: Setting) -> None:
    _SETTING[:] = [setting]


def at_hand() -> Setting:
    """The setting in which this process works."""
    return _SETTING[0]


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
        pool.close()
        pool.join()


def judge_operator(task: tuple[str, str]) -> list[Judged]:
    """The fates of an operator's mutants of one base."""
    setting = at_hand()
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
    setting = at_hand()
    tables = drawn_archive(*task, setting.seed)
    said = {name: sentence(module, tables, shipped=False) for name, module in setting.engines.items()}
    return [
        Refusal(name, task, one.crash or " ".join(map(str, min(one.findings, key=str))))
        for name, one in said.items()
        if one.crash or one.findings
    ]


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
