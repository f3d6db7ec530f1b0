"""``merflow apexes``: write a table of estimated apexes, to be looked at and named in config.yaml."""

import argparse
import logging
from pathlib import Path

from merflow.apexes.estimating import Estimated, estimate_apexes
from merflow.checks import few
from merflow.config import Config, read_config
from merflow.counts import count
from merflow.datasets.estimated_apexes import write_apexes
from merflow.errors import ConfigError, DatasetError
from merflow.plan import came_ready, index_now

_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser, *, config: Path) -> None:
    """Add what the command takes."""
    parser.add_argument("dataset", help="a dataset of config.yaml with clips without an apex")
    parser.add_argument("--out", type=Path, help="table to write (default: <dataset>_apexes.csv); never overwritten")
    parser.add_argument("--cores", type=int, default=1, help="clips that are looked at side by side (default: 1)")
    parser.add_argument("--config", type=Path, default=config)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Estimate the apexes of a dataset, write them, and say how to use them."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    name, config = options.dataset, read_config(options.config)
    out = options.out or Path(f"{name}_apexes.csv")
    _check_recordings(config, name)
    named = config.datasets[name].apexes
    if out.exists():
        raise DatasetError(_not_overwritten(out, named, name))
    index, _ = index_now(config, name, estimated_apexes=False)
    found = estimate_apexes(index.clips, Path(config.datasets[name].root), cores=max(1, options.cores))
    if not found.apexes and not found.failed:
        print(f"{name}: every clip has an annotated apex. Nothing to estimate.")
        return 0
    if found.apexes:
        write_apexes(out, found.apexes)
    print("\n".join(_lines(found, name, out, named)))
    return 1 if found.failed else 0


def _check_recordings(config: Config, name: str) -> None:
    """Refuse a dataset that has no recordings of its own."""
    config.check_known("datasets", name)
    members = config.datasets[name].members
    if members:
        raise ConfigError(
            f"dataset {name} is made of {', '.join(members)} and has no recordings of its own. Estimate the apexes "
            f"of a member: merflow apexes {members[0]}"
        )
    if came_ready(config, name):
        raise ConfigError(f"dataset {name}: expected recordings, found ready pictures, which have no frames.")


def _not_overwritten(out: Path, named: str, dataset: str) -> str:
    """Return why a table is left as it is; where `apexes` names a file that is not there, this one may be meant."""
    meant = f"To use it, set datasets.{dataset}.apexes: {out} in config.yaml"
    if named and not Path(named).is_file():
        meant += f" in place of {named}, where no file is"
    return f"{out}: expected no file there, since it is not overwritten. {meant}. Else move it, or name another: --out"


def _lines(found: Estimated, name: str, out: Path, named: str) -> list[str]:
    lines = [f"{name}: estimated the apex of {count(len(found.apexes), 'clip')} without an annotated one"]
    if found.at_the_end:
        lines.append(
            f"  {len(found.at_the_end)} of them move most in their last frame: {few(found.at_the_end, _SHOWN)}. Look "
            "at them: the clip may be cut, or the head turned"
        )
    if found.failed:
        lines.append(f"  {len(found.failed)} keep the midpoint:")
        lines += [f"    {clip}: {why}" for clip, why in list(found.failed.items())[:_SHOWN]]
    if found.apexes:
        instead = f" in place of apexes: {named}" if named and Path(named) != out else ""
        lines.append(f"Wrote {out}. To use it, write in the dataset's block in config.yaml: apexes: {out}{instead}")
    return lines
