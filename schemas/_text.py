"""Cells, rows and marks as text, in Polars expressions."""

from __future__ import annotations

from functools import cache

import polars as pl

from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.tables import TABLES

__all__ = ["MARK", "cell", "filled", "formatted", "mark_decimals", "mark_ms", "number", "pairs", "row_key", "unit"]

MARK = r"^(?:(?:(\d{1,2}):)?(\d{1,2}):)?(\d{1,2})(?:\.(\d{1,3}))?$"
"""`[[h:]m:]ss[.f]`: hours, minutes, seconds and the digits of the fraction."""


def number(value: float) -> str:
    """A number as cell text: without a trailing .0."""
    return str(value).removesuffix(".0")


def _float_text(value: pl.Expr) -> pl.Expr:
    named = pl.when(value.is_nan()).then(pl.lit("nan"))
    return named.otherwise(value.cast(pl.String).str.strip_suffix(".0"))


@cache
def cell(name: str) -> pl.Expr:
    """The text of a declared column's cell, null where the cell is null."""
    value, dtype = pl.col(name), COLUMNS[name].dtype
    if dtype == "float64":
        return _float_text(value)
    if dtype in ("list<string>", "list<int16>"):
        return value.cast(pl.List(pl.String)).list.eval(pl.element().fill_null("null")).list.join(", ")
    return value.cast(pl.String)


def filled(template: str, *values: pl.Expr | str) -> pl.Expr:
    """A text with values in place of its `{}`, null where one of them is; a string names a column."""
    # pl.format panics in some plans that sort and cut (Polars 2.1: assertion failed: i < self.len()).
    first, *texts = (pl.lit(text) for text in template.split("{}"))
    columns = (pl.col(value) if isinstance(value, str) else value for value in values)
    rest = (part for pair in zip(columns, texts, strict=True) for part in pair)
    return pl.concat_str(first, *rest)


@cache
def pairs(columns: tuple[str, ...]) -> pl.Expr:
    """`column=value` for each column, joined by spaces; null as `null`."""
    parts = [filled(f"{name}={{}}", cell(name).fill_null("null")) for name in columns]
    return pl.concat_str(parts, separator=" ")


def row_key(table: str) -> pl.Expr:
    """The row's key, as violations name it."""
    return pairs(TABLES[table].key)


def unit(decimals: pl.Expr) -> pl.Expr:
    """The last digit's worth in ms: 1000, 100, 10 or 1; null for decimals outside 0 to 3."""
    return (
        pl.when(decimals == 2)
        .then(10)
        .when(decimals == 0)
        .then(1000)
        .when(decimals == 1)
        .then(100)
        .when(decimals == 3)
        .then(1)
        .otherwise(None)
        .cast(pl.Int64)
    )


def _padded(value: pl.Expr, digits: int) -> pl.Expr:
    return value.cast(pl.String).str.zfill(digits)


def _clock(seconds: pl.Expr) -> pl.Expr:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return (
        pl.when(seconds < 60)
        .then(rest.cast(pl.String))
        .when(hours == 0)
        .then(pl.concat_str(minutes.cast(pl.String), pl.lit(":"), _padded(rest, 2)))
        .otherwise(
            pl.concat_str(hours.cast(pl.String), pl.lit(":"), _padded(minutes, 2), pl.lit(":"), _padded(rest, 2))
        )
    )


def formatted(time_ms: pl.Expr, decimals: pl.Expr) -> pl.Expr:
    """The mark of a time: exactly so many decimals, cut off; null for a negative time or decimals outside 0 to 3."""
    ms = time_ms % 1000
    fraction = (
        pl.when(decimals == 2)
        .then("." + _padded(ms // 10, 2))
        .when(decimals == 0)
        .then(pl.lit(""))
        .when(decimals == 1)
        .then("." + (ms // 100).cast(pl.String))
        .when(decimals == 3)
        .then("." + _padded(ms, 3))
    )
    return pl.when(time_ms >= 0).then(_clock(time_ms // 1000) + fraction)


def mark_ms(mark: pl.Expr) -> pl.Expr:
    """The ms of a mark, null where the text is no mark."""
    hours, minutes, seconds = (mark.str.extract(MARK, i).cast(pl.Int64) for i in (1, 2, 3))
    fraction = mark.str.extract(MARK, 4).fill_null("").str.pad_end(3, "0").cast(pl.Int64)
    return ((hours.fill_null(0) * 60 + minutes.fill_null(0)) * 60 + seconds) * 1000 + fraction


def mark_decimals(mark: pl.Expr) -> pl.Expr:
    """How many decimals a mark has."""
    return mark.str.extract(MARK, 4).fill_null("").str.len_chars().cast(pl.Int64)
