import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["validate", "tests"]

PYPROJECT = nox.project.load_toml("pyproject.toml")


def install(session: nox.Session, extras: str, *groups: str) -> None:
    """Install the package as a user gets it, and the named dependency groups."""
    # A used checkout would ship modules that were deleted since.
    shutil.rmtree("build/lib", ignore_errors=True)
    session.install(f".[{extras}]", *nox.project.dependency_groups(PYPROJECT, *groups))


@nox.session
def validate(session: nox.Session) -> None:
    """Validate the shipped tables with both engines; -- passes arguments to bowerman-data validate."""
    install(session, "validate")
    session.run("bowerman-data", "validate", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests but those of Spark, which is not installed here; no network, no source documents."""
    install(session, "pandas,validate", "test", "bench")
    # A case is judged once, by whichever worker has it: loadgroup keeps its tests together.
    # Of small tables, two processes with a thread each judge more than one with two.
    threads = {"POLARS_MAX_THREADS": "1"}
    session.run("pytest", "--numprocesses=auto", "--dist=loadgroup", *session.posargs, env=threads)


@nox.session
def spark(session: nox.Session) -> None:
    """Run the suites on Spark: in this process, and on a master with two workers on loopback; needs Java."""
    install(session, "pandas,spark", "test")
    session.run("pytest", "tests/test_spark_cluster.py", "tests/test_spark.py", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build dataset/tables from seeds/; -- --check compares instead."""
    install(session, "validate")
    session.run("python", "-m", "bowerman_data.build", *session.posargs)


@nox.session
def sources(session: nox.Session) -> None:
    """Prove every locator against the source documents: nox -s sources -- FOLDER."""
    install(session, "validate")
    session.run("python", "-m", "bowerman_data.sources", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Write the data dictionary from the declarations."""
    session.install("-e", ".")
    session.run("python", "-m", "bowerman_data._dictionary_page", "DICTIONARY.md")


@nox.session
def prove(session: nox.Session) -> None:
    """Corrupt the tables in every way they go wrong and count who notices; -- --documents FOLDER for both figures."""
    install(session, "validate")
    session.run("python", "-m", "bowerman_data.prove", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the engines beside other tools on up to 10 million results; -- --size 100m, --resume, --help."""
    install(session, "pandas,validate,spark", "bench")
    session.run("python", "-m", "tests.bench.run", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, both strict about what they do not know."""
    shutil.rmtree("build/lib", ignore_errors=True)
    session.install("-e", ".[pandas,validate]", *nox.project.dependency_groups(PYPROJECT, "test", "bench", "types"))
    session.run("mypy")
    session.run("pyright")


@nox.session
def package(session: nox.Session) -> None:
    """Build wheel and sdist, check their contents, and run the downstream project on the wheel."""
    session.install("build", "twine", "check-wheel-contents", "setuptools>=77", "pyarrow")
    session.run("python", "tests/check_package.py", str(Path(session.create_tmp()).resolve()))
