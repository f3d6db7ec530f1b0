"""Tables of an attack: on the screen, and in the pages that state what was tried."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tools.attack.damage import DAMAGES
from tools.attack.damages import OTHER, SAME, WRONG, Try
from tools.attack.kills import Round
from tools.attack.processes import HELPER, JOB, SNAKEMAKE
from tools.attack.trial import CRASH, HANG, REFUSED, TRACEBACK
from tools.page_tables import replaced

PAGE = Path("docs/faults.md")
OUTCOMES = (REFUSED, SAME, OTHER, WRONG, TRACEBACK, CRASH, HANG)


def kills_table(rounds: Sequence[Round]) -> str:
    """Return a Markdown table of the signals that each kind of process got, and of the runs that were compared."""
    kills = sum((one.kills for one in rounds), Counter[tuple[str, str]]())
    signals = sorted({name for _, name in kills})
    rows = [["killed", *signals]]
    rows += [[kind, *(str(kills[kind, name]) for name in signals)] for kind in (SNAKEMAKE, JOB, HELPER)]
    other = sum(bool(one.differences) for one in rounds)
    ended = f"{len(rounds) - other} of {len(rounds)} runs ended with the bytes of the undisturbed one"
    return f"{_markdown(rows)}\n\n{kills.total()} kills, the command given again {_restarts(rounds)} times; {ended}."


def damages_table(tries: Sequence[Try]) -> str:
    """Return a Markdown table of what the readers made of each kind of file, then one of each kind of damage."""
    by_file = _outcomes("file", (one.target for one in tries), _counted(tries, "target"))
    by_damage = _outcomes("damage", DAMAGES, _counted(tries, "damage"))
    return f"{by_file}\n\n{by_damage}"


def write_page(root: Path, tables: Mapping[str, str]) -> None:
    """Put tables into docs/faults.md, each after its mark."""
    page = root / PAGE
    text = page.read_text(encoding="utf-8")
    for mark, table in tables.items():
        text = replaced(text, mark, table, page=page)
    page.write_text(text, encoding="utf-8")


def _counted(tries: Iterable[Try], by: str) -> Counter[tuple[str, str]]:
    return Counter((getattr(one, by), one.outcome) for one in tries)


def _outcomes(what: str, names: Iterable[str], counts: Counter[tuple[str, str]]) -> str:
    """Return a row for each name: tries, then how many came to each outcome."""
    rows = [[what, "tries", *(outcome.lower() for outcome in OUTCOMES)]]
    for name in dict.fromkeys(names):
        own = [counts[name, outcome] for outcome in OUTCOMES]
        rows.append([name, str(sum(own)), *map(str, own)])
    return _markdown(rows)


def _restarts(rounds: Iterable[Round]) -> int:
    return sum(one.restarts for one in rounds)


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *body))
