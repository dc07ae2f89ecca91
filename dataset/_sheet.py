"""A sheet: the raw columns of a file or a frame, and the line of each row. Nothing is interpreted here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa

from bowerman_data._archive import Archive
from bowerman_data.errors import InputError

__all__ = ["Sheet", "from_arrow", "no_doubles"]


@dataclass(frozen=True)
class Sheet:
    """Raw columns of a file or a frame.

    `lines` has the line of each row, from 1 and with the heading counted; for a file without lines
    it is the number of the row. `stated` is what the file says of its race outside the columns,
    and `typed` whether its columns have types of their own, as those of CSV have not. An `archive`
    has its rows elsewhere: the table has its columns alone.
    """

    name: str
    stem: str
    table: pa.Table
    lines: tuple[int, ...] | range
    says: str | None = None
    stated: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    typed: bool = True
    archive: Archive | None = None


def from_arrow(table: pa.Table, name: str, stem: str, says: str | None = None) -> Sheet:
    """Arrow data as a sheet; its rows are numbered from 1."""
    return Sheet(name, stem, table, range(1, table.num_rows + 1), says)


def no_doubles(headings: list[str], name: str) -> None:
    """Raise InputError where a heading stands twice: nobody can tell which is meant."""
    twice = sorted(heading for heading, times in Counter(headings).items() if times > 1)
    if twice:
        raise InputError(f"{name}: heading: got {twice[0]!r} twice, expected each column once")
