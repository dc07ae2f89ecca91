"""Finding a name in a long list by its hashes, in a step however long the list is."""

from __future__ import annotations

import polars as pl

from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas.tables import TABLES

__all__ = ["Directory", "directory"]

ROOM = 8
"""Slots for each name, so that few have to share one."""


class Directory:
    """A list of names, in which the row of a name is found.

    A first hash says where a name would stand, and a second of 64 bits whether it is the one that stands there:
    in a billion searches for strangers, one is taken for somebody listed with a chance of one in 10**10.
    """

    def __init__(self, names: pl.Series) -> None:
        """Put each name into its slot; of those that would share one, all but the last stand apart."""
        self._second, self._mask = names.hash(1), (1 << (ROOM * names.len()).bit_length()) - 1
        rows, at = pl.int_range(names.len(), dtype=pl.UInt32, eager=True), self._slot(names)
        self._slots = pl.Series([None], dtype=pl.UInt32).new_from_index(0, self._mask + 1).scatter(at, rows)
        apart = (self._slots.gather(at) != rows).arg_true()
        self._apart = pl.DataFrame({"hash": self._second.gather(apart), "row": apart}).unique("hash", keep="any")

    def rows_of(self, names: pl.Series) -> pl.Series:
        """The row of each name, null where it stands in none."""
        hashes, rows = names.hash(1), self._slots.gather(self._slot(names))
        other = (self._second.gather(rows) != hashes).arg_true()
        sought = hashes.gather(other).alias("hash").to_frame()
        rows = rows.scatter(other, sought.join(self._apart, on="hash", how="left", maintain_order="left")["row"])
        return rows.set(names.is_null(), None) if names.null_count() else rows

    def _slot(self, names: pl.Series) -> pl.Series:
        return (names.hash() & self._mask).cast(pl.UInt32)


def directory(whole: Frames, table: str) -> Directory:
    """The ids that a table has, by its key of one column."""
    (key,) = TABLES[table].key
    return whole.once(f"directory of {table}", lambda: Directory(whole.held(table)[key]))
