"""From runs to figures: medians, ratios to the floor, and whether the targets are met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.contenders import CONTENDERS, FLOOR, GX, OTHERS, PANDERA

__all__ = ["PUBLISHED", "SIZES", "Figure", "Figures", "Target", "figures_of", "largest", "targets"]

SIZES = {"16": "16", "1m": "1 million", "10m": "10 million", "100m": "100 million"}
"""The sizes in results, as an archive's name begins with them and as they are written."""
PUBLISHED = "10m"
"""The size at which targets are set."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The medians of one contender on one archive; `times_floor` is its work against that of the bare read."""

    outcome: str
    processes: int
    import_s: float | None
    work_s: float | None
    wall_s: float
    peak_gb: float | None
    rules: int | None
    violations: int | None
    times_floor: float | None
    note: str


Figures = dict[tuple[str, str], Figure]
"""By archive and contender."""


@dataclass(frozen=True, slots=True)
class Target:
    """What was to be reached, what was measured, and whether that is enough; None where it was not measured."""

    sentence: str
    measured: str
    met: bool | None


def figures_of(bench: dict[str, Any]) -> Figures:
    """The figures of a run's every archive and contender."""
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for run in bench["runs"]:
        grouped[run["archive"], run["contender"]].append(run)
    floors = {archive: _median(runs, "work_s") for (archive, name), runs in grouped.items() if name == FLOOR}
    return {key: _figure(runs, floors.get(key[0])) for key, runs in grouped.items()}


def largest(figures: Figures) -> str:
    """The largest size that every contender was given; where there is none, that of the targets or the next below."""
    given_to_all = [size for size in SIZES if all((size, name) in figures for name in CONTENDERS)]
    measured = (size for size in (PUBLISHED, "1m", "16") if (size, FLOOR) in figures)
    return given_to_all[-1] if given_to_all else next(measured, PUBLISHED)


def _figure(runs: list[dict[str, Any]], floor: float | None) -> Figure:
    # Who did not finish once did not finish.
    ended = next((run for run in runs if run["outcome"] != "ok"), runs[-1])
    work = _median(runs, "work_s") if ended["outcome"] == "ok" else None
    return Figure(
        outcome=ended["outcome"],
        processes=len(runs),
        import_s=_median(runs, "import_s"),
        work_s=work,
        wall_s=median(run["wall_s"] for run in runs),
        # What failed on the way would have needed more.
        peak_gb=None if ended["outcome"] == "failed" else median(run["peak_mb"] for run in runs) * 1.048576 / 1000,
        rules=ended.get("rules"),
        violations=ended.get("violations"),
        times_floor=work / floor if work and floor else None,
        note=ended.get("note", ""),
    )


def _median(runs: list[dict[str, Any]], name: str) -> float | None:
    known = [run[name] for run in runs if name in run]
    return median(known) if known else None


def targets(figures: Figures) -> list[Target]:
    """The targets, in the order in which they were set."""
    return [
        *_against_the_floor(figures),
        *(_bad_rows(figures, name) for name in (PANDERA, GX)),
        *(_times_faster(figures, PANDERA, other, 5) for other in OTHERS),
        *(_times_faster(figures, GX, other, 5 if other == "gx_pandas" else 1) for other in OTHERS),
        *(_finishes(figures, name) for name in (PANDERA, GX)),
        _small_end(figures, "pandera", "pandera.polars", 2.0),
        _small_end(figures, "gx", "great_expectations", 1.5),
    ]


def _against_the_floor(figures: Figures) -> Iterator[Target]:
    for variant, slack in (("", 1), ("-shuffled", 3)):
        for name, times in ((PANDERA, 3 * slack), (GX, 12 * slack)):
            what = f"{CONTENDERS[name]}, {SIZES[PUBLISHED]} results{' shuffled' if variant else ''}"
            one = figures.get((PUBLISHED + variant, name))
            ratio, peak = (one.times_floor, one.peak_gb) if one and one.times_floor else (None, None)
            yield _target(f"{what}: at most {times} times the bare read", ratio, times, "{:.1f} times")
            yield _target(f"{what}: at most {1.5 * slack:g} GB", peak, 1.5 * slack, "{:.2f} GB")


def _bad_rows(figures: Figures, name: str) -> Target:
    clean, bad = (_work(figures, PUBLISHED + variant, name) for variant in ("", "-bad-10"))
    what = f"{CONTENDERS[name]}: 10 % bad rows cost at most twice a clean run"
    return _target(what, bad / clean if bad and clean else None, 2, "{:.1f} times")


def _times_faster(figures: Figures, ours: str, other: str, times: float) -> Target:
    """Against another tool at the largest size that it finishes."""
    finished = [size for size in SIZES if _work(figures, size, other) and _work(figures, size, ours)]
    size = finished[-1] if finished else PUBLISHED
    theirs, own = _work(figures, size, other), _work(figures, size, ours)
    faster = f"at least {times:g} times as fast as" if times > 1 else "no slower than"
    what = f"{CONTENDERS[ours]}: {faster} {CONTENDERS[other]}, {SIZES[size]} results"
    ratio = theirs / own if theirs and own else None
    return Target(
        what, "" if ratio is None else f"{ratio:.1f} times as fast", None if ratio is None else ratio >= times
    )


def _finishes(figures: Figures, name: str) -> Target:
    one, what = figures.get(("100m", name)), f"{CONTENDERS[name]}: 100 million results finish within 24 GB"
    if one is None:
        return Target(what, "", None)
    if one.work_s is None or one.peak_gb is None:
        return Target(what, "did not finish", False)
    return Target(what, f"{one.work_s:.0f} s, {one.peak_gb:.1f} GB", one.peak_gb <= 24)


def _small_end(figures: Figures, engine: str, library: str, times: float) -> Target:
    whole, imported = (figures.get(("shipped", name)) for name in (f"validate --engine {engine}", f"import {library}"))
    what = f"`bowerman-data validate --engine {engine}`: at most {times:g} times importing {library}"
    ratio = whole.wall_s / imported.wall_s if whole and imported and whole.outcome == "ok" else None
    return _target(what, ratio, times, "{:.2f} times")


def _work(figures: Figures, archive: str, name: str) -> float | None:
    one = figures.get((archive, name))
    return one.work_s if one else None


def _target(sentence: str, value: float | None, limit: float, form: str) -> Target:
    if value is None:
        return Target(sentence, "", None)
    return Target(sentence, form.format(value), value <= limit)
