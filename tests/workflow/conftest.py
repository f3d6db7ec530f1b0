"""A tiny dataset that goes through the whole workflow once, for every test that looks at what came out."""

import atexit
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from tests.shipped import shipped_raw
from tests.workflow.warm_python import WarmPython
from tests.workflow.warm_snakemake import WarmSnakemake

ROOT = Path(__file__).parents[2]
SUBJECTS, CLIPS = 3, 4


def tiny_config():
    """Return the shipped configuration with one dataset of 3 subjects x 4 clips and a small network."""
    config = shipped_raw()
    synthesis = {"n_subjects": SUBJECTS, "clips": CLIPS, "seed": 3}
    config["datasets"] = {"tiny": {"reader": "casme3", "root": "results/tiny/raw", "synthesis": synthesis}}
    for experiment in config["experiments"].values():
        experiment.pop("overrides", None)
        if "datasets" in experiment:
            experiment["datasets"] = ["tiny"]
    config["experiments"]["lite_point_gcn"] |= {
        "seeds": [0, 1],
        "model_params": {"widths": [16, 16, 16], "region_feature": 16, "gcn_hidden": 16},
        "training": {"train_points": 64, "min_epochs": 2, "min_steps": 2},
        "bootstrap": 200,
    }
    for name in ("landmark_majority", "landmark_svm"):
        config["experiments"][name]["labels"] = "emotion3"
    config["experiments"]["gts_gn"] |= {
        "seeds": [0, 1],
        "model_params": {"widths": [8, 8, 8, 8]},
        "training": {"min_epochs": 2, "min_steps": 2},
        "bootstrap": 200,
    }
    config["graphs"]["tracked14"]["copies"] = 1
    config["experiments"]["sequence_majority"]["artefact"] = "sequences/seq8_64"
    config["experiments"]["atm_gcn"] |= {
        "artefact": "sequences/seq8_64",
        "seeds": [0],
        "model_params": {"blocks": 1, "layers": 1, "window": 1, "widths": [8], "grid": 4},
        "bootstrap": 200,
    }
    config["experiments"]["atm_gcn"]["training"] |= {"min_epochs": 2}
    config["experiments"]["ststnet"] |= {"seeds": [0, 1], "bootstrap": 200}
    config["experiments"]["ststnet"]["training"] |= {"min_epochs": 2, "min_steps": 2}
    return config


@cache
def warm_python():
    """Return the process that forks for each script of this session; it ends with the session."""
    warm = WarmPython()
    atexit.register(warm.close)
    return warm


@cache
def warm_snakemake():
    """Return the process that forks for each Snakemake of this session; it ends with the session."""
    warm = WarmSnakemake(warm_python().executable)
    atexit.register(warm.close)
    return warm


class Workflow:
    """Snakemake in a working directory of its own."""

    def __init__(self, folder, config):
        self.folder = folder
        self.profile = folder / "profile"
        self.profile.mkdir(parents=True, exist_ok=True)
        shipped = yaml.safe_load((ROOT / "profiles/default/config.yaml").read_text())
        own = shipped | {"keep-going": False}  # a failure is to end a test at once
        (self.profile / "config.yaml").write_text(yaml.safe_dump(own))
        self.write_config(config)

    def write_config(self, config):
        self.config = config
        # JSON is YAML, and Snakemake reads it twice for each command: the whole of it takes 0.3 s as blocks of lines.
        (self.folder / "config.yaml").write_text(json.dumps(config))

    def environment(self, source=None):
        """Return the environment of snakemake; `source` is a folder to import from before all others."""
        given = [str(source)] if source is not None else []
        paths = os.pathsep.join([*given, *filter(None, [os.environ.get("PYTHONPATH")])])
        return os.environ | {"OMP_NUM_THREADS": "1"} | ({"PYTHONPATH": paths} if paths else {})

    def command(self, *arguments, snakefile=ROOT / "Snakefile"):
        """Return the command line of snakemake with `arguments`."""
        return [str(part) for part in (
            sys.executable, "-m", "snakemake", "--snakefile", snakefile, "--directory", self.folder,
            "--configfile", self.folder / "config.yaml", "--workflow-profile", self.profile, "--cores", "2",
            *arguments,
        )]  # fmt: skip

    def __call__(
        self, *arguments, source=None, cold=False, python=None, snakefile=ROOT / "Snakefile", check=True, **variables
    ):
        """Run snakemake; `source` is a folder to import merflow from in place of the installed one.

        With `cold` it and each of its jobs has a Python of its own, as for a user; `python` is what its jobs have.
        """
        environment = self.environment(source) | variables
        command = self.command(*arguments, snakefile=snakefile)
        if not cold:
            done = warm_snakemake().run(command, env=environment, timeout=600, python=python)
        else:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
        done.output = done.stdout + done.stderr
        if check:
            assert done.returncode == 0, done.output
        return done

    def check(self, *given):
        """Return what ``merflow check`` prints in the folder of the workflow, and its exit status."""
        command = [warm_python().executable, "-m", "merflow.cli", "check", *(given or ["results"])]
        done = subprocess.run(command, cwd=self.folder, env=self.environment(), capture_output=True, text=True)
        assert not done.stderr
        return done.stdout, done.returncode

    def planned(self, *arguments, **options):
        """Return how many jobs of each rule a dry run plans."""
        output = self("--quiet", "rules", "-n", *arguments, **options).output
        if "Nothing to be done" in output:
            return {}
        lines = output.split("Job stats:")[1].split("total")[0].splitlines()
        return {words[0]: int(words[1]) for words in map(str.split, lines) if len(words) == 2 and words[1].isdigit()}


def digest(folder, patterns=("*.h5", "*.csv", "*.png", "*.pt", "*.npz", "*.xlsx")):
    """Return the SHA-256 of each result; benchmarks and logs are left out.

    So are lists of shards and folds: they go when something that they name is deleted, and come when they are needed.
    """
    found = sorted(path for pattern in patterns for path in Path(folder).rglob(pattern))
    paths = [path for path in found if not {"batches", "shards.csv", "folds.csv"} & set(path.parts)]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


METRICS = "results/tiny/lite_point_gcn/metrics.csv"
LANDMARK_METRICS = "results/tiny/gts_gn/metrics.csv"
SEQUENCE_METRICS = ["results/tiny/atm_gcn/metrics.csv", "results/tiny/ststnet/metrics.csv"]


def made_once(name, targets, tmp_path_factory, after=None):
    """Return a workflow that was run to `targets`, after that of `after` where one is given.

    The processes of one `make test` name a folder in MERFLOW_TEST_RUNS: the first of them makes the run there, the
    others wait for it, and each gets a copy.
    """
    folder = tmp_path_factory.mktemp(name) / "copy"
    runs = Path(os.environ.get("MERFLOW_TEST_RUNS") or folder.parent)
    with (runs / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        source, log = runs / name, runs / f"{name}.log"
        if not log.exists():
            shutil.rmtree(source, ignore_errors=True)  # of a process that failed
            if after is not None:
                shutil.copytree(after.folder, source)
            log.write_text(Workflow(source, tiny_config())(*targets).output)
    shutil.copytree(source, folder)
    run = Workflow(folder, tiny_config())
    run.log = log.read_text()
    return run


@pytest.fixture
def workflow(tmp_path):
    """A workflow in an empty folder."""
    return Workflow(tmp_path, tiny_config())


@pytest.fixture(scope="session")
def new_workflow():
    """Return a function that makes a workflow in a folder."""
    return lambda folder: Workflow(folder, tiny_config())


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The tiny dataset, run to its metrics. Tests may look, not change."""
    return made_once("finished", [METRICS], tmp_path_factory)


@pytest.fixture(scope="session")
def finished_landmarks(finished, tmp_path_factory):
    """The same recordings, run to the metrics of GTS-GN in a folder of its own. Tests may look, not change."""
    return made_once("landmarks", [LANDMARK_METRICS], tmp_path_factory, after=finished)


@pytest.fixture(scope="session")
def finished_sequences(finished, tmp_path_factory):
    """The same recordings, run to the metrics of ATM-GCN and STSTNet. Tests may look, not change."""
    return made_once("sequences", SEQUENCE_METRICS, tmp_path_factory, after=finished)


@pytest.fixture
def copied(finished, tmp_path):
    """A copy of the finished run, times of files included, that a test may change."""
    folder = tmp_path / "copy"
    shutil.copytree(finished.folder, folder)
    return Workflow(folder, tiny_config())
