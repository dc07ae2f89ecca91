"""The floor: Polars reads every column of the four tables once, streaming, and reduces each to something cheap."""

from __future__ import annotations

from pathlib import Path

import polars as pl

__all__ = ["judge"]


def judge(folder: Path) -> dict[str, int]:
    """Judge nothing."""
    scans = [pl.scan_parquet(folder / f"{name}.parquet") for name in ("results", "splits", "races", "athletes")]
    reduced = [scan.select(_reduced(*column) for column in scan.collect_schema().items()) for scan in scans]
    pl.collect_all(reduced, engine="streaming")
    return {}


def _reduced(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return pl.col(name).str.len_bytes().sum()
    return pl.col(name).list.len().sum() if dtype.is_nested() else pl.col(name).max()
