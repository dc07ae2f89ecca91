"""Columns as NumPy arrays, where there is nothing to be done but compare and look up numbers by the row."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["NOTHING", "Array", "filled", "marked", "repeated", "there", "true", "whole_numbers"]

Array: TypeAlias = npt.NDArray[Any]

NOTHING = -(1 << 30)
"""Stands in an array for a number that is not there; less than any place and any time."""


def filled(values: pl.Series, instead: object) -> Array:
    """A column with that in place of null."""
    # With no null there is nothing to fill, which takes Polars longer than many a comparison.
    return (values.fill_null(instead) if values.null_count() else values).to_numpy()


def whole_numbers(values: pl.Series) -> Array:
    """A column of numbers of up to 32 bits."""
    return filled(values.cast(pl.Int32) if values.null_count() else values, NOTHING)


def true(values: pl.Series) -> Array:
    """Where a series is true."""
    return filled(values, False)


def there(values: Array) -> Array:
    """Where there is a number."""
    found: Array = values != NOTHING
    return found


def repeated(values: Array, first: Array, height: int) -> Array:
    """In each row the value of its run; the runs begin in the rows `first`."""
    return np.repeat(values, np.diff(first, append=height))


def marked(rows: Array, height: int) -> Array:
    """True in these rows of so many."""
    found = np.zeros(height, bool)
    found[rows] = True
    return found
