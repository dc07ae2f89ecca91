"""The facts that claims state about the tables as a whole, computed: `about = "check"`.

Each fact is a query over `questions` (key, field: what is asked, with its arguments) that answers
with a text, or with none where the tables cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._sql import Relation, extract, literal, mark, matches, unit

__all__ = ["MARK_FACTS", "parsed_decimals", "parsed_ms", "relations"]

# Facts whose text is a time, to be compared as marks are.
MARK_FACTS = ("margin", "converted-mark", "improved-by", "record-improved-by", "rounded-split")

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
    return text if dtype == "STRING" else f"TRY_CAST({text} AS {dtype})"


_TEXTS = {name: name for name in ("race_id", "athlete_id", "mark_id", "nation", "under", "behind")}
_TEXTS |= {"from": "since", "to": "until"}
_NUMBERS = {"top": "BIGINT", "less": "BIGINT", "more_than": "BIGINT", "factor": "DOUBLE", "to_m": "DOUBLE"}
_ARGUMENTS = [f"{_argument(name)} AS {column}" for name, column in _TEXTS.items()]
_ARGUMENTS += [f"{_argument(name, dtype)} AS {name}" for name, dtype in _NUMBERS.items()]

_QUESTIONS = (
    f"SELECT DISTINCT key, field, {', '.join(_ARGUMENTS)} FROM (SELECT key, field FROM {{claims}} WHERE about = 'check' "
    "UNION ALL SELECT key, field FROM {rulings} WHERE about = 'check') a"
)

# One row a man and race, one a mark: of several the fastest.
_RUNS = (
    "SELECT race_id, athlete_id, min(time_ms) AS time_ms, min_by(decimals, time_ms) AS decimals, min(place) AS place "
    "FROM {results} GROUP BY race_id, athlete_id"
)


def _fact(name: str, value: str, source: str, where: str = "TRUE") -> str:
    return f"SELECT q.key, q.field, {value} AS value FROM {{questions}} q {source} WHERE q.field = '{name}' AND {where}"


def _count(name: str, counted: str, asked: str = "TRUE", less: str = "") -> str:
    """A count of the race's rows; a race that has none is not known."""
    counting = f"CAST(count(*) FILTER (WHERE {counted}){less} AS STRING)"
    source = "JOIN {results} t ON t.race_id = q.race_id"
    return f"{_fact(name, counting, source, asked)} GROUP BY q.key, q.field"


def _counts() -> Iterator[str]:
    under = parsed_ms("q.under")
    racer = "t.status <> 'DNS' AND t.role = 'athlete'"
    yield _count("finishers-under", f"t.status = 'OK' AND t.time_ms < {under}", f"{under} IS NOT NULL")
    yield _count("finishers", "t.status = 'OK'")
    yield _count("starters", "t.status <> 'DNS'")
    known = "(q.less IS NOT NULL OR NOT regexp_like(q.key, '(^| )less='))"
    yield _count("racers", racer, known, " - max(coalesce(q.less, 0))")
    placed = "(NOT regexp_like(q.key, '(^| )top=') OR t.place <= q.top)"
    asked = "q.nation IS NOT NULL AND (q.top IS NOT NULL OR NOT regexp_like(q.key, '(^| )top='))"
    yield _count("nation-count", f"{racer} AND t.nation = q.nation AND {placed}", asked)
    ahead = "t.place < m.place AND (q.nation IS NULL OR t.nation = q.nation)"
    counting = f"CAST(count(*) FILTER (WHERE {ahead}) AS STRING)"
    source = (
        "JOIN {runs} m ON m.race_id = q.race_id AND m.athlete_id = q.athlete_id "
        "JOIN {results} t ON t.race_id = q.race_id"
    )
    yield f"{_fact('men-ahead', counting, source, 'm.place IS NOT NULL')} GROUP BY q.key, q.field"


def _between(later: str, sooner: str) -> str:
    """A difference of times as a mark, to the finer of their decimals."""
    time = f"CAST({later}.time_ms - {sooner}.time_ms AS BIGINT)"
    return f"CASE WHEN {time} >= 0 THEN {mark(time, f'greatest({later}.decimals, {sooner}.decimals)')} END"


_MAN = "JOIN {runs} m ON m.race_id = q.race_id AND m.athlete_id = q.athlete_id"


def _margins() -> Iterator[str]:
    apart = "CAST(abs(m.time_ms - o.time_ms) AS BIGINT)"
    margin = mark(apart, "greatest(m.decimals, o.decimals)")
    yield _fact("margin", margin, f"{_MAN} JOIN {{runs}} o ON o.race_id = q.race_id AND o.athlete_id = q.behind")
    cited = "JOIN {marks} m ON m.mark_id = q.mark_id JOIN {marks} o ON o.mark_id = q.behind"
    yield _fact("margin", margin, cited, "q.race_id IS NULL")
    record = "JOIN {marks} o ON o.mark_id = q.mark_id"
    yield _fact("record-improved-by", _between("o", "m"), f"{_MAN} {record}")


def _improvement() -> str:
    earlier = (
        "o.athlete_id = m.athlete_id AND o.discipline = r.discipline AND (o.year < year(r.date) OR o.date < r.date)"
    )
    best = (
        "SELECT q.key, q.field, q.more_than, m.time_ms, m.decimals, min(o.time_ms) AS best_ms, "
        "min_by(o.decimals, o.time_ms) AS best_decimals FROM {questions} q "
        f"{_MAN} JOIN {{one_race}} r ON r.race_id = q.race_id JOIN {{marks}} o ON {earlier} "
        "WHERE q.field = 'improved-by' GROUP BY q.key, q.field, q.more_than, m.time_ms, m.decimals"
    )
    by = "CAST(best_ms - time_ms AS BIGINT)"
    text = f"CASE WHEN {by} >= 0 THEN {mark(by, 'greatest(decimals, best_decimals)')} END"
    over = f"CASE WHEN {by} > more_than * 1000 THEN CAST(more_than AS STRING) WHEN more_than IS NOT NULL THEN 'no' END"
    asked = "regexp_like(key, '(^| )more_than=')"
    return f"SELECT key, field, CASE WHEN {asked} THEN {over} ELSE {text} END AS value FROM ({best}) b"


def _times() -> Iterator[str]:
    hundredths = "CAST(floor(m.time_ms / (q.factor * 10) + 0.5e0) AS BIGINT) * 10"
    yield _fact("converted-mark", mark(hundredths, "2"), _MAN, "q.factor > 0")
    yield _improvement()
    whole = "CAST(ceil(f.time_ms / 1000) AS BIGINT) * 1000"
    front = "JOIN {front} f ON f.race_id = q.race_id AND f.to_m = q.to_m"
    yield _fact("rounded-split", mark(whole, "0"), front)


def _days() -> Iterator[str]:
    years = "JOIN {marks} m ON m.mark_id = q.mark_id JOIN {one_race} r ON r.race_id = q.race_id"
    yield _fact("years-since", "CAST(year(r.date) - m.year AS STRING)", years)
    day = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    dated = f"{matches('q.since', day)} AND {matches('q.until', day)}"
    days = "(unix_date(TRY_CAST(q.until AS DATE)) - unix_date(TRY_CAST(q.since AS DATE)))"
    yield _fact("days-between", f"CAST({days} AS STRING)", "", dated)
    yield _fact("weeks-between", f"CAST(CAST(floor({days} / 7) AS BIGINT) AS STRING)", "", dated)
    month = "[0-9]{4}-(0[1-9]|1[0-2])"
    months = "(TRY_CAST(substring(q.{0}, 1, 4) AS INT) * 12 + TRY_CAST(substring(q.{0}, 6, 2) AS INT))"
    between = f"CAST({months.format('until')} - {months.format('since')} AS STRING)"
    yield _fact("months-between", between, "", f"{matches('q.since', month)} AND {matches('q.until', month)}")


def _race() -> Iterator[str]:
    """What a race is by itself: its day, its laps, and who won it in what time."""
    race = "JOIN {one_race} r ON r.race_id = q.race_id"
    yield _fact("race-year", "CAST(year(r.date) AS STRING)", race)
    yield _fact("race-month", "substring(CAST(r.date AS STRING), 1, 7)", race)
    yield _fact("laps", "CAST(CAST(floor(r.distance_m / 400) AS BIGINT) AS STRING)", race)
    under = parsed_ms("q.under")
    best = "(SELECT race_id, min(time_ms) AS ms FROM {results} WHERE status = 'OK' GROUP BY race_id)"
    answer = f"CASE WHEN b.ms < {under} THEN 'yes' ELSE 'no' END"
    asked = f"b.ms IS NOT NULL AND {under} IS NOT NULL"
    yield _fact("winning-time-under", answer, f"JOIN {best} b ON b.race_id = q.race_id", asked)
    first = "SELECT race_id, min(athlete_id) AS winner, count(*) AS winners FROM {results} WHERE place = 1"
    beaten = f"{_MAN} JOIN ({first} GROUP BY race_id) w ON w.race_id = q.race_id"
    yield _fact("lost-to", "w.winner", beaten, "w.winners = 1 AND m.place > 1")


def relations() -> Iterator[Relation]:
    """What is asked, and the answers that the tables give."""
    yield Relation("questions", "claims", _QUESTIONS)
    yield Relation("runs", "results", _RUNS)
    answers = " UNION ALL ".join((*_counts(), *_margins(), *_times(), *_days(), *_race()))
    best = f"SELECT key, field, max(value) AS value FROM ({answers}) a WHERE value IS NOT NULL GROUP BY key, field"
    yield Relation(
        "facts",
        "claims",
        f"SELECT key, field, value, {literal('check')} AS about, {parsed_ms('value')} AS ms, "
        f"{parsed_decimals('value')} AS decimals, {unit(parsed_decimals('value'))} AS unit FROM ({best}) b",
    )
