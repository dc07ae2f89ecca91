"""Names as whole numbers, which are smaller than text wherever rows are moved."""

from __future__ import annotations

from threading import Lock

import polars as pl

from bowerman_data.schemas._directory import Directory
from bowerman_data.schemas._frames import Frames, compact, positions
from bowerman_data.schemas.tables import TABLES

__all__ = ["Names", "names"]


class Names:
    """Names by number: those of a list by their row, and behind them strangers in the order in which they are met.

    They are told apart by hashes of 64 bits.
    """

    def __init__(self, listed: pl.Series) -> None:
        """Take the list, which may be empty."""
        self._listed, self._directory = listed, Directory(listed)
        self._strangers = pl.DataFrame(schema={"hash": pl.UInt64, "name": pl.String})
        self._meeting = Lock()

    def numbers(self, names: pl.Series) -> pl.Series:
        """The number of each name, null where there is no name."""
        hashes = names.hash()
        numbers = self._directory.rows_of(hashes)
        others = positions(numbers.is_null() & names.is_not_null())
        if others.is_empty():
            return numbers
        others_named = pl.DataFrame({"hash": hashes.gather(others), "name": names.gather(others)})
        return numbers.scatter(others, self._met(others_named))

    def _met(self, rows: pl.DataFrame) -> pl.Series:
        with self._meeting:
            new = rows.unique("hash", keep="any").join(self._strangers, on="hash", how="anti")
            self._strangers = pl.concat([self._strangers, compact(new)])
            known = self._strangers.select("hash").with_row_index("number", self._listed.len())
        return rows.join(known, on="hash", how="left", maintain_order="left")["number"]

    def listed(self) -> pl.Series:
        """All names that have a number, in order."""
        # In one piece: Polars 2.1 panics on the text of rows that are picked from several.
        return pl.concat([self._listed, self._strangers["name"]]).rechunk()


def names(whole: Frames, table: str, among: str) -> Names:
    """The ids of a table by its key of one column, or where there is no such table those that another table has."""
    (key,) = TABLES[table].key
    if table in whole:
        return Names(whole.held(table)[key])
    met = whole[among].select(pl.col(key).drop_nulls().unique()).collect(engine="streaming")
    return Names(met.to_series().rechunk())
