"""The report as one self-contained page: no address outside it, no script, every text escaped."""

from __future__ import annotations

from html import escape

from bowerman_data._printed import Line, Reported, clean, said, skipped_by_reason, summed
from bowerman_data._rules import sentence_of, severity_of
from bowerman_data.schemas.verdicts import Verdict, Violation

__all__ = ["page"]

# A page that is sent on stays a page; the JSON has every violation up to the cap.
SHOWN = 200

_STYLE = """
:root { --ink: #1c2421; --soft: #5d6a64; --line: #d9dfdb; --paper: #fbfbf8; --card: #fff;
  --good: #1b6e4b; --bad: #a3262a; --warn: #8a5a00; --idle: #66706b; color-scheme: light dark; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6ebe8; --soft: #a3aea8; --line: #36403b; --paper: #141816; --card: #1c221f;
    --good: #24875d; --bad: #c2464a; --warn: #a06a08; --idle: #66706b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 4rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; }
code, td { font-variant-numeric: tabular-nums; }
code { font: .875em ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.verdict { border-left: .4rem solid var(--good); padding: .25rem 0 .25rem 1rem; }
.verdict.bad { border-color: var(--bad); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; margin: .75rem 0;
  padding: .75rem 1rem; break-inside: avoid-page; }
.card ol { margin: .5rem 0 0; padding-left: 1.5rem; }
.card li { margin: .2rem 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
.number { text-align: right; }
.tag { border-radius: 1rem; padding: .05rem .55rem; font-size: .8rem; font-weight: 600; color: #fff;
  white-space: nowrap; background: var(--idle); }
.pass { background: var(--good); } .fail { background: var(--bad); } .error { background: var(--bad); }
.warning { background: var(--warn); }
@media (max-width: 40rem) {
  body { padding: 1rem .75rem 3rem; }
  thead { display: none; }
  tr { display: flex; flex-wrap: wrap; gap: 0 .5rem; border-bottom: 1px solid var(--line); padding: .4rem 0; }
  td { border: 0; padding: .1rem .25rem; }
  td.name { flex: 1 1 100%; font-weight: 600; }
  td:empty, td.number:last-child { display: none; }
  td.number::before { content: attr(data-of) " "; color: var(--soft); }
}
@media print {
  body { background: #fff; max-width: none; padding: 0; font-size: 10pt; }
  .card { border-color: #999; }
  .tag { color: #000; background: none; border: 1px solid #000; }
}
"""


def page(report: Reported) -> str:
    """The report as HTML."""
    body = (_head(report), _disagreements(report), _broken(report), _checks(report), _skipped(report), _notes(report))
    title = escape(report.headline())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def _text(text: str | None) -> str:
    return escape(clean(text))


def _head(report: Reported) -> str:
    rows = ", ".join(f"{_text(name)} {count:,}" for name, count in report.rows.items())
    kind = "verdict" if report.ok else "verdict bad"
    return f'<header class="{kind}"><h1>{_text(report.headline())}</h1><p class="soft">Rows: {rows}</p></header>'


def _disagreements(report: Reported) -> str:
    if not report.disagreements:
        return ""
    items = "".join(f"<li>{_text(sentence)}</li>" for sentence in report.disagreements)
    return (
        '<section><h2>The engines disagree</h2><div class="card"><p>Two independent checks gave two answers. '
        f"The fault is in bowerman-data, not in your rows; please report it.</p><ol>{items}</ol></div></section>"
    )


def _broken(report: Reported) -> str:
    cards = "".join(_card(report, verdict, violations) for verdict, violations in report.listed())
    return f"<section><h2>What does not hold</h2>{cards}</section>" if cards else ""


def _card(report: Reported, verdict: Verdict, violations: tuple[Violation, ...]) -> str:
    tag = _tag(verdict.invariant, verdict.outcome)
    if verdict.outcome == "error":
        reason = f"<p>Could not run: {_text(verdict.reason)}</p>"
        return f'<div class="card"><h3>{tag} {_text(verdict.invariant)} in {_text(verdict.table)}</h3>{reason}</div>'
    items = "".join(f"<li>{_item(report, violation)}</li>" for violation in violations[:SHOWN])
    rest = verdict.failed - len(verdict.violations) + len(violations[SHOWN:])
    more = f'<p class="soft">and {rest:,} more</p>' if rest > 0 else ""
    return (
        f'<div class="card"><h3>{tag} {_text(verdict.invariant)} in {_text(verdict.table)}: {verdict.failed:,}</h3>'
        f'<p class="soft">{_text(sentence_of(verdict.invariant))}</p><ol>{items}</ol>{more}</div>'
    )


def _item(report: Reported, violation: Violation) -> str:
    where = report.where(violation)
    place = f"<code>{_text(where)}</code> " if where else ""
    return f"{place}{_text(said(violation))}"


def _checks(report: Reported) -> str:
    engines = list(dict.fromkeys(str(verdict.engine) for verdict in report.verdicts))
    named = "".join(f"<th>{_text(engine)}</th>" for engine in engines)
    judged = [verdict for verdict in report.verdicts if verdict.outcome != "skipped"]
    body = "".join(_row(line, engines) for line in summed(judged))
    return (
        '<section><h2>What was checked</h2><div class="scroll"><table><thead><tr><th>Invariant</th><th>Table</th>'
        f'{named}<th class="number">Rows</th><th class="number">Violations</th><th class="number">Seconds</th>'
        f"</tr></thead><tbody>{body}</tbody></table></div></section>"
    )


def _row(line: Line, engines: list[str]) -> str:
    found = [line.outcomes.get(engine) for engine in engines]
    tags = "".join(f"<td>{_tag(line.invariant, outcome) if outcome else ''}</td>" for outcome in found)
    return (
        f'<tr><td class="name" title="{_text(sentence_of(line.invariant))}">{_text(line.invariant)}</td>'
        f'<td>{_text(line.named())}</td>{tags}<td class="number" data-of="rows">{line.rows:,}</td>'
        f'<td class="number" data-of="violations">{line.failed:,}</td>'
        f'<td class="number" data-of="seconds">{line.seconds:.3f}</td></tr>'
    )


def _tag(invariant: str, outcome: str) -> str:
    warned = outcome == "fail" and severity_of(invariant) == "warning"
    word = "warning" if warned else outcome
    return f'<span class="tag {word}">{word}</span>'


def _skipped(report: Reported) -> str:
    items = "".join(
        f'<li>{_text(reason)}: <span class="soft">{_text(", ".join(checks))}</span></li>'
        for reason, checks in skipped_by_reason(report.verdicts).items()
    )
    return f'<section><h2>Skipped, and why</h2><div class="card"><ul>{items}</ul></div></section>' if items else ""


def _notes(report: Reported) -> str:
    items = "".join(f"<li>{_text(note)}</li>" for note in report.notes)
    return f'<section><h2>How it was read</h2><div class="card"><ol>{items}</ol></div></section>' if items else ""
