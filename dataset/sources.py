"""Prove every locator against the source documents: hash, offsets, lines, printed characters, quotes.

The documents are not part of this project. `python -m bowerman_data.sources FOLDER` finds them by
the SHA-256 of their bytes, whatever they are called, and names each that is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

import pyarrow as pa

import bowerman_data
from bowerman_data._exit import leave_quietly

__all__ = ["documents", "main", "missing"]

SCHEMA = pa.schema([("source_id", pa.string()), ("sha256", pa.string()), ("text", pa.string())])


def documents(folder: Path, sources: pa.Table) -> pa.Table:
    """The documents of a folder that the sources name: source_id, sha256, text; found by hash.

    Raises FileNotFoundError where the folder is none.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: got no folder, expected the folder of the source documents")
    files = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in folder.iterdir() if path.is_file()}
    rows = [
        {"source_id": source["source_id"], "sha256": source["sha256"], "text": _text(files[source["sha256"]])}
        for source in sources.to_pylist()
        if source["sha256"] in files
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def missing(sources: pa.Table, found: pa.Table) -> list[dict[str, str]]:
    """The sources with a hash whose document was not found."""
    have = set(found["source_id"].to_pylist())
    return [row for row in sources.to_pylist() if row["sha256"] and row["source_id"] not in have]


def _text(path: Path) -> str:
    # newline="" keeps the characters as they are, so that offsets count what the hash covers.
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 every locator holds, 1 some do not or documents are missing, 2 no folder."""
    parser = argparse.ArgumentParser(prog="python -m bowerman_data.sources", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the source documents")
    folder = parser.parse_args(arguments).folder
    sources = bowerman_data.load("sources")
    try:
        found = documents(folder, sources)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    absent = missing(sources, found)
    for row in absent:
        print(f"missing: {row['source_id']}: no file in {folder} has the SHA-256 {row['sha256']}", file=sys.stderr)
    return max(_prove(found), int(bool(absent)))


def _prove(found: pa.Table) -> int:
    """Run the invariant that reads the documents, in both engines; 1 where it fails."""
    if not len(found):
        return 1
    report = bowerman_data.validate(documents=found)
    broken = [violation for violation in report.violations if violation.invariant == "spans-resolve"]
    for violation in broken:
        print(violation.message, file=sys.stderr)
    spans = sum(verdict.rows for verdict in report.verdicts if verdict.invariant == "spans-resolve")
    print(f"{len(found)} documents, {spans:,} locators looked at by two engines, {len(broken)} that do not hold")
    return 1 if broken else 0


if __name__ == "__main__":
    code = main()
    leave_quietly()
    sys.exit(code)
