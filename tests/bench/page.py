"""The figures as tables: bench.md, and the block in the README that follows from the committed figures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.bench import picture
from tests.bench.contenders import CONTENDERS, OURS_ALONE
from tests.bench.figures import SIZES, Figure, Figures, Target, figures_of, largest, targets

__all__ = ["BEGIN", "COMMITTED", "END", "PICTURE", "block", "page", "publish"]

HERE = Path(__file__).parent
COMMITTED, PICTURE = HERE / "figures.json", HERE / "figures.svg"
README = HERE.parents[1] / "README.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"

HEAD = "| | import, s | work, s | times the bare read | peak, GB | rules |\n| --- | --: | --: | --: | --: | --: |"
VARIANTS = {
    "-bad-0.001": "0.001 % bad rows",
    "-bad-1": "1 % bad rows",
    "-bad-10": "10 % bad rows",
    "-shuffled": "shuffled",
}
MEDIAN_OF = 3
"""Processes that a median is taken of."""
PICTURED = "![Work time and peak memory by contender](tests/bench/figures.svg)"
MEANING = f"""\
Medians of cold processes that take turns. Work is everything after the imports, reading the Parquet files included; \
the bare read is Polars reading every column of the four tables and reducing each to a number. Peak is the largest \
resident memory of the process and its children. Rules are those of the catalogue, each counted once however many \
tables it judges. The other tools hold those of results and splits that a user would write first, and are spared \
{", ".join(OURS_ALONE)}, and every rule of races and athletes. What spans rows or tables they are given as Polars \
expressions, and as columns joined beforehand, in Polars: that is work of theirs."""


def page(bench: dict[str, Any]) -> str:
    """Everything that was measured."""
    figures = figures_of(bench)
    parts = ["# Benchmark", _machine(bench), MEANING, *_tables(figures), *_shipped(figures), _targets(targets(figures))]
    return "\n\n".join(part for part in parts if part) + "\n"


def block(bench: dict[str, Any]) -> str:
    """What the README shows: the largest archive that all were given and those beyond, the picture, the targets."""
    figures = figures_of(bench)
    sizes = list(SIZES)[list(SIZES).index(largest(figures)) :]
    tables = [part for size in sizes for part in _table(figures, size)]
    shown = [_machine(bench), PICTURED, *tables]
    return "\n\n".join([BEGIN, *shown, MEANING, _targets(targets(figures)), END])


def publish(bench: dict[str, Any]) -> None:
    """Commit the figures: the file, the picture, the README."""
    COMMITTED.write_text(json.dumps(bench, indent=1) + "\n", encoding="utf-8")
    PICTURE.write_text(picture.picture(bench), encoding="utf-8")
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    README.write_text(before + block(bench) + rest.partition(END)[2], encoding="utf-8")


def _machine(bench: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in bench["versions"].items() if number)
    busy = max((run["load"] for run in bench["runs"]), default=0)
    return (
        f"Measured on {bench['date']}: {bench['cores']} cores, {bench['memory_gb']} GB, {bench['system']}; "
        f"load up to {busy}; {versions}.{_seldom(bench)}"
    )


def _seldom(bench: dict[str, Any]) -> str:
    """Which archives were judged too seldom for a median, and by whom, where that is not so of all."""
    turns = Counter((run["archive"], run["contender"]) for run in bench["runs"] if run["outcome"] == "ok")
    few = sorted(filter(None, (_too_few(archive, turns) for archive in {archive for archive, _ in turns})))
    return f" By fewer than three processes each: {', '.join(few)}." if few else ""


def _too_few(archive: str, turns: Mapping[tuple[str, str], int]) -> str | None:
    judged = [name for name in CONTENDERS if (archive, name) in turns]
    few = [name for name in judged if turns[archive, name] < MEDIAN_OF]
    if not few:
        return None
    return archive if few == judged else f"{archive} by {', '.join(CONTENDERS[name] for name in few)}"


def _tables(figures: Figures) -> Iterator[str]:
    for size in SIZES:
        yield from _table(figures, size)
        for variant, what in VARIANTS.items():
            yield from _table(figures, size + variant, f", {what}")


def _table(figures: Figures, archive: str, variant: str = "") -> list[str]:
    rows = [_row(name, figures[archive, name]) for name in CONTENDERS if (archive, name) in figures]
    if not rows:
        return []
    return [f"**{SIZES[archive.partition('-')[0]]} results and their splits{variant}**", "\n".join([HEAD, *rows])]


def _row(name: str, one: Figure) -> str:
    work = _seconds(one.work_s) if one.outcome == "ok" else _ended(one)
    times = f"{one.times_floor:.1f}" if one.times_floor else ""
    cells = (CONTENDERS[name], _seconds(one.import_s), work, times, _gigabytes(one.peak_gb), str(one.rules or ""))
    return f"| {' | '.join(cells)} |"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _gigabytes(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _ended(one: Figure) -> str:
    reasons = {"time": f"did not finish in {one.wall_s:.0f} s", "memory": "ran out of memory"}
    return reasons.get(one.outcome, f"not measured: {one.note}")


def _shipped(figures: Figures) -> list[str]:
    rows = [
        f"| `{name}` | {one.wall_s:.2f} | {_gigabytes(one.peak_gb)} |"
        for (archive, name), one in figures.items()
        if archive == "shipped"
    ]
    if not rows:
        return []
    return [
        "**The shipped tables: whole processes**",
        "\n".join(["| | wall, s | peak, GB |\n| --- | --: | --: |", *rows]),
    ]


def _targets(reached: list[Target]) -> str:
    words = {True: "met", False: "**missed**", None: "not measured"}
    rows = [f"| {one.sentence} | {one.measured} | {words[one.met]} |" for one in reached]
    return "\n".join(["| target | measured | |\n| --- | --: | --- |", *rows])
