"""The command line: look at the tables, trace a value, validate a race of your own."""

from __future__ import annotations

import argparse
import atexit
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

import bowerman_data as bd
from bowerman_data import _commands as commands
from bowerman_data._exit import leave_quietly
from bowerman_data._printed import clean
from bowerman_data.errors import InputError
from bowerman_data.schemas.tables import TABLES

__all__ = ["main"]

_EPILOG = """examples:
  bowerman-data winners
  bowerman-data show results --edition 2023
  bowerman-data why results josh-kerr time_ms
  bowerman-data validate                            the shipped tables, both engines
  bowerman-data validate my/results.csv --discipline mile --sex M
  bowerman-data validate heat1.lif --engine pandera --html report.html

exit codes: 0 all invariants hold; 1 some do not; 2 the call or the input could not be used"""

_VALIDATE = """Judge results and splits of your own, or the shipped tables where no file is named.

A file is CSV (comma, semicolon or tab), Parquet (a file or a folder), JSON lines, Arrow, or
FinishLynx .lif. Usual headings are recognised; --map settles the rest. What is read leniently is a
warning; what cannot be read is a violation with its file, line and column."""

_VALIDATE_EPILOG = """examples:
  bowerman-data validate results.csv splits.csv
  bowerman-data validate meet.csv --map mark=Leistung --map race=Lauf
  bowerman-data validate heat.lif --json - | jq .violations
  bowerman-data validate archive.csv --quarantine sorted/"""


class _Parser(argparse.ArgumentParser):
    """argparse, with messages that say where help is."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        self.exit(2, f"{self.prog}: {message}\nSee: {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code, and never raises for bad input."""
    if arguments is None:
        atexit.register(leave_quietly)
    try:
        return _run(arguments)
    except (InputError, ImportError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            return _hang_up()
        lines = [clean(line) for line in str(error).splitlines()]
        print("bowerman-data: " + "\n".join(lines), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help(sys.stderr)
        return 2
    command: Callable[[argparse.Namespace], int] = options.run
    code = command(options)
    sys.stdout.flush()
    return code


def _hang_up() -> int:
    """Whoever reads has enough; Python would complain once more when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="bowerman-data",
        description="Results, splits and quotes of the Bowerman Mile, each value traced to the words it was read from.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version)
    parser.set_defaults(command=None)
    sub = parser.add_subparsers(dest="command", metavar="command")
    _add_looking(sub)
    _add_validate(sub)
    _add_export(sub)
    return parser


class _Version(argparse.Action):
    """The version is looked up when it is asked for: that reads the installed metadata."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and stop")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"bowerman-data {bd.__version__}")
        parser.exit()


_Sub = argparse._SubParsersAction


def _add(sub: _Sub[_Parser], name: str, help_: str, example: str, run: Callable[[argparse.Namespace], int]) -> _Parser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = sub.add_parser(name, help=help_, description=help_, epilog=f"example:\n  {example}", formatter_class=raw)
    parser.set_defaults(run=run)
    return parser


def _add_looking(sub: _Sub[_Parser]) -> None:
    _add(sub, "tables", "list the tables with their rows", "bowerman-data tables", commands.tables)
    show = _add(sub, "show", "print the rows of a table", "bowerman-data show quotes --limit 3", commands.show)
    show.add_argument("table", metavar="TABLE", help=", ".join(TABLES))
    _add_edition(show)
    show.add_argument("--limit", type=_whole, default=20, metavar="N", help="rows to print; 0 for all (20)")
    show.add_argument("--format", choices=("text", "csv", "json"), default="text", help="text is cut to fit (text)")
    example = "bowerman-data why results josh-kerr time_ms\n  bowerman-data why splits to_m=800 basis=leader athlete_id"
    why = _add(sub, "why", "tell why a value is what it is, with every claim about it", example, commands.why)
    why.add_argument("table", metavar="TABLE", help=f"{', '.join(TABLES)}, or check for a computed fact")
    why.add_argument("words", nargs="+", metavar="WORD", help="ids or column=value that name the row, then the field")
    dictionary = _add(
        sub, "dictionary", "describe the columns of a table", "bowerman-data dictionary splits", commands.dictionary
    )
    dictionary.add_argument("table", metavar="TABLE", help=", ".join(TABLES))
    _add(sub, "winners", "list who won, in what time, on how many sources", "bowerman-data winners", commands.winners)
    _add(sub, "cite", "say how to cite the dataset", "bowerman-data cite", commands.cite)


def _add_edition(parser: _Parser) -> None:
    parser.add_argument("--edition", type=_whole, metavar="YEAR", help="the race of one year alone (every edition)")


def _add_export(sub: _Sub[_Parser]) -> None:
    help_ = "write every table into a folder"
    export = _add(sub, "export", help_, "bowerman-data export out --format sqlite", commands.export)
    export.add_argument("folder", metavar="DIR", help="made where it is not there")
    export.add_argument("--format", default="csv", choices=("csv", "parquet", "json", "duckdb", "sqlite"), help="(csv)")
    _add_edition(export)
    export.add_argument("--force", action="store_true", help="replace files that are there")


def _add_validate(sub: _Sub[_Parser]) -> None:
    validate = _add(sub, "validate", "judge the shipped tables, or a race of your own", "", commands.validate)
    validate.description, validate.epilog = _VALIDATE, _VALIDATE_EPILOG
    validate.add_argument(
        "files", nargs="*", metavar="FILE", help="its stem names its table; results where it does not"
    )
    validate.add_argument("--engine", choices=("both", "pandera", "gx", "spark"), default="both", help="(both)")
    validate.add_argument(
        "--spark-master", metavar="URL", help="where --engine spark runs: spark://HOST:PORT (local[*])"
    )
    _add_edition(validate)
    validate.add_argument("--json", metavar="FILE", help="write the report as JSON; - for the terminal")
    validate.add_argument("--html", metavar="FILE", help="write the report as one page; - for the terminal")
    validate.add_argument("--quarantine", metavar="DIR", help="write the rows that hold and those that fail, apart")
    validate.add_argument("--violations", metavar="FILE", help="write every violation, not the first alone, as Parquet")
    validate.add_argument("--data-docs", metavar="DIR", help="write the Data Docs of Great Expectations, a site")
    validate.add_argument("--documents", metavar="DIR", help="folder of the source documents, found by hash")
    _add_facts(validate)


def _add_facts(validate: _Parser) -> None:
    race = validate.add_argument_group("what no column tells")
    race.add_argument(
        "--map", action="append", default=[], metavar="OURS=THEIRS", help="a heading of theirs that is our column"
    )
    race.add_argument("--discipline", metavar="NAME", help="mile, 1500m, 2miles, ...")
    race.add_argument("--sex", metavar="M|W|X", help="men's, women's or mixed race")
    race.add_argument("--date", metavar="DAY", help="day of the race, as 2024-05-25")
    tables = validate.add_argument_group("files whose stem does not name their table")
    for name in TABLES:
        tables.add_argument(f"--{name}", metavar="FILE", dest=f"table_{name}")


def _whole(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number, 0 for all")
    return int(text)
