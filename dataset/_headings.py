"""The names that people give to columns, and which of ours each is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from bowerman_data.errors import InputError, UnknownName

__all__ = ["ALIASES", "columns_of", "fold", "ours_named", "recognised"]

# Ours, then what others call it, folded to letters and digits without accents; the first there wins.
ALIASES: dict[str, tuple[str, ...]] = {
    name: tuple(aliases.split())
    for name, aliases in {
        "athlete": "athleteid athlete athletename name fullname who runner competitor participant entrant parkrunner athlet athletin "
        "laufer laeufer teilnehmer student studentname runnername competitorname nom nomprenom coureur concurrent nome nombre atleta corredor corridore naam atleet "
        "loper navn namn nimi utover lopare vornamename namevorname",
        "family": "family familyname lastname last surname nachname familienname nomdefamille cognome apellido apellidos "
        "apelido achternaam efternamn etternavn sukunimi",
        "given": "given givenname firstname first given forename vorname prenom voornaam fornamn fornavn etunimi",
        "bib": "bib bibno bibnumber startnumber startnummer stnr stno dossard pettorale dorsal id no nr number hip",
        "nation": "nation nat noc nationality nationcode countrycode country ctry land pays pais nazione nazionalita "
        "nacionalidad nationalite maa team club affiliation verein",
        "place": "place pl plc pos position rank rk ranking finishplace overallplace placeoverall overall platz rang rg classement "
        "posizione puesto posto posicao plats plass sija plaats",
        "mark": "mark time result performance perf finaltime finishtime finish officialtime final finals finalstime "
        "guntime chiptime nettime finishgun finishnet split splittime cumulative elapsed leistung zeit "
        "ergebnis endzeit temps chrono tempo tiempo marca resultado risultato prestazione tid resultat tulos aika "
        "tijd prestatie",
        "time_ms": "timems milliseconds millis ms",
        "minutes": "minutes min mins minuten minuti minutos",
        "seconds": "seconds timeseconds timesec times sec secs",
        "decimals": "decimals",
        "status": "status state statut stato estado",
        "codes": "codes recordcodes records record pbsb notes note remarks remark comment comments bemerkung",
        "points": "points pts point punkte punti puntos poang pisteet",
        "role": "role pacemaker pacer rabbit",
        "race": "raceid race racename",
        "heat": "heat section lauf serie batteria",
        "round": "round runde tour turno ronda",
        "discipline": "discipline event eventname disziplin epreuve gara prueba prova gren laji",
        "sex": "sex gender geschlecht sexe sesso sexo kon sukupuoli",
        "date": "date racedate day datum data fecha dato pvm",
        "from_m": "fromm from start",
        "to_m": "tom to distance distancem dist at point splitdistance meters metres m",
        "basis": "basis clock",
    }.items()
}
_SPLITS_ONLY = frozenset({"from_m", "to_m", "basis"})
_RESULTS_ONLY = frozenset({"place", "points", "codes", "role", "minutes"})


def fold(heading: str) -> str:
    """A heading as its letters and digits alone, small and without accents.

    >>> fold("Läufer/in"), fold(" Finish Time (s) ")
    ('lauferin', 'finishtimes')
    """
    plain = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(c for c in plain if c.isalnum() and not unicodedata.combining(c))


def recognised(headings: Iterable[str], table: str = "results") -> dict[str, str]:
    """Which of ours each usual heading is: ours to theirs; the more usual of two wins."""
    theirs: dict[str, str] = {}
    for heading in headings:
        theirs.setdefault(fold(heading), heading)
    other = _RESULTS_ONLY if table == "splits" else _SPLITS_ONLY
    found: dict[str, str] = {}
    for ours, aliases in ALIASES.items():
        alias = next((alias for alias in aliases if alias in theirs), None)
        if alias is not None and ours not in other:
            found[ours] = theirs[alias]
    if table != "splits" and "discipline" not in found and "distance" in theirs:
        found["discipline"] = theirs["distance"]
    return found


def columns_of(headings: list[str], table: str, mapping: Mapping[str, str], name: str) -> dict[str, str]:
    """Ours to theirs, those that the user names before those that are recognised.

    Raises InputError where nothing says who, or nothing says how fast.
    """
    named = {ours: theirs for ours, theirs in mapping.items() if theirs in headings}
    found = {o: t for o, t in recognised(headings, table).items() if t not in named.values()} | named
    who = table == "splits" or {"athlete", "family", "given", "bib"} & found.keys()
    how_fast = {"mark", "time_ms", "seconds", "status"} & found.keys()
    where = table != "splits" or "to_m" in found
    if who and how_fast and where:
        return found
    got = ", ".join(repr(heading) for heading in headings[:12]) or "none"
    if not found:
        raise InputError(
            f"{name}: columns: got {got}, expected headings such as Place, Name, Time above the rows; "
            "headings of your own are named with --map, as in --map athlete=Wer --map mark=Zeit"
        )
    wanted, ours = _wanted(bool(who), where)
    raise InputError(f"{name}: columns: got {got}, expected one for {wanted}; name it with --map, as in --map {ours}")


def _wanted(who: bool, where: bool) -> tuple[str, str]:
    """What no column tells, and how the user names one that does."""
    if not where:
        return "the distance of a split (to_m, distance, ...)", "to_m=Strecke"
    if not who:
        return "an athlete (name, athlete, ...)", "athlete=Wer"
    return "a mark, a time or a status", "mark=Zeit"


def ours_named(name: str) -> str:
    """Our name for a column, which may also be any that is recognised as a heading; raises UnknownName.

    >>> ours_named("athlete_id"), ours_named("time")
    ('athlete', 'mark')
    """
    found = next((ours for ours, aliases in ALIASES.items() if name == ours or fold(name) in aliases), None)
    if found is None:
        raise UnknownName("column", name, ALIASES)
    return found
