"""Pieces of SQL that mean the same on DuckDB and on Spark, and the two things a rule is made of.

A `Relation` is a table prepared for judgement: its rows with what the rules need beside them. A
`Clause` says which of its rows break an invariant. Names in braces stand for relations and tables;
they are put in by `bowerman_data.expectations._query`. No text here comes from anybody's data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bowerman_data.schemas.columns import COLUMNS, Column
from bowerman_data.schemas.tables import TABLES

__all__ = [
    "Clause",
    "Relation",
    "any_of",
    "case",
    "cell",
    "extract",
    "joined",
    "literal",
    "mark",
    "matches",
    "number",
    "row_key",
    "unit",
    "values",
]

# Python's \s for str: what str.isspace calls space. RE2 and Java mean only the ASCII ones.
_SPACE = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows to be judged: a query with a `row_key`, over tables and other relations named in braces.

    What is `by_race` says of each race the same, whether the tables hold that race alone or others
    beside it: it looks at rows of one race, and at who and which race these name.
    """

    name: str
    table: str
    sql: str
    by_race: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """Which rows of a relation break an invariant, and what to say of each.

    `where`, `value` and `expected` are expressions over the relation; `column` is the name of the
    column at fault. `of` names the columns that `where` looks at, if it is dear to ask of every row
    what can be asked of each different value once.
    """

    invariant: str
    relation: str
    where: str
    column: str
    value: str
    expected: str = "CAST(NULL AS STRING)"
    of: tuple[str, ...] = ()


def literal(text: str) -> str:
    """A text as SQL: backslashes, quotes and control characters are escaped differently, so they are spelt out."""
    pieces: list[str] = []
    for char in text:
        if char in "\\'" or char < " ":
            pieces.append(f"chr({ord(char)})")
        elif pieces and pieces[-1].startswith("'"):
            pieces[-1] = f"{pieces[-1][:-1]}{char}'"
        else:
            pieces.append(f"'{char}'")
    return f"concat({', '.join(pieces)})" if len(pieces) > 1 else "".join(pieces) or "''"


def any_of(expression: str, texts: Iterable[str]) -> str:
    """Whether an expression is one of some texts."""
    return f"{expression} IN ({', '.join(literal(text) for text in texts)})"


def case(whens: Mapping[str, str], otherwise: str = "NULL") -> str:
    """The first outcome whose condition holds."""
    arms = " ".join(f"WHEN {condition} THEN {outcome}" for condition, outcome in whens.items())
    return f"CASE {arms} ELSE {otherwise} END"


def values(rows: Iterable[tuple[str, ...]], alias: str) -> str:
    """Rows of texts as a relation."""
    written = ", ".join(f"({', '.join(literal(text) for text in row)})" for row in rows)
    return f"(VALUES {written}) AS {alias}"


def number(expression: str) -> str:
    """A float as text: the shortest that reads back, without a trailing ".0"."""
    whole = f"abs({expression}) < 1e15 AND {expression} = floor({expression})"
    other = f"replace(lower(CAST({expression} AS STRING)), 'infinity', 'inf')"
    return f"CASE WHEN {whole} THEN CAST(CAST({expression} AS BIGINT) AS STRING) ELSE {other} END"


def joined(expression: str) -> str:
    """A list as text: its elements with commas between."""
    text = f"lower(CAST({expression} AS STRING))"  # of numbers: DuckDB shouts NULL
    return f"substring({text}, 2, length({text}) - 2)"


def cell(column: Column, expression: str | None = None) -> str:
    """A cell as text."""
    name = expression or column.name
    match column.dtype:
        case "string":
            return name
        case "float64":
            return number(name)
        case "list<string>":
            return f"array_join({name}, ', ')"
        case "list<int16>":
            return joined(name)
        case _:
            return f"CAST({name} AS STRING)"


def row_key(table: str, alias: str = "t") -> str:
    """The key of a row: `column=value` pairs, null as `null`."""
    pairs = [
        f"{literal(f'{space}{name}=')}, coalesce({cell(COLUMNS[name], f'{alias}.{name}')}, 'null')"
        for space, name in zip(["", *" " * 9], TABLES[table].key, strict=False)
    ]
    return f"concat({', '.join(pairs)})"


def unit(decimals: str) -> str:
    """The milliseconds of the last decimal."""
    return f"CASE {decimals} WHEN 0 THEN 1000 WHEN 1 THEN 100 WHEN 2 THEN 10 WHEN 3 THEN 1 END"


def _two_digits(expression: str) -> str:
    return f"lpad(CAST({expression} AS STRING), 2, '0')"


def mark(time: str, decimals: str) -> str:
    """The mark of a whole, non-negative number of milliseconds to so many decimals; null where there is none."""
    seconds = f"CAST(floor({time} / 1000) AS BIGINT)"
    minutes, hours = f"CAST(floor({time} / 60000) AS BIGINT)", f"CAST(floor({time} / 3600000) AS BIGINT)"
    head = case(
        {
            f"{time} < 60000": f"CAST({seconds} AS STRING)",
            f"{time} < 3600000": f"concat(CAST({minutes} AS STRING), ':', {_two_digits(f'{seconds} % 60')})",
        },
        f"concat(CAST({hours} AS STRING), ':', {_two_digits(f'{minutes} % 60')}, ':', {_two_digits(f'{seconds} % 60')})",
    )
    tail = f"substring(concat('.', lpad(CAST({time} % 1000 AS STRING), 3, '0')), 1, CAST({decimals} AS INT) + 1)"
    # DuckDB's concat passes over nulls.
    return f"CASE WHEN {time} >= 0 AND {decimals} >= 0 THEN concat({head}, CASE WHEN {decimals} > 0 THEN {tail} ELSE '' END) END"


def _portable(pattern: str) -> str:
    r"""A pattern of the columns as RE2 and Java read it, meaning what Python means by it.

    `\S`, `\d` and `.` differ between the three; everything else the columns use does not.
    """
    dotall = pattern.startswith("(?s)")
    body = pattern.removeprefix("(?s)")
    anything = "(?s:.)" if dotall else "[^\n]"
    spelt = {r"\S": f"[^{_SPACE}]", r"\d": r"\p{Nd}", r"\.": "[.]", ".": anything}
    out, at = "", 0
    while at < len(body):
        token = body[at : at + 2] if body[at] == "\\" else body[at]
        out += spelt.get(token, token)
        at += len(token)
    return out


def matches(expression: str, pattern: str) -> str:
    """Whether the whole text, line ends and all, has a pattern."""
    whole = rf"\A(?:{_portable(pattern)})\z"
    return f"regexp_like({expression}, {literal(whole)})"


def extract(expression: str, pattern: str, group: int) -> str:
    """What a group of a pattern matched, null where the pattern did not."""
    return f"nullif(regexp_extract({expression}, {literal(pattern)}, {group}), '')"
