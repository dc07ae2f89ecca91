"""Finding a name in a long list by its hash, in a step however long the list is."""

from __future__ import annotations

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import marked
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
        """Put each name into its slot; of those that would share one, all but the last stand apart, in order."""
        rows = positions(names.is_not_null())
        hashes, count = names.gather(rows).hash().to_numpy(), 1 << (ROOM * names.len()).bit_length()
        self._low = np.uint64(count - 1)
        entries, slots = hashes & ~self._low | rows.to_numpy(), hashes & self._low
        self._slots = np.zeros(count, np.uint64)
        self._slots[slots] = entries
        apart = self._slots[slots] != entries
        self._apart, first = np.unique(hashes[apart], return_index=True)
        self._rows_apart = rows.to_numpy()[apart][first]

    def rows_of(self, hashes: pl.Series) -> pl.Series:
        """The row of each name, by its hash; null where it stands in none."""
        sought = hashes.to_numpy()
        entries = self._slots[sought & self._low]
        rows, other = (entries & self._low).astype(np.uint32), np.flatnonzero((entries ^ sought) > self._low)
        at = np.searchsorted(self._apart, sought[other])
        found = np.append(self._apart, 0)[at] == sought[other]
        rows[other[found]] = self._rows_apart[at[found]]
        return (
            pl.Series(rows).set(pl.Series(marked(other[~found], rows.size)), None)
            if not found.all()
            else pl.Series(rows)
        )


def directory(whole: Frames, table: str) -> Directory:
    """The ids that a table has, by its key of one column."""
    (key,) = TABLES[table].key
    return whole.once(f"directory of {table}", lambda: Directory(whole.held(table)[key]))
