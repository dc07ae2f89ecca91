"""The few figures of a proof that the README tells: kept in a small file, and written into the page from it.

`python -m bowerman_data.prove --record tests/figures/proof.json` keeps the figures of the parts that
were run, each with its day; `python -m bowerman_data._proof_record tests/figures/proof.json README.md`
writes the page.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bowerman_data._proof_sums import Proof

__all__ = ["block", "main", "record", "summary", "with_block"]

BEGIN = "<!-- The figures of the proof: `python -m bowerman_data._proof_record` writes them -->"
END = "<!-- So far the figures of the proof -->"


def summary(proof: Proof) -> dict[str, Any]:
    """The figures of the parts that were run."""
    kept = {part: _SUMS[part](proof[part]) for part in _SUMS if part in proof}
    return {part: {"on": proof["on"], "engines": list(proof["engines"])} | figures for part, figures in kept.items()}


def _operators(figures: Proof) -> dict[str, Any]:
    alone = [all(one["alone"] for one in by.values()) for by in figures["invariants"].values()]
    totals: dict[str, Counter[str]] = {}
    for operator in figures["operators"]:
        for engine, fates in operator["fates"].items():
            totals.setdefault(engine, Counter()).update(fates)
    return {
        "operators": len(figures["operators"]),
        "mutants": figures["mutants"],
        "fates": {engine: dict(fates) for engine, fates in totals.items()},
        "undeclared": sum(one["reason"] is None for one in figures["survivors"]),
        "disagreements": len(figures["disagreements"]),
        "invariants": len(alone),
        "alone": sum(alone),
    }


def _cells(figures: Proof) -> dict[str, Any]:
    return {name: figures.get(name) for name in ("cells", "changes", "noticed", "noticed_with_documents", "own_words")}


def _whole(figures: Proof) -> dict[str, Any]:
    counted = {name: figures[name] for name in ("changes", "noticed")}
    return counted | {"disagreements": len(figures["disagreements"]), "crashes": len(figures["crashes"])}


def _lawful(figures: Proof) -> dict[str, Any]:
    return {"races": figures["races"], "refused": len(figures["refused"])}


_SUMS = {"operators": _operators, "cells": _cells, "whole": _whole, "lawful": _lawful}


def record(proof: Proof, path: Path) -> None:
    """Keep the figures of the parts that were run; those of other parts stay as they are."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept | summary(proof), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def block(figures: Mapping[str, Any]) -> str:
    """The figures as the README has them, between two marks."""
    rows = "\n".join(f"| {what} | {how_many} | {on} |" for what, how_many, on in _rows(figures))
    return f"{BEGIN}\n\n| what was tried | what came of it | on |\n|---|---|---|\n{rows}\n\n{END}"


_EVERY_CELL = (
    "every cell of results, splits, quotes, marks, claims and rulings changed by itself, in all ways that apply"
)
_OF_WHAT = "of the shipped tables and of made-up races, before both engines"


def _rows(figures: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if cells := figures.get("cells"):
        tried = f"{_EVERY_CELL}: {cells['changes']:,} changes of {cells['cells']:,} cells"
        yield tried, f"{_share(cells['noticed'], cells['changes'])} noticed without the source documents", cells["on"]
    if cells and cells["noticed_with_documents"] is not None:
        yield "the same", f"{_share(cells['noticed_with_documents'], cells['changes'])} noticed with them", cells["on"]
    if whole := figures.get("whole"):
        tried = f"{whole['changes']:,} of these, from every column and kind of change, before both engines"
        found = f"{_share(whole['noticed'], whole['changes'])} noticed by both, {whole['disagreements']} disagreements"
        yield tried, f"{found}, {whole['crashes']} crashes", whole["on"]
    if mutants := figures.get("operators"):
        yield (
            f"{mutants['mutants']:,} corruptions by {mutants['operators']} operators {_OF_WHAT}",
            f"{_fates(mutants)}; {mutants['disagreements']} disagreements",
            mutants["on"],
        )
        alone = f"{mutants['alone']} of {mutants['invariants']}"
        yield "invariants that alone notice some corruption, in both engines", alone, mutants["on"]
    if lawful := figures.get("lawful"):
        yield f"{lawful['races']:,} lawful made-up races before both engines", _refused(lawful), lawful["on"]


def _refused(lawful: Mapping[str, Any]) -> str:
    return f"{lawful['refused']} batches refused" if lawful["refused"] else "none refused"


def _fates(mutants: Mapping[str, Any]) -> str:
    said = {
        f"{fates['killed']:,} noticed by the invariant meant for them, {fates['killed by another']:,} by another, "
        f"{fates['survived']:,} by none, as declared, {fates['crashed']:,} crashed"
        for fates in mutants["fates"].values()
    }
    return "; ".join(sorted(said))


def _share(part: int, whole: int) -> str:
    return "all" if part == whole else f"{part:,} ({part * 10_000 // whole / 100:.2f} %)"


def with_block(page: str, figures: Mapping[str, Any]) -> str:
    """The page with these figures between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"page: got no {BEGIN!r} with {END!r} behind it, expected both")
    return before + block(figures) + after


def main(arguments: list[str] | None = None) -> int:
    """Write the figures of a file into a page."""
    figures, page = (Path(name) for name in (sys.argv[1:] if arguments is None else arguments))
    text = with_block(page.read_text(encoding="utf-8"), json.loads(figures.read_text(encoding="utf-8")))
    page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
