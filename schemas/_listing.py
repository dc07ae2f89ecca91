"""What is listed of the violations of an invariant: the first in order, and on request all of them in files."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bowerman_data.schemas._frames import ROW
from bowerman_data.schemas._text import pairs
from bowerman_data.schemas.tables import TABLES

__all__ = ["EVERY", "Listing"]

FIELDS = ("key", "column", "value", "expected")
EVERY = pl.Schema({ROW: pl.UInt32(), **dict.fromkeys(FIELDS, pl.String())})
NOTHING = EVERY.to_frame()


class Listing:
    """The violations of one invariant in one table, found batch by batch."""

    def __init__(self, slug: str, table: str, cap: int, every: Path | None) -> None:
        """Of which invariant and table, how many to hold, and the folder for all."""
        self.slug, self.table, self.cap, self.every = slug, table, cap, every
        self._held = NOTHING

    def is_settled(self, first: str) -> bool:
        """Whether no row can be among the first any more whose key is no less than this beginning of one."""
        return self.every is None and self._held.height == self.cap and self._held["key"][-1] < first

    def likely(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The rows without those that sort behind all that are held, where these suffice.

        Only the first column of the key is looked at: a key that begins with more than the last key held is more.
        """
        if self.every is not None or self._held.height < self.cap:
            return rows
        first = pairs(TABLES[self.table].key[:1])
        return rows.filter(first <= self._held["key"][-1])

    def least(self, found: pl.LazyFrame) -> pl.LazyFrame:
        """As many of the violations as can be among the first."""
        return found if self.every is not None else found.sort(FIELDS, nulls_last=True).head(self.cap)

    def add(self, found: pl.DataFrame) -> None:
        """Take violations, and write them where all are wanted."""
        if self.every is not None and found.height:
            self._write(found, self.every)
        self._held = pl.concat([self._held, found.select(*EVERY)]).sort(FIELDS, nulls_last=True).head(self.cap)

    def first(self) -> pl.DataFrame:
        """The first in order of key, column, value and expected."""
        return self._held

    def _write(self, found: pl.DataFrame, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob("pandera-*.parquet")))
        named = found.select(pl.lit(self.slug).alias("invariant"), pl.lit(self.table).alias("table"), *FIELDS)
        named.write_parquet(folder / f"pandera-{number:06}.parquet")
