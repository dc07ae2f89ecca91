"""The end of a process that used DuckDB."""

from __future__ import annotations

import os
import sys

__all__ = ["leave_quietly"]


def leave_quietly() -> None:
    """Close stderr for good: DuckDB 2.0 lists there what it leaks when the interpreter has ended, for nobody's use."""
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
