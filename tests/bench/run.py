"""Measure our engines beside the tools that people would pick instead, on synthetic archives: `nox -s bench`.

Every figure is the median of cold processes. Contenders take turns, so that what disturbs the machine disturbs
them all. It writes bench.json, bench.md and bench.svg into a folder, after every process what it has so far.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench import page, picture
from tests.bench.contenders import CONTENDERS, FLOOR, GX, OURS, PANDERA
from tests.bench.measure import Cost, measure

__all__ = ["main"]

SIZES = {"16": 16, "1m": 1_000_000, "10m": 10_000_000, "100m": 100_000_000}
VARIANTS = {
    "": [],
    "-bad-0.001": ["--bad", "0.00001"],
    "-bad-1": ["--bad", "0.01"],
    "-bad-10": ["--bad", "0.1"],
    "-shuffled": ["--shuffled"],
}
LARGEST = "100m"
"""Judged as it is, by ours alone."""
SHIPPED = {
    "import pandera.polars": ["-c", "import pandera.polars"],
    "validate --engine pandera": ["-m", "bowerman_data", "validate", "--engine", "pandera"],
    "import great_expectations": ["-c", "import great_expectations"],
    "validate --engine gx": ["-m", "bowerman_data", "validate", "--engine", "gx"],
}
SHIPPED_ROUNDS = 5
PACKAGES = ("polars", "pandera", "great-expectations", "duckdb", "pyspark", "pandas", "dataframely", "pointblank")

Bench = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """One cold process to come."""

    archive: str
    contender: str
    round: int


def turns(options: argparse.Namespace) -> Iterator[Turn]:
    """Archive by archive, round by round, contender by contender."""
    for i in range(SHIPPED_ROUNDS if options.shipped else 0):
        yield from (Turn("shipped", name, i) for name in SHIPPED)
    for archive, contenders in _archives(options.size, options.variants):
        for i in range(options.rounds):
            yield from (Turn(archive, name, i) for name in contenders if not options.only or name in options.only)


def _archives(sizes: list[str], variants: bool) -> Iterator[tuple[str, list[str]]]:
    for size in sizes:
        yield size, [FLOOR, *OURS] if size == LARGEST else list(CONTENDERS)
        if variants and size != LARGEST:
            yield from ((f"{size}{variant}", [FLOOR, PANDERA, GX]) for variant in VARIANTS if variant)


def made(folder: Path, archive: str) -> Path:
    """The archive, made where it is not there yet, by a process of its own."""
    target = folder / archive
    if not (target / "splits.parquet").exists():  # the last to be put there
        size, dash, variant = archive.partition("-")
        command = [sys.executable, "-m", "tests.bench.archive", str(target), "--results", str(SIZES[size])]
        subprocess.run([*command, *VARIANTS[dash + variant]], check=True)
    return target


def taken(turn: Turn, options: argparse.Namespace) -> Cost:
    """Take one turn."""
    if turn.archive == "shipped":
        return measure([sys.executable, *SHIPPED[turn.contender]], options.limit)
    folder = made(options.archives or options.out / "archives", turn.archive)
    return measure([sys.executable, "-m", "tests.bench.once", turn.contender, str(folder)], options.limit)


def machine() -> Bench:
    """Where and with what it is measured, and nothing that names the machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": dt.date.today().isoformat(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": cores,
        "memory_gb": round(memory / 2**30, 1),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def measured(options: argparse.Namespace) -> Bench:
    """All turns that are not in the file yet."""
    file = options.out / "bench.json"
    bench: Bench = json.loads(file.read_text(encoding="utf-8")) if options.resume and file.exists() else {"runs": []}
    bench = {**machine(), "limit_s": options.limit, "runs": bench["runs"]}
    for turn in turns(options):
        if not _is_done(turn, bench["runs"]):
            _tell(turn)
            run = {"archive": turn.archive, "contender": turn.contender, "round": turn.round}
            bench["runs"].append(run | {"load": round(os.getloadavg()[0], 1)} | taken(turn, options).as_json())
            write(options.out, bench)
    return bench


def _is_done(turn: Turn, runs: list[Bench]) -> bool:
    """Whether the turn was taken, or the contender did not finish in an earlier one."""
    same = [run for run in runs if (run["archive"], run["contender"]) == (turn.archive, turn.contender)]
    return any(run["round"] == turn.round or run["outcome"] != "ok" for run in same)


def _tell(turn: Turn) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{turn.archive}, round {turn.round + 1}: {turn.contender}", end="", file=sys.stderr, flush=True)


def write(folder: Path, bench: Bench) -> None:
    """Write the figures, the tables and the picture."""
    texts = {
        "bench.json": json.dumps(bench, indent=1) + "\n",
        "bench.md": page.page(bench),
        "bench.svg": picture.picture(bench),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        scratch = folder / f".{name}"
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(folder / name)


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", action="append", choices=SIZES, help="results in the archive; default 16, 1m, 10m")
    parser.add_argument("--only", action="append", choices=CONTENDERS, help="measure these contenders alone")
    parser.add_argument("--rounds", type=int, default=3, help="cold processes of each; default 3")
    parser.add_argument("--limit", type=float, default=900, help="seconds a process may take; default 900")
    parser.add_argument("--resume", action="store_true", help="go on where a stopped run was")
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="folder to write into")
    parser.add_argument("--archives", type=Path, help="folder of the archives; default in the one written into")
    parser.add_argument("--no-shipped", dest="shipped", action="store_false", help="leave out the small end")
    parser.add_argument("--no-variants", dest="variants", action="store_false", help="leave out bad and shuffled rows")
    parser.add_argument("--publish", action="store_true", help="put the figures of the folder into the README")
    options = parser.parse_args(arguments)
    options.size = options.size or ["16", "1m", "10m"]
    return options


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    options = parsed(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = measured(options)
    write(options.out, bench)
    if options.publish:
        page.publish(bench)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(page.page(bench))


if __name__ == "__main__":
    main()
