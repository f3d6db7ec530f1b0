"""The profile for SLURM, read as snakemake reads it. No SLURM is needed."""

import re

import pytest
from snakemake.cli import get_argument_parser
from tests.workflow.conftest import ROOT
from tests.workflow.test_rules import MAKINGS, RULES

RULE_FILES = "".join(path.read_text() for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
DERIVED = set(re.findall(r"^use rule \w+ as (\w+) with:", RULE_FILES, re.MULTILINE))
LOCAL = set(re.findall(r"^localrules:\n((?:    \w+,\n)+)", RULE_FILES, re.MULTILINE))
SUBMITTED = (set(RULES) | DERIVED) - {name.strip(" ,") for block in LOCAL for name in block.splitlines()}
OF_STAGES = {name for rule in MAKINGS for name in (rule, f"{rule}_of_subject")}
OF_EXPERIMENTS = {"train_folds", "train_fold", "train_final", "train_learning_curve"}
"""Their memory and time go by the network too."""
ON_A_GPU = {name for name in SUBMITTED if name.startswith("train_")}


@pytest.fixture(scope="module")
def profile():
    """The shipped profile, as arguments of snakemake."""
    return get_argument_parser([str(ROOT / "profiles/slurm")]).parse_args([])


def asked(profile, rule, resource, attempt=1):
    """Return what a job of a rule asks for, by its line of the profile; None where it has none."""
    found = profile.set_resources[rule].get(resource)
    if found.is_evaluable():
        found = found.evaluate(wildcards=None, input=[], attempt=attempt, threads=1, rulename=rule, async_run=None)
    return found.value


def test_it_submits_to_slurm_and_notices_cancelled_jobs(profile):
    assert profile.executor == "slurm"
    assert profile.slurm_status_command == "squeue"
    assert profile.retries > 0
    assert str(profile.slurm_logdir) == "results/logs/slurm"


def test_it_names_the_rules_that_train_and_none_that_only_moves_files(profile):
    assert ON_A_GPU <= set(profile.set_resources) <= SUBMITTED
    assert set(profile.set_threads) <= SUBMITTED


def test_training_asks_for_one_gpu_where_the_gpus_are_and_nothing_else_asks_for_any(profile):
    assert {"train_folds", "train_fold", "train_weights", "train_final", "train_magnifier"} <= ON_A_GPU
    for rule in profile.set_resources:
        gpus, partition = asked(profile, rule, "gpu"), asked(profile, rule, "slurm_partition")
        assert (gpus, partition) == (1, "gpu") if rule in ON_A_GPU else (gpus or 0, partition or "cpu") == (0, "cpu")
        assert asked(profile, rule, "gres") is None
    assert profile.default_resources.get("gpu").value is None
    assert profile.default_resources.get("slurm_partition").raw == "cpu"


@pytest.mark.parametrize("rule", sorted(set(RULES) - OF_EXPERIMENTS - OF_STAGES))
def test_memory_and_time_of_a_rule_grow_with_the_attempt(rule):
    for resource in ("mem_mb", "runtime"):
        assert re.search(rf"^        {resource}=grows\([1-9]\d*\),$", RULES[rule], re.MULTILINE), (
            f"{resource} of {rule}"
        )
    body = re.search(r"^def grows\(amount\):\n((?:    .*\n|\n)+)", RULE_FILES, re.MULTILINE)[1]
    assert "lambda wildcards, attempt: amount * attempt" in body


@pytest.mark.parametrize("rule", sorted(OF_STAGES))
def test_memory_and_time_of_a_stage_are_declared_and_grow_with_the_attempt(rule):
    assert "        mem_mb=grows(making.memory_mb),\n" in RULES[rule]
    assert "        runtime=runtime_of_subjects(making.minutes),\n" in RULES[rule]
    body = re.search(r"^def runtime_of_subjects\(minutes\):\n((?:    .*\n|\n)+)", RULE_FILES, re.MULTILINE)[1]
    assert "asked = minutes * attempt" in body


def test_memory_and_time_of_training_are_left_to_the_workflow_where_they_grow_as_well(profile):
    for rule, resource, function in (
        ("train_folds", "mem_mb", "memory_of_training"),
        ("train_folds", "runtime", "runtime_of_training"),
        ("train_fold", "mem_mb", "memory_of_training"),
        ("train_fold", "runtime", "runtime_of_fold"),
        ("train_final", "mem_mb", "memory_of_training"),
        ("train_final", "runtime", "runtime_of_final"),
        ("train_learning_curve", "mem_mb", "memory_of_training"),
        ("train_learning_curve", "runtime", "runtime_of_curve"),
    ):
        assert asked(profile, rule, resource) is None
        assert f"        {resource}={function},\n" in RULES[rule]
        body = re.search(rf"^def {function}\(wildcards, attempt\):\n((?:    .*\n|\n)+)", RULE_FILES, re.MULTILINE)[1]
        assert "* attempt" in body or "runtime_of_fold(wildcards, attempt)" in body


def test_another_cluster_needs_three_marked_lines():
    lines = [line for line in (ROOT / "profiles/slurm/config.yaml").read_text().splitlines() if "# <- " in line]
    assert [re.search(r"# <- (\d)", line)[1] for line in lines] == ["1", "2", "3"]
    assert [re.search(r"(\w+): .*(?:cpu|my-project|gpu)", line)[1] for line in lines[:2]] == [
        "slurm_partition", "slurm_account",
    ]  # fmt: skip


def test_targets_are_local():
    block = re.search(r"^localrules:\n((?:    \w+,\n)+)", (ROOT / "Snakefile").read_text(), re.MULTILINE)[1]
    assert set(re.findall(r"\w+", block)) == set(re.findall(r"^rule (\w+):", (ROOT / "Snakefile").read_text(), re.M))
