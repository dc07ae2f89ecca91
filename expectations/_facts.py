"""The facts that claims state about the tables as a whole, computed: `about = "check"`.

Each fact is a query over `questions` (key, field: what is asked, with its arguments) that answers
with a text, or with none where the tables cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._results import LISTED_TO_MS
from bowerman_data.expectations._sql import Relation, case, extract, literal, mark, matches, unit

__all__ = ["MARK_FACTS", "fact", "parsed_decimals", "parsed_ms", "relations"]

# Facts whose text is a time, to be compared as marks are.
MARK_FACTS = ("margin", "converted-mark", "improved-by", "record-improved-by", "rounded-split", "race-record")

_MARK = r"(([0-9]{1,6}:)?[0-9]{1,6}:)?[0-9]{1,6}(\.[0-9]{1,3})?"


def parsed_ms(text: str) -> str:
    """The milliseconds of a mark, null where it is none."""
    hours = f"coalesce(TRY_CAST({extract(text, '^([0-9]+):[0-9]+:[0-9.]+$', 1)} AS BIGINT), 0)"
    minutes = f"coalesce(TRY_CAST({extract(text, '^([0-9]+:)?([0-9]+):[0-9.]+$', 2)} AS BIGINT), 0)"
    seconds = f"TRY_CAST({extract(text, '([0-9]+)([.][0-9]+)?$', 1)} AS BIGINT)"
    fraction = f"coalesce(TRY_CAST(rpad({extract(text, '[.]([0-9]+)$', 1)}, 3, '0') AS BIGINT), 0)"
    total = f"{hours} * 3600000 + {minutes} * 60000 + {seconds} * 1000 + {fraction}"
    return f"CASE WHEN {matches(text, _MARK)} THEN {total} END"


def parsed_decimals(text: str) -> str:
    """How many decimals a mark has, null where it is none."""
    return f"CASE WHEN {matches(text, _MARK)} THEN coalesce(length({extract(text, '[.]([0-9]+)$', 1)}), 0) END"


def _argument(name: str, dtype: str = "STRING") -> str:
    text = extract("key", f"(^| ){name}=([^ ]+)", 2)
    if dtype == "BIGINT":  # TRY_CAST would round 2.5
        return f"CASE WHEN {matches(text, '[0-9]{1,9}')} THEN TRY_CAST({text} AS BIGINT) END"
    return text if dtype == "STRING" else f"TRY_CAST({text} AS {dtype})"


_NAMES = "race_id athlete_id mark_id nation under behind before until name seconds"
_TEXTS = {name: name for name in _NAMES.split()} | {"from": "since", "to": "ending"}
_NUMBERS = {"top": "BIGINT", "less": "BIGINT", "more_than": "BIGINT", "place": "BIGINT", "year": "BIGINT"}
_NUMBERS |= {"factor": "DOUBLE", "to_m": "DOUBLE"}
_ARGUMENTS = [f"{_argument(name)} AS {column}" for name, column in _TEXTS.items()]
_ARGUMENTS += [f"{_argument(name, dtype)} AS {name}" for name, dtype in _NUMBERS.items()]

# The arguments that each fact knows; a question with any other is none.
_SIGNATURES = {
    "finishers-under": "race_id under",
    "finishers": "race_id",
    "starters": "race_id",
    "racers": "race_id less",
    "nation-count": "race_id nation top",
    "men-ahead": "race_id athlete_id nation",
    "margin": "race_id athlete_id mark_id behind",
    "margin-within": "race_id athlete_id behind seconds",
    "record-improved-by": "race_id athlete_id mark_id",
    "converted-mark": "race_id athlete_id factor",
    "improved-by": "race_id athlete_id more_than",
    "rounded-split": "race_id to_m",
    "years-since": "mark_id race_id",
    "days-between": "from to",
    "weeks-between": "from to",
    "months-between": "from to",
    "race-year": "race_id",
    "race-month": "race_id",
    "laps": "race_id",
    "winning-time-under": "race_id under",
    "lost-to": "race_id athlete_id",
    "race-record": "before until",
    "race-record-age": "race_id",
    "first-edition": "name",
    "edition-number": "race_id",
    "edition-held": "name year",
    "consecutive-wins": "race_id athlete_id",
    "debut": "race_id athlete_id",
    "debut-year": "athlete_id",
    "times-placed": "athlete_id place before until",
    "finishes-under": "athlete_id under before until",
} | dict.fromkeys(("wins", "podiums", "best-place", "bowerman-miles-run", "last-win"), "athlete_id before until")


def _asked() -> str:
    """Whether a key has no argument that the fact does not know."""
    whens = {}
    for name, arguments in _SIGNATURES.items():
        pair = f"({arguments.replace(' ', '|')})=[^ ]+"
        whens[f"field = {literal(name)}"] = matches("key", f"({pair}( {pair})*)?")
    return case(whens, "FALSE")


_QUESTIONS = (
    f"SELECT DISTINCT key, field, {', '.join(_ARGUMENTS)} FROM (SELECT key, field FROM {{claims}} WHERE about = 'check' "
    f"UNION SELECT key, field FROM {{rulings}} WHERE about = 'check') a WHERE {_asked()}"
)

# Of several rows that differ, none tells anything: of a man in a race, of a mark, of a race.
_RUNS = (
    "SELECT race_id, athlete_id, min(time_ms) AS time_ms, min(decimals) AS decimals, min(place) AS place "
    "FROM (SELECT DISTINCT * FROM {results}) t GROUP BY race_id, athlete_id HAVING count(*) = 1"
)

_CITED = (
    "SELECT mark_id, min(time_ms) AS time_ms, min(decimals) AS decimals, min(year) AS year "
    "FROM (SELECT DISTINCT * FROM {marks}) t GROUP BY mark_id HAVING count(*) = 1"
)

_HELD = (
    "SELECT race_id, min(name) AS name, min(date) AS date, min(discipline) AS discipline, "
    "min(distance_m) AS distance_m, min(coverage) AS coverage "
    "FROM (SELECT DISTINCT * FROM {races}) t GROUP BY race_id HAVING count(*) = 1"
)


_MAN = "JOIN {runs} m ON m.race_id = q.race_id AND m.athlete_id = q.athlete_id"


def fact(name: str, value: str, source: str, where: str = "TRUE", questions: str = "questions") -> str:
    """The answers to one fact's questions."""
    return (
        f"SELECT q.key, q.field, {value} AS value FROM {{{questions}}} q {source} WHERE q.field = '{name}' AND {where}"
    )


def _count(name: str, counted: str, covered: str, less: str = "") -> str:
    """A count of the race's rows, where its coverage allows; a race that has none is not known."""
    counting = f"CAST(count(*) FILTER (WHERE {counted}){less} AS STRING)"
    source = "JOIN {held} r ON r.race_id = q.race_id JOIN {results} t ON t.race_id = q.race_id"
    return f"{fact(name, counting, source, covered)} GROUP BY q.key, q.field"


_ALL, _FINISHERS = "r.coverage = 'full'", "r.coverage IN ('full', 'finishers')"
_RACER = "t.status <> 'DNS' AND t.role = 'athlete'"


def _counts() -> Iterator[str]:
    under = parsed_ms("q.under")
    listed = f"({_FINISHERS} OR (r.coverage = 'to-3:56' AND {under} <= {LISTED_TO_MS}))"
    yield _count("finishers-under", f"t.status = 'OK' AND t.time_ms < {under}", f"{under} IS NOT NULL AND {listed}")
    yield _count("finishers", "t.status = 'OK'", _FINISHERS)
    yield _count("starters", "t.status <> 'DNS'", _ALL)
    known = "(q.less IS NOT NULL OR NOT regexp_like(q.key, '(^| )less='))"
    yield _count("racers", _RACER, f"{known} AND {_ALL}", " - max(coalesce(q.less, 0))")
    yield _count("nation-count", f"{_RACER} AND t.nation = q.nation", f"q.nation IS NOT NULL AND {_ALL} AND NOT {_TOP}")
    yield _nation_on_top()
    yield _men_ahead()


_TOP = "regexp_like(q.key, '(^| )top=')"


def _nation_on_top() -> str:
    """A nation's men among the first, which a head of the list tells too if it is long enough."""
    counted = f"count(*) FILTER (WHERE {_RACER} AND t.nation = q.nation AND t.place <= q.top)"
    known = "max(CASE WHEN r.coverage IN ('full', 'finishers') THEN 1 ELSE 0 END) = 1 OR max(q.top) <= count(t.place)"
    value = f"CASE WHEN {known} THEN CAST({counted} AS STRING) END"
    source = "JOIN {held} r ON r.race_id = q.race_id JOIN {results} t ON t.race_id = q.race_id"
    asked = "q.nation IS NOT NULL AND q.top IS NOT NULL AND r.coverage IS NOT NULL"
    return f"{fact('nation-count', value, source, asked)} GROUP BY q.key, q.field"


def _men_ahead() -> str:
    ahead = "t.place < m.place AND (q.nation IS NULL OR t.nation = q.nation)"
    counting = f"CAST(count(*) FILTER (WHERE {ahead}) AS STRING)"
    source = f"{_MAN} JOIN {{results}} t ON t.race_id = q.race_id"
    return f"{fact('men-ahead', counting, source, 'm.place IS NOT NULL')} GROUP BY q.key, q.field"


def _between(later: str, sooner: str) -> str:
    """A difference of times as a mark, to the finer of their decimals."""
    time = f"CAST({later}.time_ms - {sooner}.time_ms AS BIGINT)"
    return f"CASE WHEN {time} >= 0 THEN {mark(time, f'greatest({later}.decimals, {sooner}.decimals)')} END"


_TIMED = "{0}.time_ms IS NOT NULL AND {0}.decimals BETWEEN 0 AND 3"


def _margins() -> Iterator[str]:
    apart = "CAST(abs(m.time_ms - o.time_ms) AS BIGINT)"
    margin, both = mark(apart, "greatest(m.decimals, o.decimals)"), f"{_TIMED.format('m')} AND {_TIMED.format('o')}"
    behind = f"{_MAN} JOIN {{runs}} o ON o.race_id = q.race_id AND o.athlete_id = q.behind"
    yield fact("margin", margin, behind, both)
    seconds = parsed_ms("q.seconds")
    within = f"CASE WHEN {apart} <= {seconds} THEN 'yes' ELSE 'no' END"
    yield fact("margin-within", within, behind, f"{both} AND {seconds} IS NOT NULL")
    cited = "JOIN {cited} m ON m.mark_id = q.mark_id JOIN {cited} o ON o.mark_id = q.behind"
    yield fact("margin", margin, cited, f"q.race_id IS NULL AND {both}")
    record = f"{_MAN} JOIN {{cited}} o ON o.mark_id = q.mark_id"
    yield fact("record-improved-by", _between("o", "m"), record, both)


# What a man had run: a mark without its day is known by its year, a result always has its day.
_RUN_BEFORE = (
    "SELECT athlete_id, discipline, date, CAST(year AS INT) AS year, time_ms, decimals FROM {marks} UNION ALL "
    "SELECT t.athlete_id, r.discipline, r.date, CAST(NULL AS INT) AS year, t.time_ms, t.decimals "
    "FROM {results} t JOIN {held} r ON r.race_id = t.race_id WHERE t.time_ms IS NOT NULL AND r.date IS NOT NULL"
)


def _improvement() -> str:
    earlier = (
        "o.athlete_id = m.athlete_id AND o.discipline = r.discipline AND (o.year < year(r.date) OR o.date < r.date)"
    )
    # Times with their decimals in one number, so that the least is the least of both.
    best = (
        "SELECT q.key, q.field, q.more_than, m.time_ms, m.decimals, min(CAST(o.time_ms AS BIGINT) * 10 + o.decimals) AS best, "
        "max(CASE WHEN o.time_ms IS NOT NULL AND o.decimals BETWEEN 0 AND 3 THEN 0 ELSE 1 END) AS unreadable "
        "FROM {questions} q "
        f"{_MAN} JOIN {{held}} r ON r.race_id = q.race_id JOIN {{run_before}} o ON {earlier} "
        "WHERE q.field = 'improved-by' AND m.decimals BETWEEN 0 AND 3 "
        "GROUP BY q.key, q.field, q.more_than, m.time_ms, m.decimals"
    )
    by = "CAST(CAST(floor(best / 10) AS BIGINT) - time_ms AS BIGINT)"
    text = f"CASE WHEN {by} >= 0 THEN {mark(by, 'greatest(decimals, CAST(best % 10 AS INT))')} END"
    over = f"CASE WHEN {by} > more_than * 1000 THEN CAST(more_than AS STRING) WHEN more_than IS NOT NULL THEN 'no' END"
    asked = "regexp_like(key, '(^| )more_than=')"
    value = f"CASE WHEN {asked} THEN {over} ELSE {text} END"
    return f"SELECT key, field, {value} AS value FROM ({best}) b WHERE unreadable = 0"


def _times() -> Iterator[str]:
    hundredths = "CAST(floor(m.time_ms / (q.factor * 10) + 0.5e0) AS BIGINT) * 10"
    yield fact("converted-mark", mark(hundredths, "2"), _MAN, f"q.factor > 0 AND {_TIMED.format('m')}")
    yield _improvement()
    whole = "CAST(ceil(f.time_ms / 1000) AS BIGINT) * 1000"
    front = "JOIN {front} f ON f.race_id = q.race_id AND f.to_m = q.to_m"
    yield fact("rounded-split", mark(whole, "0"), front)


def _days() -> Iterator[str]:
    years = "JOIN {cited} m ON m.mark_id = q.mark_id JOIN {held} r ON r.race_id = q.race_id"
    yield fact("years-since", "CAST(year(r.date) - m.year AS STRING)", years)
    day = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    dated = f"{matches('q.since', day)} AND {matches('q.ending', day)}"
    days = "(unix_date(TRY_CAST(q.ending AS DATE)) - unix_date(TRY_CAST(q.since AS DATE)))"
    yield fact("days-between", f"CAST({days} AS STRING)", "", dated)
    yield fact("weeks-between", f"CAST(CAST(floor({days} / 7) AS BIGINT) AS STRING)", "", dated)
    month = "[0-9]{4}-(0[1-9]|1[0-2])"
    months = "(TRY_CAST(substring(q.{0}, 1, 4) AS INT) * 12 + TRY_CAST(substring(q.{0}, 6, 2) AS INT))"
    between = f"CAST({months.format('ending')} - {months.format('since')} AS STRING)"
    yield fact("months-between", between, "", f"{matches('q.since', month)} AND {matches('q.ending', month)}")


def _race() -> Iterator[str]:
    """What a race is by itself: its day, its laps, and who won it in what time."""
    race = "JOIN {held} r ON r.race_id = q.race_id"
    yield fact("race-year", "CAST(year(r.date) AS STRING)", race)
    yield fact("race-month", "substring(CAST(r.date AS STRING), 1, 7)", race)
    yield fact("laps", "CAST(CAST(floor(r.distance_m / 400) AS BIGINT) AS STRING)", race)
    under = parsed_ms("q.under")
    best = "(SELECT race_id, min(time_ms) AS ms FROM {results} WHERE status = 'OK' GROUP BY race_id)"
    answer = f"CASE WHEN b.ms < {under} THEN 'yes' ELSE 'no' END"
    asked = f"b.ms IS NOT NULL AND {under} IS NOT NULL"
    yield fact("winning-time-under", answer, f"JOIN {best} b ON b.race_id = q.race_id", asked)
    first = "SELECT race_id, min(athlete_id) AS winner, count(*) AS winners FROM {results} WHERE place = 1"
    beaten = f"{_MAN} JOIN ({first} GROUP BY race_id) w ON w.race_id = q.race_id"
    yield fact("lost-to", "w.winner", beaten, "w.winners = 1 AND m.place > 1")


def relations() -> Iterator[Relation]:
    """What is asked, what men ran before, and the answers that the tables give about races by themselves."""
    yield Relation("questions", "claims", _QUESTIONS)
    yield Relation("held", "races", _HELD)
    yield Relation("runs", "results", _RUNS)
    yield Relation("cited", "marks", _CITED)
    yield Relation("run_before", "results", _RUN_BEFORE)
    answers = " UNION ALL ".join((*_counts(), *_margins(), *_times(), *_days(), *_race()))
    yield Relation("race_answers", "claims", answers)
    answers = "SELECT * FROM {race_answers} r UNION ALL SELECT * FROM {history_answers} h"
    best = f"SELECT key, field, max(value) AS value FROM ({answers}) a WHERE value IS NOT NULL GROUP BY key, field"
    yield Relation(
        "facts",
        "claims",
        f"SELECT key, field, value, {literal('check')} AS about, {parsed_ms('value')} AS ms, "
        f"{parsed_decimals('value')} AS decimals, {unit(parsed_decimals('value'))} AS unit FROM ({best}) b",
    )
