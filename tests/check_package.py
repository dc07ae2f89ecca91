"""Build wheel and sdist, check their contents, install them offline, and run the downstream project.

`nox -s package` runs this with a scratch folder; nothing in the checkout is written.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "dataset": "bowerman_data",
    "schemas": "bowerman_data/schemas",
    "expectations": "bowerman_data/expectations",
}
TOP = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "DICTIONARY.md", "LICENSE", "LICENSE-DATA"}
TOP |= {"noxfile.py", "pyproject.toml", "setup.cfg", "MANIFEST.in"}


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run a command, shown; stop where it fails."""
    print("+", *command, flush=True)
    subprocess.run([str(word) for word in command], check=True, cwd=cwd)


def tracked() -> set[str]:
    """The files of the project, as git knows them."""
    listed = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return set(listed.splitlines())


def clean_copy(scratch: Path) -> Path:
    """The tracked files alone, so that nothing left over in the checkout is packed."""
    copy = scratch / "source"
    for name in tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


def build(source: Path, out: Path, what: str) -> Path:
    """Build one distribution and return its file."""
    run(sys.executable, "-m", "build", f"--{what}", "--outdir", out, source)
    return next(out.iterdir())


def wheel_content(wheel: Path) -> dict[str, str]:
    """The files of a wheel with their digests, without its own record of them."""
    with zipfile.ZipFile(wheel) as file:
        names = [name for name in file.namelist() if not name.endswith(".dist-info/RECORD")]
        return {name: hashlib.sha256(file.read(name)).hexdigest() for name in names}


def sdist_content(sdist: Path, into: Path) -> Path:
    """The sdist unpacked: its one top folder."""
    with tarfile.open(sdist) as file:
        file.extractall(into, filter="data")
    return next(into.iterdir())


def expect(what: str, got: set[str], wanted: set[str]) -> None:
    """Stop where two sets of files differ, and say how."""
    if got != wanted:
        sys.exit(f"{what}: missing {sorted(wanted - got)}, stray {sorted(got - wanted)}")
    print(f"{what}: {len(got)} files, nothing missing, nothing stray")


def check_wheel(wheel: Path) -> None:
    """Code, tables, reference lists and licences, and nothing else."""
    wanted = set()
    for folder, package in PACKAGES.items():
        inside = {name.removeprefix(f"{folder}/") for name in tracked() if name.startswith(f"{folder}/")}
        kept = {name for name in inside if name.endswith((".py", ".parquet", ".csv", "manifest.json", "py.typed"))}
        wanted |= {f"{package}/{name}" for name in kept}
    got = {name for name in wheel_content(wheel) if ".dist-info/" not in name}
    expect(wheel.name, got, wanted)
    licences = {name.split("/")[-1] for name in wheel_content(wheel) if "/licenses/" in name}
    expect("its licences", licences, {"LICENSE", "LICENSE-DATA"})


def check_sdist(folder: Path) -> None:
    """Everything that builds, tests and explains the package."""
    parts = ("dataset/", "schemas/", "expectations/", "seeds/", "tests/")
    wanted = {name for name in tracked() if name.startswith(parts) or name in TOP}
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    expect(folder.name, {name for name in names if "egg-info" not in name and name != "PKG-INFO"}, wanted)


def install_offline(scratch: Path, distribution: Path) -> None:
    """Install without an index beside the dependencies at hand, and import the tables."""
    target = scratch / f"target-{distribution.suffix.strip('.')}"
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--target", str(target)]
    run(sys.executable, "-m", "pip", "install", *options, distribution)
    code = f"import sys; sys.path.insert(0, {str(target)!r}); import bowerman_data as bd; print(bd.tables())"
    run(sys.executable, "-c", code, cwd=scratch)


def run_downstream(scratch: Path, wheel: Path) -> None:
    """An empty environment, the wheel with its extras, and the downstream project's own checks."""
    venv.create(scratch / "venv", with_pip=True)
    python = scratch / "venv/bin/python"
    project = scratch / "downstream"
    for name in tracked():
        if name.startswith("tests/downstream/"):
            path = project / name.removeprefix("tests/downstream/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((ROOT / name).read_bytes())
    run(python, "-m", "pip", "install", "--quiet", f"bowerman-data[pandas,validate] @ {wheel.as_uri()}")
    # Read here: a fresh environment's pip may be too old for --group.
    groups = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    run(python, "-m", "pip", "install", "--quiet", *groups["dev"])
    run(python, "run.py", cwd=project)


def main(scratch: Path) -> None:
    """Check everything in a scratch folder, emptied of what an earlier run left."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    source = clean_copy(scratch)
    sdist, wheel = build(source, scratch / "sdist", "sdist"), build(source, scratch / "wheel", "wheel")
    run(sys.executable, "-m", "twine", "check", "--strict", sdist, wheel)
    run(sys.executable, "-m", "check_wheel_contents", "--ignore", "W002", wheel)
    unpacked = sdist_content(sdist, scratch / "unpacked")
    check_wheel(wheel)
    check_sdist(unpacked)
    again = build(unpacked, scratch / "again", "wheel")
    if wheel_content(again) != wheel_content(wheel):
        sys.exit("the sdist does not rebuild the same wheel")
    print("the sdist rebuilds the same wheel")
    for distribution in (wheel, sdist):
        install_offline(scratch, distribution)
    run_downstream(scratch, wheel)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
