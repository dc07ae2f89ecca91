"""Build the tables: read the seeds, fuse, compute the verdicts, validate, write.

`python -m bowerman_data.build` writes `dataset/tables`; with `--check` it compares instead.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bowerman_data._exit import leave_quietly
from bowerman_data.fuse import fuse
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.seeds import SeedError, read_seeds

__all__ = ["BuildError", "build", "content_digest", "differences", "main", "tables_from"]


class BuildError(ValueError):
    """The tables that the seeds give break an invariant; nothing was written."""


def tables_from(seeds: Path) -> dict[str, pa.Table]:
    """The nine tables that the seeds give, verdicts computed; nothing is validated or written."""
    from bowerman_data.schemas.provenance import recomputed_verdicts

    tables = fuse(read_seeds(seeds))
    verdicts = dict(recomputed_verdicts(tables).iter_rows())
    claims = tables["claims"]
    column = pa.array([verdicts[claim] for claim in claims["claim_id"].to_pylist()], pa.string())
    place = claims.schema.get_field_index("verdict")
    tables["claims"] = claims.set_column(place, claims.schema.field("verdict"), column).cast(arrow_schema("claims"))
    return tables


def build(seeds: Path, out: Path) -> dict[str, pa.Table]:
    """Build, validate with both engines and write the tables and their manifest.

    Raises SeedError with every fault of the seeds, BuildError with every violation; in both cases
    the folder `out` stays as it was.
    """
    tables = tables_from(seeds)
    broken = _broken(tables)
    if broken:
        raise BuildError("\n".join(["the tables break their own rules; nothing was written", *broken]))
    _replace(out, tables)
    return tables


def _broken(tables: dict[str, pa.Table]) -> list[str]:
    """What either engine holds against the tables, a line each."""
    from bowerman_data.expectations import engine as gx
    from bowerman_data.schemas import engine as pandera

    verdicts = [*pandera.run(tables, shipped=True), *gx.run(tables, shipped=True)]
    lines = [
        f"{v.invariant}: {v.table}: {v.engine} could not run: {v.reason}" for v in verdicts if v.outcome == "error"
    ]
    for verdict in verdicts:
        lines += [f"{found.invariant}: {found.message} ({found.engine})" for found in verdict.violations]
    return lines


def content_digest(table: pa.Table) -> str:
    """SHA-256 of the values, columns and types: the same whichever library wrote the file."""
    content = {"columns": [[f.name, str(f.type)] for f in table.schema], "rows": table.to_pylist()}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(tables: dict[str, pa.Table], folder: Path) -> list[str]:
    """How the tables in a folder differ from these: one line each, none where they are the same.

    Bytes are compared where the folder was written by the library at hand, else contents: another
    version of the Parquet writer writes other bytes for the same table.
    """
    with tempfile.TemporaryDirectory() as scratch:
        _write(Path(scratch), tables)
        return list(_compare(Path(scratch), folder))


def _compare(fresh: Path, folder: Path) -> list[str]:
    new, old = _manifest(fresh), _manifest(folder)
    names = sorted(new["tables"].keys() | old["tables"].keys())
    what = "sha256" if new["written_by"] == old["written_by"] else "content_sha256"
    found = [n for n in names if new["tables"].get(n, {}).get(what) != old["tables"].get(n, {}).get(what)]
    lines = [f"{name}.parquet: the manifest is not that of a rebuild" for name in found]
    for name in sorted(old["tables"].keys()):
        path = folder / f"{name}.parquet"
        if not path.exists():
            lines.append(f"{path.name}: missing")
        elif _sha256(path) != old["tables"][name]["sha256"]:
            lines.append(f"{path.name}: not the bytes that the manifest names")
    return lines


def _manifest(folder: Path) -> dict[str, dict[str, dict[str, str]]]:
    path = folder / "manifest.json"
    nothing: dict[str, dict[str, dict[str, str]]] = {"tables": {}, "written_by": {}}
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else nothing


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(folder: Path, tables: dict[str, pa.Table]) -> None:
    entries = {}
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd", compression_level=9)
        entries[name] = {"rows": len(table), "sha256": _sha256(path), "content_sha256": content_digest(table)}
    manifest = {"written_by": f"pyarrow {pa.__version__}", "tables": entries}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _replace(out: Path, tables: dict[str, pa.Table]) -> None:
    """Write beside `out`, then put the new folder in its place: whole, or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    fresh, old = scratch / "new", scratch / "old"
    try:
        fresh.mkdir()
        _write(fresh, tables)
        if out.exists():
            out.rename(old)
        fresh.rename(out)
    finally:
        if old.exists() and not out.exists():
            old.rename(out)
        shutil.rmtree(scratch)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 built or the same, 1 faults or differences."""
    parser = argparse.ArgumentParser(prog="python -m bowerman_data.build", description=__doc__)
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), help="folder of the seeds (default: seeds)")
    parser.add_argument("--out", type=Path, default=Path("dataset/tables"), help="where the tables go")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where --out is not a rebuild")
    options = parser.parse_args(arguments)
    try:
        return _check(options.seeds, options.out) if options.check else _build(options.seeds, options.out)
    except (SeedError, BuildError) as error:
        print(error, file=sys.stderr)
        return 1


def _build(seeds: Path, out: Path) -> int:
    for name, table in build(seeds, out).items():
        print(f"{name:10} {len(table):6,} rows")
    return 0


def _check(seeds: Path, out: Path) -> int:
    found = differences(tables_from(seeds), out)
    for line in found:
        print(line, file=sys.stderr)
    print(f"{out}: differs from a rebuild of {seeds}" if found else f"{out}: the same as a rebuild of {seeds}")
    return 1 if found else 0


if __name__ == "__main__":
    code = main()
    leave_quietly()
    sys.exit(code)
