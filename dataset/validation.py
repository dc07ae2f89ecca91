"""Validate the shipped tables, or somebody else's race, with both engines."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa

from bowerman_data._editions import of_edition
from bowerman_data._files import read
from bowerman_data._frames import to_arrow
from bowerman_data._outputs import Outputs
from bowerman_data._rules import READING
from bowerman_data._running import CAP, Run
from bowerman_data._settling import not_given, places, settle
from bowerman_data.errors import InputError, MissingExtra, UnknownName, require
from bowerman_data.reading import Facts, Reading, read_everything
from bowerman_data.report import Report
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Engine, Outcome, Verdict

__all__ = ["EngineChoice", "validate"]

EngineChoice = Literal["both", "pandera", "gx", "spark"]
PathLike = str | os.PathLike[str]

_GX = ("great_expectations", "duckdb", "sqlalchemy")
_PANDERA = ("pandera", "polars")
_LIBRARIES = {"both": _PANDERA + _GX, "pandera": _PANDERA, "gx": _GX, "spark": (*_GX, "pyspark")}


def validate(
    *,
    engine: EngineChoice = "both",
    edition: int | None = None,
    documents: Any = None,  # noqa: ANN401  (a folder or a frame)
    files: PathLike | Iterable[PathLike] = (),
    mapping: Mapping[str, str] | None = None,
    discipline: str | None = None,
    sex: str | None = None,
    date: dt.date | str | None = None,
    quarantine: PathLike | None = None,
    spark_master: str = "local[*]",
    violations: PathLike | None = None,
    data_docs: PathLike | None = None,
    **tables: Any,  # noqa: ANN401  (frames of any library)
) -> Report:
    """Judge tables by every invariant that they allow, and report; with no tables, the shipped ones.

    `tables` are frames of pandas, Polars, DuckDB or pyarrow, each under the name of a table;
    `files` are paths, or one, whose stems name their tables, results where they do not. Frames and files
    with other people's columns are read as `reading` describes; `mapping` says which of their
    columns is ours (`{"mark": "Zeit"}`), and `discipline`, `sex` and `date` what no column tells.
    `edition` is a year, of the shipped tables: what is known of its race is judged by itself, and
    what reads claims is skipped, since those speak of all editions.
    `documents` is the folder of the source documents, or a frame of source_id, sha256 and text.
    `quarantine` is a folder for the rows that hold and those that do not, `violations` a file for
    the whole list of violations, as Parquet, of which the report has the first of each kind, and
    `data_docs` a folder for the Data Docs of Great Expectations.

    `engine="spark"` runs the suites of Great Expectations on Spark: on the session that is active,
    or on one that is started on `spark_master`, local or `spark://HOST:PORT`, and stopped again.

    Raises InputError, a ValueError, for what cannot be used, ImportError with the pip line where the
    engines are not installed, and OSError where there is no Java, or no Spark that answers.

    >>> validate(engine="pandera").ok
    True
    """
    _check_engine(engine, spark_master)
    outputs = Outputs(*(None if path is None else Path(path) for path in (quarantine, violations, data_docs)))
    outputs.check(engine)
    facts = Facts.of(mapping=mapping or {}, discipline=discipline, sex=sex, date=date)
    paths = [Path(files)] if isinstance(files, str | os.PathLike) else [Path(path) for path in files]
    shipped = not tables and not paths
    if edition is not None and not shipped:
        raise InputError("edition: got tables of your own, expected none: it is one of the shipped tables")
    readings = _shipped(edition) if shipped else read_everything(tables, paths, facts)
    judged = {reading.name: reading.data for reading in readings}
    if documents is not None:
        judged["documents"] = _documents(documents, judged)
    # Cells that could not be read leave the list, which is as long without them.
    cap = CAP + max(len(reading.excused) for reading in readings)
    with outputs.scratch() as every:
        verdicts = [
            verdict
            for run in _engines(engine, spark_master)
            for verdict in run(judged, shipped=shipped, cap=cap, every=every)
        ]
        _refuse_unread(readings, verdicts)
        settled = _settled(readings, verdicts)
        outputs.write(readings, settled, every)
    return _report(readings, settled)


def _check_engine(engine: str, spark_master: str) -> None:
    """Raise where there is no such engine, or it cannot run here; that takes no time."""
    if engine not in get_args(EngineChoice):
        raise UnknownName("engine", engine, get_args(EngineChoice))
    for library in _LIBRARIES[engine]:
        try:
            require(library)
        except MissingExtra:
            # Both engines come with one extra, and it is the extra that the pip line names.
            raise MissingExtra("spark" if engine == "spark" else "validate") from None
    if engine == "spark":
        from bowerman_data.expectations._session import check_master

        check_master(spark_master)


def _engines(engine: str, spark_master: str) -> Iterator[Run]:
    """The engines asked for; they are imported here and nowhere else, since that takes seconds."""
    if engine in ("both", "pandera"):
        from bowerman_data.schemas.engine import run as pandera

        yield pandera
    if engine in ("both", "gx"):
        from bowerman_data.expectations._deferred import import_great_expectations

        import_great_expectations()
        from bowerman_data.expectations.engine import run as gx

        yield gx
    if engine == "spark":
        from bowerman_data.expectations.spark import run as spark

        yield partial(spark, master=spark_master)


def _shipped(edition: int | None) -> list[Reading]:
    """The shipped tables; of one edition those that have rows, without what is said of all of them together."""
    if edition is None:
        return [Reading(name, read(name)) for name in TABLES]
    tables = {name: of_edition(read(name), edition) for name in TABLES if name not in ("claims", "rulings")}
    return [Reading(name, table) for name, table in tables.items() if table.num_rows]


def _documents(documents: Any, judged: Mapping[str, pa.Table | Path]) -> pa.Table:  # noqa: ANN401
    """The source documents as a table: a frame as it is, a folder by the hashes of its files."""
    if not isinstance(documents, str | os.PathLike):
        return to_arrow(documents, "documents")
    from bowerman_data import sources

    given = judged.get("sources")
    try:
        return sources.documents(Path(documents), given if isinstance(given, pa.Table) else read("sources"))
    except OSError as error:
        raise InputError(str(error)) from error


def _refuse_unread(readings: list[Reading], verdicts: list[Verdict]) -> None:
    """Raise InputError for an archive of whose rows an engine could read nothing."""
    for reading in readings:
        for engine in sorted({verdict.engine for verdict in verdicts}) if reading.archive else ():
            said = {v.invariant: v for v in verdicts if (v.table, v.engine) == (reading.name, engine)}
            columns = said.pop("declared-columns").outcome
            judged = [v for v in said.values() if v.outcome != "skipped" and v.invariant != "never-empty"]
            if columns != "fail" and judged and all(verdict.outcome == "error" for verdict in judged):
                raise InputError(f"{reading.data}: cannot be read: {judged[0].reason}")


def _settled(readings: list[Reading], verdicts: list[Verdict]) -> list[Verdict]:
    """What the reader found, then the engines, then what was not given."""
    by_name = {reading.name: reading for reading in readings}
    engines: list[Engine] = sorted({verdict.engine for verdict in verdicts})
    settled = [*_read_verdicts(readings), *(settle(verdict, by_name) for verdict in verdicts)]
    return settled + not_given(by_name, engines)


def _report(readings: list[Reading], settled: list[Verdict]) -> Report:
    capped = tuple(replace(verdict, violations=verdict.violations[:CAP]) for verdict in settled)
    rows = {reading.name: reading.rows for reading in readings if not reading.made}
    notes = tuple(note for reading in readings for note in reading.notes)
    return Report(rows, capped, notes, places(readings, capped))


def _read_verdicts(readings: list[Reading]) -> list[Verdict]:
    """What reading itself found, for each table that was read by its headings."""
    return [
        _verdict(reading, rule.slug)
        for reading in readings
        if reading.read_by_heading or reading.found
        for rule in READING.values()
    ]


def _verdict(reading: Reading, rule: str) -> Verdict:
    found = tuple(violation for violation in reading.found if violation.invariant == rule)
    outcome: Outcome = "fail" if found else "pass"
    return Verdict(rule, reading.name, "reader", outcome, reading.rows, len(found), 0.0, found)
