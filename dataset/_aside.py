"""A file that is whole or not there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["written_aside"]


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A place on the same disk to write a file, which is put where it belongs when all went well."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        aside = Path(folder) / path.name
        yield aside
        os.replace(aside, path)
