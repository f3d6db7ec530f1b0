"""``python -m tools.attack``: kill and damage for some minutes, say what came of it, fail when something should not."""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.attack.damages import Bombardment, Try
from tools.attack.kills import Round, killed_round, take_away
from tools.attack.run import Run, own_run
from tools.attack.tables import damages_table, kills_table, write_page
from tools.attack.targets import targets_in

ROOT = Path(__file__).parents[2]
ARTEFACTS = "results/attack/artefacts"
METRICS = "results/attack/attack_points/metrics.csv"
MORE = (
    f"{ARTEFACTS}/sequences/seq8_64/spNO.1.h5",
    f"{ARTEFACTS}/flow_images/uvs28/spNO.1.h5",
    f"{ARTEFACTS}/graphs/tracked14/spNO.1.h5",
)
"""Kinds of artefact that the experiment does not read; `faces`, `magnified` and `flow` come with them."""

SHARE_OF_DAMAGES = 0.3
"""Of the time: a damaged file takes hundredths of a second, a run that is killed again and again a minute or two."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack; return 1 when something came of it that should not."""
    options = _options(arguments)
    end = time.monotonic() + 60 * options.minutes
    with tempfile.TemporaryDirectory(prefix="merflow_attack_") as made:
        run = own_run(Path(made) / "run", ROOT, [METRICS, *MORE])
        if options.run is None:
            run.finish()
        bombardment = _bombardment(Path(options.run or run.folder), Path(made) / "damaged", seed=options.seed)
        if options.case:
            return _repeat(bombardment, options.case)
        share = 1 if options.run else SHARE_OF_DAMAGES
        now = time.monotonic()
        tries = list(bombardment.until(now + share * (end - now)))
        rounds = [] if options.run else _kill(run, seed=options.seed, deadline=end)
    tables = {"damaged files": damages_table(tries)} | ({"kills": kills_table(rounds)} if rounds else {})
    print(*tables.values(), sep="\n\n")
    if options.write_page:
        said = f"Seed {options.seed}, {options.minutes:g} minutes."
        write_page(ROOT, {mark: f"{said}\n\n{table}" for mark, table in tables.items()})
    return _told(rounds, tries, seed=options.seed)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make attack", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--run", type=Path, help="damage copies of the files of this finished run, and kill nothing")
    parser.add_argument("--case", help="repeat one damaged file, <target>/<number> as a fault is printed")
    parser.add_argument("--write-page", action="store_true", help="put the tables into docs/faults.md")
    return parser.parse_args(arguments)


def _bombardment(finished: Path, copy: Path, *, seed: int) -> Bombardment:
    """Return tries on a copy of a run; from now on that is the working folder, as of a job of the workflow."""
    shutil.copytree(finished / "results", copy / "results")
    os.chdir(copy)
    return Bombardment(targets_in(Path(), ROOT), seed=seed)


def _kill(run: Run, *, seed: int, deadline: float) -> list[Round]:
    expected, rounds = run.digest(), list[Round]()
    while time.monotonic() < deadline:
        rounds.append(killed_round(run, expected, number=len(rounds), seed=seed, deadline=deadline, prepare=take_away))
        if rounds[-1].differences:
            break  # what the next round would find is not its own
    return rounds


def _repeat(bombardment: Bombardment, case: str) -> int:
    found = bombardment.repeat(case)
    print(f"{found.target}, {found.damage}: {found.outcome}\n{found.text}")
    return int(found.is_fault)


def _told(rounds: Sequence[Round], tries: Sequence[Try], *, seed: int) -> int:
    """Print each fault with what repeats it."""
    faults = [one for one in tries if one.is_fault]
    for one in faults:
        print(f"\nFAULT: {one.target}, {one.damage}: {one.outcome}\n{one.text}")
        print(f"Repeat: python -m tools.attack --seed {seed} --case '{one.case}'")
    different = [run for run in rounds if run.differences]
    for run in different:
        print(f"\nFAULT: seed {seed}, run {run.number}: other bytes in {', '.join(run.differences)}")
    return int(bool(faults or different))


if __name__ == "__main__":
    raise SystemExit(main())
