"""Who won each edition, in what time, on how many independent sources; and who has won most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bowerman_data._editions import independent
from bowerman_data._files import read
from bowerman_data._layout import aligned

__all__ = ["Winner", "Winners", "winners"]

_HEAD = ("edition", "winner", "nation", "mark", "sources", "independent", "known")


@dataclass(frozen=True, slots=True)
class Winner:
    """Who won an edition and in what time.

    `sources` counts those whose claims of the mark stand, `independent` those of them that do not
    share their figures with another; `coverage` says how much of the field is known.
    """

    year: int
    date: dt.date
    race_id: str
    athlete_id: str
    name: str
    nation: str
    mark: str
    time_ms: int
    sources: int
    independent: int
    coverage: str


class Winners(tuple[Winner, ...]):
    """The winners, first edition to last; printed, who won most and then every edition."""

    __slots__ = ()

    @property
    def wins(self) -> dict[str, tuple[Winner, ...]]:
        """Each winner's wins by athlete_id: most first, then who won first."""
        by_man: dict[str, tuple[Winner, ...]] = {}
        for one in self:
            by_man[one.athlete_id] = (*by_man.get(one.athlete_id, ()), one)
        return dict(sorted(by_man.items(), key=lambda item: -len(item[1])))

    def __repr__(self) -> str:
        """Print the page that str() gives, since this is read at a prompt."""
        return "\n".join([*_wins(self), "", *_editions(self), "", _HOW])


_HOW = "Every claim of a mark: bowerman-data why results edition=2014 place=1 mark"


def winners() -> Winners:
    """List who won each edition, in what time, and on how many independent sources that rests.

    `winners().wins` has the wins of each man, most first. Sources that share an upstream, such as
    reposts of one agency's text, count as one independent source. `why` shows the claims themselves.

    >>> athlete_id, won = next(iter(winners().wins.items()))
    >>> athlete_id, [win.mark for win in won]
    ('asbel-kiprop', ['3:48.50', '3:49.75', '3:49.40', '3:51.54'])
    """
    names = {row["athlete_id"]: row["name"] for row in read("athletes").to_pylist()}
    races = {row["race_id"]: row for row in read("races").to_pylist()}
    sources = _sources()
    won = [row for row in read("results").to_pylist() if row["place"] == 1]
    found = [_winner(row, races[row["race_id"]], names, sources) for row in won]
    return Winners(sorted(found, key=lambda winner: (winner.date, winner.race_id, winner.athlete_id)))


def _winner(row: dict[str, Any], race: dict[str, Any], names: dict[str, str], sources: dict[str, Any]) -> Winner:
    stated = sources.get(f"race_id={row['race_id']} athlete_id={row['athlete_id']}", {}).values()
    return Winner(
        year=race["date"].year,
        date=race["date"],
        name=names[row["athlete_id"]],
        sources=len(stated),
        independent=independent(stated),
        coverage=race["coverage"],
        **{name: row[name] for name in ("race_id", "athlete_id", "nation", "mark", "time_ms")},
    )


def _sources() -> dict[str, dict[str, dict[str, Any]]]:
    """The sources that state the mark of a row of the results, by the claims that stand."""
    sources = {row["source_id"]: row for row in read("sources").to_pylist()}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for claim in read("claims").to_pylist():
        if (claim["about"], claim["field"], claim["verdict"]) == ("results", "mark", "upheld"):
            found.setdefault(claim["key"], {})[claim["source_id"]] = sources[claim["source_id"]]
    return found


def _wins(winners: Winners) -> Iterator[str]:
    rows = [
        (str(len(won)), won[0].name, ", ".join(f"{win.year} {win.mark}" for win in won))
        for won in winners.wins.values()
    ]
    yield from aligned([("wins", "winner", "editions"), *rows], right={0})


def _editions(winners: Winners) -> Iterator[str]:
    rows = [
        (str(one.year), one.name, one.nation, one.mark, str(one.sources), str(one.independent), one.coverage)
        for one in winners
    ]
    yield from aligned([_HEAD, *rows], right={4, 5})
