"""Planning: a dry run at the size of CAS(ME)^3, and of the demo, against that of a workflow of one rule."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from benchmarks.full_size import write_full_size
from benchmarks.timing import Case

ROOT = Path(__file__).parents[1]
ONE_RULE = 'rule all:\n    output: "made"\n    shell: "touch {output}"\n'


def planning_cases() -> Iterator[Case]:
    """Yield the comparisons; each way is a process of its own, as users start it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_full_size(folder / "recordings", folder / "results/casme3")
        config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
        config["datasets"]["casme3"]["root"] = str(folder / "recordings")
        (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        (folder / "one_rule.smk").write_text(ONE_RULE, encoding="utf-8")
        least = _dry_run(folder, folder / "one_rule.smk", "made")
        for case, target in (
            ("plan 94 subjects, 4206 clips", "results/casme3/lite_point_gcn/metrics.csv"),
            ("plan the demo before it is rendered", "results/demo/lite_point_gcn/metrics.csv"),
        ):
            ours = _dry_run(folder, ROOT / "Snakefile", target, "--configfile", "config.yaml")
            yield Case(case, "a workflow of one rule", ours, least, pairs=3)


def _dry_run(folder: Path, snakefile: Path, target: str, *options: str) -> Callable[[], object]:
    snakemake: list[str | Path] = [sys.executable, "-m", "snakemake", "--snakefile", snakefile, "--directory", folder]
    command = [*snakemake, "--workflow-profile", "none", "--cores", "1", "--quiet", "all", "-n", *options, "--", target]
    return lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True)
