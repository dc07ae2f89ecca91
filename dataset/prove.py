"""Prove that the checks check: corrupt lawful tables in every way they go wrong, and count who notices.

`python -m bowerman_data.prove --out FOLDER` applies each operator to the shipped tables and to made-up
races before both engines, changes every cell of the shipped tables by itself, and holds lawful races by the
thousand against both. It writes the kill
matrix (proof.md, proof.json, matrix.txt) and ends with 1 where something survived that is not declared
as unknowable, fell over, or was seen by one engine only; with 2 where the tables break rules to begin with.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import bowerman_data
from bowerman_data._kills import ENGINES, Judged
from bowerman_data._mutants import Base, operators
from bowerman_data._proof import Setting, judge_lawful, judge_operator, spread, stratified
from bowerman_data._proof_cells import CellFate, Handful, handfuls, judge_cells, judge_cells_whole
from bowerman_data._proof_page import headline, write
from bowerman_data._proof_record import record
from bowerman_data._proof_sums import Proof, cell_figures, failures, lawful_figures, operator_figures, whole_figures
from bowerman_data._single_cells import cell_changes
from bowerman_data.schemas.tables import TABLES
from bowerman_data.testing import Tables, lawful_archive, lawful_race

__all__ = ["generated", "main", "prove"]

Done = TypeVar("Done")
PARTS = ("operators", "cells", "lawful")
# Races judged at once: a run costs about the same for one and for hundreds.
BATCH = 250
# Cells changed at once before both engines, so that how they differ can be read.
TOGETHER = 25


def generated(how_many: int, seed: int) -> list[Base]:
    """Made-up bases: single races of every sort, and every third one an archive of old and new races."""
    return [Base(f"generated-{i}", _made(i, Random(f"{seed} {i}"))) for i in range(how_many)]


def _made(i: int, rng: Random) -> Tables:
    odd: dict[str, Any] = {"photo_finishes": rng.randrange(3), "tactical": rng.random() < 0.3, "sex": rng.choice("MW")}
    odd |= {"dnf": rng.randrange(2), "dns": rng.randrange(2), "seed": rng.randrange(10**6)}
    if i % 3 == 2:
        began = dt.date(rng.choice((1986, 2012, 2019)), 5, 1)
        return lawful_archive(races=4, field=9, date=began, discipline=rng.choice(("mile", "1500m")), **odd)
    if i % 3 == 1:
        # By hand, with a tie, the race clock alone, and over a distance of which no bounds are known.
        return lawful_race(field=10, ties=1, decimals=1, splits="leader", discipline="3000m", **odd)
    return lawful_race(field=rng.randint(8, 16), scored=True, missing=rng.choice((0, 30)), **odd)


def prove(
    setting: Setting,
    *,
    cells: int | None = None,
    whole: int = 2000,
    jobs: int = 1,
    lawful: int = 0,
    parts: Iterable[str] = PARTS,
) -> Proof:
    """Run the parts of the proof and sum them up; `setting` has been judged.

    `cells` changes of cells are tried at most, `whole` of these before every engine.
    """
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d")
    made = f"Made on {now}, Python {platform.python_version()}, seed {setting.seed}, on {', '.join(setting.bases)}."
    proof: Proof = {"made": made, "on": now, "engines": list(setting.engines)}
    if "operators" in parts:
        proof["operators"] = operator_figures(_operators(setting, jobs), operators(), setting.engines)
    if "cells" in parts:
        changes = list(cell_changes(setting.bases["shipped"].tables, setting.seed))
        drawn = changes if cells is None else stratified(changes, cells, setting.seed)
        proof["cells"] = cell_figures(_cells("cells", setting, judge_cells, handfuls(drawn), jobs))
        sample = handfuls(stratified(drawn, whole, setting.seed + 1), TOGETHER)
        proof["whole"] = whole_figures(_cells("whole runs", setting, judge_cells_whole, sample, jobs), setting.engines)
    if "lawful" in parts:
        batches = [(i, min(BATCH, lawful - i)) for i in range(0, lawful, BATCH)]
        done = _counted("lawful races", spread(setting, judge_lawful, batches, jobs), len(batches))
        proof["lawful"] = lawful_figures(lawful, [refusal for some in done for refusal in some])
    return proof


def _operators(setting: Setting, jobs: int) -> list[Judged]:
    tasks = [
        (slug, base) for base in setting.bases for slug in operators() if base != "documents" or _reads_documents(slug)
    ]
    return [
        one for some in _counted("operators", spread(setting, judge_operator, tasks, jobs), len(tasks)) for one in some
    ]


def _reads_documents(slug: str) -> bool:
    return "spans-resolve" in operators()[slug].meant


def _cells(
    what: str, setting: Setting, work: Callable[[Handful], list[CellFate]], tasks: list[Handful], jobs: int
) -> list[CellFate]:
    return [fate for fates in _counted(what, spread(setting, work, tasks, jobs), len(tasks)) for fate in fates]


def _counted(what: str, done: Iterator[Done], tasks: int) -> Iterator[Done]:
    """The same, telling on a terminal how far it is."""
    begin = time.monotonic()
    for i, one in enumerate(done, 1):
        if sys.stderr.isatty():
            left = (time.monotonic() - begin) / i * (tasks - i)
            print(f"\r{what}: {i:,} of {tasks:,}, {dt.timedelta(seconds=round(left))} left   ", end="", file=sys.stderr)
        yield one
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _setting(options: argparse.Namespace) -> Setting:
    shipped = {name: bowerman_data.load(name) for name in TABLES}
    bases = [Base("shipped", shipped, shipped=True), *generated(options.races, options.seed)]
    documents = None
    if options.documents is not None:
        from bowerman_data.sources import documents as read

        documents = read(options.documents, shipped["sources"])
        bases.append(Base("documents", shipped | {"documents": documents}, shipped=True))
    engines = {name: module for name, module in ENGINES.items() if options.engine in (name, "both")}
    return Setting({base.name: base for base in bases}, engines, options.seed, options.sites, documents)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bowerman_data.prove", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--out", type=Path, default=Path("build/proof"), help="folder for the kill matrix (default: build/proof)"
    )
    parser.add_argument("--documents", type=Path, help="folder of the source documents, for the second figure")
    parser.add_argument("--record", type=Path, metavar="FILE", help="keep the few figures that the README tells")
    parser.add_argument("--engine", choices=["both", *ENGINES], default="both", help="who judges (default: both)")
    parser.add_argument("--only", choices=PARTS, help="one part of the proof")
    parser.add_argument("--sample", type=int, metavar="N", help="try N single-cell changes, not all")
    parser.add_argument(
        "--whole", type=int, default=2000, metavar="N", help="cells before both engines (default: 2000)"
    )
    parser.add_argument(
        "--sites", type=int, default=2, metavar="N", help="mutants an operator, base and table (default: 2)"
    )
    parser.add_argument("--lawful", type=int, default=10_000, metavar="N", help="lawful races (default: 10000)")
    parser.add_argument("--races", type=int, default=3, metavar="N", help="made-up bases (default: 3)")
    parser.add_argument("--seed", type=int, default=0, help="draws other mutants (default: 0)")
    parser.add_argument("--anyway", action="store_true", help="go on where the tables break rules; a kill is one more")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 the proof stands, 1 it does not, 2 the tables break rules to begin with."""
    options = _parser().parse_args(arguments)
    setting = _setting(options).judged()
    unclean = list(setting.unclean())
    if unclean:
        print(
            f"the tables break rules before they are corrupted ({len(unclean)}):",
            *unclean[:10],
            sep="\n  ",
            file=sys.stderr,
        )
        if not options.anyway:
            return 2
    parts = [options.only] if options.only else PARTS
    proof = prove(
        setting, cells=options.sample, whole=options.whole, jobs=options.jobs, lawful=options.lawful, parts=parts
    )
    write(proof, options.out)
    if options.record is not None:
        record(proof, options.record)
    print(headline(proof))
    found = failures(proof)
    print("the proof stands" if not found else "the proof does not stand:", *found, sep="\n  ")
    print(f"written: {options.out / 'proof.md'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
