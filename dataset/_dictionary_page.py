"""Write DICTIONARY.md: tables, columns and invariants, as they are declared.

`python -m bowerman_data._dictionary_page DICTIONARY.md` writes the page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

from bowerman_data._dictionary import domain
from bowerman_data._editions import coverage_by_year
from bowerman_data.schemas.catalogue import INVARIANTS, Invariant
from bowerman_data.schemas.columns import Column
from bowerman_data.schemas.tables import TABLES, Table

__all__ = ["coverage", "main", "page"]

_HEAD = """# Data dictionary

Generated from the declarations in `schemas/` by `nox -s docs`; do not edit it.

The same name means the same thing in every table. A column is never null unless its last cell says
when it is, and each such rule is checked. Times are whole milliseconds in columns that end in
`_ms`, distances metres in columns that end in `_m`. `bd.dictionary(table)` prints the same for one
table, and the Parquet files carry the descriptions, units and null rules in their metadata.
"""

_COVERAGE = """## Coverage

How much of each edition the tables hold. full: everybody who started, with those who did not finish;
finishers: all who finished and nobody else; to-3:56: the finishers to 3:56.00, so that nobody is
missing above that line and nothing is known below it; podium: the first three. Sources that share
an upstream count once as independent. The race was not held in 2020.
"""

_INVARIANTS = """## Invariants

Each is written twice, in Pandera on Polars and in Great Expectations on SQL, and both must agree.
An error fails a validation; a warning is reported, since real races break the rule lawfully.
"""


def page() -> str:
    """The whole page, in Markdown."""
    parts = [_HEAD, _contents(), _COVERAGE, coverage(), *(_section(table) for table in TABLES.values()), _INVARIANTS]
    return "\n".join([*parts, *(_invariant(invariant) for invariant in INVARIANTS.values())])


def coverage() -> str:
    """How much of each edition is held, as a table in Markdown."""
    head = ("edition", "known", "in the results", "with a time", "splits", "sources", "independent")
    rows = [tuple(str(getattr(one, field.name)) for field in fields(one)) for one in coverage_by_year()]
    return _grid(head, rows)


def main(arguments: list[str] | None = None) -> int:
    """Write the page to the file that is named."""
    parser = argparse.ArgumentParser(prog="python -m bowerman_data._dictionary_page", description=__doc__)
    parser.add_argument("file", type=Path, help="file of the page")
    parser.parse_args(arguments).file.write_text(page(), encoding="utf-8", newline="\n")
    return 0


def _contents() -> str:
    rows = [(f"[{name}](#{name})", table.description) for name, table in TABLES.items()]
    return _grid(("table", "one row is"), [*rows, ("[invariants](#invariants)", "what must be true of them")])


def _section(table: Table) -> str:
    columns = [_column(table, column) for column in table.declared()]
    facts = f"Key: {_code(table.key)}. Order: {_code(table.order)}."
    grid = _grid(("column", "type", "unit", "description", "allowed", "null"), columns)
    return f"## {table.name}\n\n{table.description}\n\n{facts}{_references(table)}\n\n{grid}"


def _references(table: Table) -> str:
    targets = [f"`{r.column}` stands in `{r.table}.{r.target}`" for r in table.references]
    return f" References: {', '.join(targets)}." if targets else ""


def _column(table: Table, column: Column) -> tuple[str, ...]:
    rule = table.nulls.get(column.name)
    null = f"{rule.sentence} ({_link(rule.invariant)})" if rule else "never"
    return f"`{column.name}`", f"`{column.dtype}`", column.unit or "", column.description, _allowed(column), null


def _allowed(column: Column) -> str:
    if column.pattern is not None:
        return f"`{column.pattern}`"
    return domain(column) or ""


def _invariant(invariant: Invariant) -> str:
    tables = "every table" if set(invariant.tables) == set(TABLES) else _code(invariant.tables)
    needed = tuple(dict.fromkeys(other for table in invariant.tables for other in invariant.needs(table)))
    beside = f"; reads {_code(needed)}" if needed else ""
    beside += f"; uses {_code(invariant.uses)} where there" if invariant.uses else ""
    scope = "; promised of the shipped tables only" if invariant.shipped_only else ""
    lines = [
        f"### {invariant.slug}\n",
        f"{invariant.sentence}\n",
        f"- {invariant.severity}; judges {tables}{beside}{scope}",
        f"- why: {invariant.reason}",
        f"- source: {invariant.source}\n",
    ]
    return "\n".join(lines)


def _link(slug: str) -> str:
    return f"[{slug}](#{slug})"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(_lines([head, ("---",) * len(head), *rows])) + "\n"


def _lines(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    # A bar inside a cell would end it, in code too.
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


if __name__ == "__main__":
    sys.exit(main())
