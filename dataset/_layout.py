"""Plain text that fits a terminal: aligned columns, wrapped paragraphs."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence

__all__ = ["WIDTH", "aligned", "wrapped"]

WIDTH = 88


def aligned(rows: Sequence[Sequence[str]], right: Collection[int] = (), indent: int = 0) -> list[str]:
    """Rows as lines, columns two spaces apart; those numbered in `right` stand flush right.

    A line that is too wide is wrapped under its last column.

    >>> aligned([("1", "Kerr"), ("14", "Kessler")], right={0})
    [' 1  Kerr', '14  Kessler']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    hang = indent + sum(width + 2 for width in widths[:-1])
    lines: list[str] = []
    for row in rows:
        cells = [
            cell.rjust(w) if n in right else cell.ljust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines += wrapped("  ".join(cells[:-1]) + "  " + row[-1], indent, hang)
    return lines


def wrapped(text: str, indent: int = 0, hang: int | None = None) -> list[str]:
    """A paragraph as lines of at most 88 columns; `hang` is the indent of all but the first.

    Words are never broken, so that an address stays whole and can be clicked.
    """
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if hang is None else hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
