"""The facts that the editions of a race tell together: wins, starts, the record of the race.

A question is about the editions `before` a race or `until` it, or about all. Of each man his starts
count: his rows of those editions, save where he did not start.
"""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._facts import fact, parsed_ms
from bowerman_data.expectations._sql import Relation, case, mark

__all__ = ["relations"]

# Facts that are asked of one race, and mean the editions up to it, or those before it.
_UNTIL = "'consecutive-wins', 'edition-number'"
_BEFORE = "'debut', 'race-record-age'"
_TALLIES = "'wins', 'times-placed', 'podiums', 'best-place', 'bowerman-miles-run', 'finishes-under', 'last-win'"

_BOUND = (
    "SELECT q.*, coalesce(q.before, q.until, "
    f"CASE WHEN q.field IN ({_UNTIL}, {_BEFORE}) THEN q.race_id END) AS bound, "
    f"q.before IS NOT NULL OR q.field IN ({_BEFORE}) AS sooner FROM {{questions}} q "
    f"WHERE q.field IN ({_TALLIES}, 'debut-year', 'race-record', {_UNTIL}, {_BEFORE})"
)

# A race whose name or day nobody knows bounds nothing.
_HISTORY = (
    f"SELECT b.*, r.name AS edition_name, r.date AS bound_date FROM ({_BOUND}) b LEFT JOIN {{held}} r "
    "ON r.race_id = b.bound WHERE (b.bound IS NULL OR (r.name IS NOT NULL AND r.date IS NOT NULL)) "
    "AND (b.before IS NULL OR b.until IS NULL)"
)

_EDITIONS = (
    "SELECT q.key, q.field, e.race_id, e.date FROM {history} q JOIN {held} e ON e.date IS NOT NULL AND "
    "(q.bound IS NULL OR (e.name = q.edition_name AND (e.date < q.bound_date OR (e.date = q.bound_date AND NOT q.sooner))))"
)

_STARTS = (
    "SELECT q.key, q.field, e.race_id, e.date, t.place, t.time_ms FROM {history} q JOIN {editions} e "
    "ON e.key = q.key AND e.field = q.field JOIN {results} t ON t.race_id = e.race_id AND t.athlete_id = q.athlete_id "
    "WHERE t.status <> 'DNS'"
)

_TALLIED = (
    "SELECT q.key, q.field, max(q.race_id) AS race_id, max(q.athlete_id) AS athlete_id, max(q.place) AS asked_place, "
    "max(q.under) AS under, count(s.race_id) AS runs, count(*) FILTER (WHERE s.place = 1) AS wins, "
    "count(*) FILTER (WHERE s.place = q.place) AS placed, count(*) FILTER (WHERE s.place <= 3) AS podiums, "
    f"count(*) FILTER (WHERE s.time_ms < {parsed_ms('q.under')}) AS fast, min(s.place) AS best, "
    "max(year(s.date)) FILTER (WHERE s.place = 1) AS last_win, min(year(s.date)) AS first_year "
    "FROM {history} q LEFT JOIN {starts} s ON s.key = q.key AND s.field = q.field "
    "WHERE q.athlete_id IS NOT NULL GROUP BY q.key, q.field"
)

# The record of the editions that a question is about: of equal times the first.
_RECORDS = (
    "SELECT key, field, date, time_ms, decimals FROM (SELECT e.key, e.field, e.date, CAST(t.time_ms AS BIGINT) AS time_ms, "
    "t.decimals, row_number() OVER (PARTITION BY e.key, e.field ORDER BY t.time_ms, e.date, e.race_id, "
    "t.decimals NULLS LAST) AS nth FROM {editions} e JOIN {results} t ON t.race_id = e.race_id "
    "WHERE t.time_ms IS NOT NULL AND e.field IN ('race-record', 'race-record-age')) r WHERE nth = 1"
)


def _tallies() -> str:
    columns = {"wins": "wins", "times-placed": "placed", "podiums": "podiums", "best-place": "best"}
    columns |= {
        "bowerman-miles-run": "runs",
        "finishes-under": "fast",
        "last-win": "last_win",
        "debut-year": "first_year",
    }
    whens = {f"field = '{name}'": f"CAST({column} AS STRING)" for name, column in columns.items()}
    asked = f"(field <> 'times-placed' OR asked_place IS NOT NULL) AND (field <> 'finishes-under' OR {parsed_ms('under')} IS NOT NULL)"
    return f"SELECT key, field, {case(whens)} AS value FROM {{tallied}} t WHERE {asked}"


def _debut() -> str:
    there = "JOIN {runs} m ON m.race_id = q.race_id AND m.athlete_id = q.athlete_id"
    return fact("debut", "CASE WHEN q.runs > 0 THEN 'no' ELSE 'yes' END", there, questions="tallied")


def _in_a_row() -> str:
    """The editions since the last that he did not win."""
    won = "SELECT key, field, race_id, max(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS won FROM {starts} GROUP BY key, field, race_id"
    lost = "max(CASE WHEN coalesce(w.won, 0) = 0 THEN e.date END) OVER (PARTITION BY e.key, e.field) AS lost_on"
    editions = (
        f"SELECT e.key, e.field, e.date, {lost} FROM {{editions}} e LEFT JOIN ({won}) w "
        "ON w.key = e.key AND w.field = e.field AND w.race_id = e.race_id"
    )
    count = "CAST(count(*) FILTER (WHERE i.lost_on IS NULL OR i.date > i.lost_on) AS STRING)"
    source = f"JOIN ({editions}) i ON i.key = q.key AND i.field = q.field"
    asked = "q.athlete_id IS NOT NULL AND q.bound IS NOT NULL"
    return f"{fact('consecutive-wins', count, source, asked, 'history')} GROUP BY q.key, q.field"


def _record() -> Iterator[str]:
    source = "JOIN {race_records} o ON o.key = q.key AND o.field = q.field"
    yield fact("race-record", mark("o.time_ms", "o.decimals"), source, "o.decimals BETWEEN 0 AND 3", "history")
    years = "CAST(year(q.bound_date) - year(o.date) AS STRING)"
    yield fact("race-record-age", years, source, "q.bound IS NOT NULL", "history")


def _editions() -> Iterator[str]:
    here = "JOIN {editions} e ON e.key = q.key AND e.field = q.field"
    number = fact("edition-number", "CAST(count(*) AS STRING)", here, "q.bound IS NOT NULL", "history")
    yield f"{number} GROUP BY q.key, q.field"
    named = "JOIN {held} e ON e.date IS NOT NULL AND replace(lower(e.name), ' ', '-') = q.name"
    yield f"{fact('first-edition', 'CAST(min(year(e.date)) AS STRING)', named)} GROUP BY q.key, q.field"
    held = "max(CASE WHEN year(e.date) = q.year THEN 'yes' ELSE 'no' END)"
    within = "q.year BETWEEN min(year(e.date)) AND max(year(e.date))"
    yield f"{fact('edition-held', held, named)} GROUP BY q.key, q.field, q.year HAVING {within}"


def relations() -> Iterator[Relation]:
    """The editions that each question is about, who started in them, and the answers."""
    yield Relation("history", "claims", _HISTORY)
    yield Relation("editions", "claims", _EDITIONS)
    yield Relation("starts", "claims", _STARTS)
    yield Relation("tallied", "claims", _TALLIED)
    yield Relation("race_records", "claims", _RECORDS)
    answers = (_tallies(), _debut(), _in_a_row(), *_record(), *_editions())
    yield Relation("history_answers", "claims", " UNION ALL ".join(answers))
