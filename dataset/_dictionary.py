"""What the tables are and what their columns mean, from the declarations."""

from __future__ import annotations

from dataclasses import dataclass

from bowerman_data._files import known_table, rows
from bowerman_data._layout import aligned, wrapped
from bowerman_data.schemas.columns import Column
from bowerman_data.schemas.tables import TABLES, Table

__all__ = ["ColumnEntry", "Dictionary", "TableEntry", "Tables", "dictionary", "domain", "tables"]


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table: its name, how many rows it has, and what a row is."""

    name: str
    rows: int
    description: str


class Tables(tuple[TableEntry, ...]):
    """The tables in the order of the dictionary; printed, one line each."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Align names, rows and descriptions."""
        return "\n".join(aligned([(table.name, f"{table.rows:,}", table.description) for table in self], right={1}))


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """One column of a table.

    `domain` says which values are allowed, `null_when` when a cell is null (None: never),
    `references` where a value must stand, as `table.column`.
    """

    name: str
    dtype: str
    unit: str | None
    description: str
    domain: str | None
    null_when: str | None
    references: str | None
    in_key: bool


@dataclass(frozen=True, slots=True, repr=False)
class Dictionary:
    """One table's columns, its key and its row order."""

    table: str
    description: str
    columns: tuple[ColumnEntry, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]

    def __repr__(self) -> str:
        """Print the table as a page: each column with its type, unit, meaning and null rule."""
        head = [f"{self.table}: {self.description}", f"key: {', '.join(self.key)}", f"order: {', '.join(self.order)}"]
        width = max(len(column.name) for column in self.columns) + 2
        return "\n".join(head + [line for column in self.columns for line in ("", *_page(column, width))])


def tables() -> Tables:
    """List the tables: name, number of rows, and what a row is; rows come from the files' footers.

    >>> print(tables()[0])
    TableEntry(name='results', rows=304, description='One row for each person on the start list of a race.')
    """
    return Tables(TableEntry(name, rows(name), table.description) for name, table in TABLES.items())


def dictionary(table: str) -> Dictionary:
    """Describe a table's columns: dtypes, units, allowed values, null rules, keys and references.

    Raises UnknownName, a ValueError, for a table that does not exist.

    >>> dictionary("splits").columns[5].unit
    'ms'
    """
    declared = TABLES[known_table(table)]
    columns = tuple(_entry(declared, column) for column in declared.declared())
    return Dictionary(table, declared.description, columns, declared.key, declared.order)


def domain(column: Column) -> str | None:
    """The allowed values of a column in words, None where every value of its type is."""
    if column.values:
        return f"one of {', '.join(column.values)}"
    if column.pattern is not None:
        return f"pattern {column.pattern}"
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum:,} to {column.maximum:,}"
    return None


def _entry(table: Table, column: Column) -> ColumnEntry:
    rule = table.nulls.get(column.name)
    targets = [f"{r.table}.{r.target}" for r in table.references if r.column == column.name]
    return ColumnEntry(
        column.name,
        column.dtype,
        column.unit,
        column.description,
        domain(column),
        rule.sentence if rule else None,
        targets[0] if targets else None,
        column.name in table.key,
    )


def _page(column: ColumnEntry, width: int) -> list[str]:
    kind = f"{column.dtype}, {column.unit}" if column.unit else column.dtype
    notes = [f"{kind}{', key' if column.in_key else ''}", column.description]
    notes += [column.domain] if column.domain else []
    notes += [f"stands in {column.references}"] if column.references else []
    notes += [column.null_when or "never null"]
    lines = [line for note in notes for line in wrapped(note, indent=width)]
    return [f"{column.name:<{width}}{lines[0].lstrip()}", *lines[1:]]
