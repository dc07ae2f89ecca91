"""Finding a name in a long list by its hash, in a step however long the list is."""

from __future__ import annotations

import polars as pl

from bowerman_data.schemas._frames import Frames, positions
from bowerman_data.schemas.tables import TABLES

__all__ = ["Directory", "directory"]

ROOM = 4
"""Slots for each name, so that few have to share one."""


class Directory:
    """A list of names, in which the row of a name is found by its hash.

    The low bits of the hash say where a name would stand. Its other bits stand there with its row in place of the
    low ones, so that a stranger among 10 million names is taken for somebody listed with a chance of one in 10**11.
    """

    def __init__(self, names: pl.Series) -> None:
        """Put each name into its slot; of those that would share one, all but the last stand apart."""
        rows = positions(names.is_not_null())
        hashes, count = names.gather(rows).hash(), 1 << (ROOM * names.len()).bit_length()
        self._low = count - 1
        entries, at = self._others(hashes) | rows.cast(pl.UInt64), self._slot(hashes)
        self._slots = pl.Series([0], dtype=pl.UInt64).new_from_index(0, count).scatter(at, entries)
        apart = positions(self._slots.gather(at) != entries)
        self._apart = pl.DataFrame({"hash": hashes.gather(apart), "row": rows.gather(apart)}).unique("hash", keep="any")

    def rows_of(self, hashes: pl.Series) -> pl.Series:
        """The row of each name, by its hash; null where it stands in none."""
        entries = self._slots.gather(self._slot(hashes))
        rows, other = (entries & self._low).cast(pl.UInt32), positions((entries ^ hashes) > self._low)
        sought = hashes.gather(other).alias("hash").to_frame()
        return rows.scatter(other, sought.join(self._apart, on="hash", how="left", maintain_order="left")["row"])

    def _slot(self, hashes: pl.Series) -> pl.Series:
        return (hashes & self._low).cast(pl.UInt32)

    def _others(self, hashes: pl.Series) -> pl.Series:
        return hashes - (hashes & self._low)


def directory(whole: Frames, table: str) -> Directory:
    """The ids that a table has, by its key of one column."""
    (key,) = TABLES[table].key
    return whole.once(f"directory of {table}", lambda: Directory(whole.held(table)[key]))
