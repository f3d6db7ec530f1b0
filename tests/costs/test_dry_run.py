"""What a plan refuses, before Snakemake is started or with what Snakemake says."""

import subprocess

import pytest

from merflow.cli import main
from merflow.costs import dry_run
from merflow.costs.dry_run import check_targets, planned
from merflow.errors import MerflowError


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("elsewhere/demo/ststnet/metrics.csv", "found a path outside results/"),
        ("/results/demo/ststnet/metrics.csv", "found a path outside results/"),
        ("results/dmo/ststnet/metrics.csv", "unknown dataset 'dmo'. Did you mean 'demo'?"),
        ("results/demo/ststnt/metrics.csv", "unknown experiment 'ststnt'. Did you mean 'ststnet'?"),
        ("results/samm/ststnet/metrics.csv", "dataset samm: expected its recordings in /path/to/SAMM"),
        ("results/composite/ststnet/metrics.csv", "dataset smic: expected its recordings in /path/to/SMIC"),
    ],
)
def test_a_wrong_target_is_refused_with_the_next_move(config, target, told):
    with pytest.raises(MerflowError) as error:
        check_targets(config, [target])
    assert told in str(error.value)


def test_a_dataset_without_recordings_names_its_licence(config):
    with pytest.raises(
        MerflowError, match=r"Set datasets\.samm\.root .* Licence: .*Manchester Metropolitan University"
    ):
        check_targets(config, ["results/samm/clips.csv"])


@pytest.mark.parametrize(
    "target",
    [
        "all",
        "demo",
        "results/summary.html",
        "results/demo/clips.csv",
        "results/demo/qc/index.html",
        "results/magnifier/x.pt",
    ],
)
def test_other_targets_are_for_snakemake_to_judge(config, target):
    check_targets(config, [target])


def refusing(said, rules=""):
    """Return a Snakemake that fails and says something, or lists rules."""

    def run(arguments, variables):
        failed = "--dry-run" in arguments
        return subprocess.CompletedProcess([], int(failed), "" if failed else rules, said)

    return run


@pytest.mark.parametrize(
    ("target", "hint", "told"),
    [
        (
            "results/demo/ststnet/metrix.csv",
            ". Did you mean 'metrics.csv'?",
            " Did you mean 'metrics.csv'? Targets: all",
        ),
        ("featurs", ".", " Did you mean 'features'? Targets: all, features;"),
        ("results/demo/xyz", ".", "found no rule that makes it. Targets: all, features;"),
    ],
)
def test_a_target_that_no_rule_makes_is_told_with_the_nearest(config, tmp_path, monkeypatch, target, hint, told):
    said = f"MissingRuleException:\nNo rule to produce {target}{hint}"
    monkeypatch.setattr(dry_run, "_snakemake", refusing(said, "all (Every experiment)\nfeatures (No training)\n"))
    with pytest.raises(MerflowError) as error:
        planned(config, [target], shared=tmp_path)
    assert f"{target}: expected a result or a target of the workflow, found no rule that makes it." in str(error.value)
    assert told in str(error.value)


def test_what_snakemake_says_is_passed_on(config, tmp_path, monkeypatch):
    monkeypatch.setattr(dry_run, "_snakemake", refusing("DatasetError: two rows for one clip"))
    with pytest.raises(MerflowError, match="refuses to plan all:\nDatasetError: two rows for one clip"):
        planned(config, ["all"], shared=tmp_path)


def test_of_an_input_function_the_error_alone_is_told_and_the_index_is_named_as_the_result(
    config, tmp_path, monkeypatch
):
    said = (
        "Building DAG of jobs...\nInputFunctionException in rule score_experiment:\nError:\n"
        f"  ConfigError: {tmp_path}/indexes/mine/clips.csv: expected two classes,\n  found one.\n"
        "Wildcards:\n  dataset=mine"
    )
    monkeypatch.setattr(dry_run, "_snakemake", refusing(said))
    with pytest.raises(MerflowError) as error:
        planned(config, ["all"], shared=tmp_path)
    told = "ConfigError: results/mine/clips.csv: expected two classes, found one."
    assert str(error.value) == f"Snakemake refuses to plan all:\n{told}"


def test_a_folder_without_a_configuration_is_refused(tmp_path, capsys):
    assert main(["plan", str(tmp_path)]) == 2
    assert "expected a folder with config.yaml, found none" in capsys.readouterr().err
