"""The SLURM of the tests: it comes up, and nothing of it stays, whatever ends it."""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from tests.cluster import local_slurm, processes, slurm_packages
from tests.cluster.slurm_jobs import read_jobs
from tests.workflow.conftest import ROOT

SHOWN = """\
JobId=7 JobName=b1c2
   UserId=root(0) GroupId=root(0) MCS_label=N/A
   JobState=RUNNING Reason=None Dependency=(null)
   RunTime=00:00:02 TimeLimit=1-01:30:00 TimeMin=N/A
   Partition=gpu AllocNode:Sid=localhost:16072
   NodeList=c1
   TRES=cpu=4,mem=2500M,node=1,billing=1
   Comment=rule_train_folds_wildcards_tiny_ststnet_1 
   StdOut=/results/logs/7.log
   TresPerJob=gres:gpu:a100:2
   

JobId=6 JobName=b1c2
   JobState=PENDING Reason=None Dependency=(null)
   RunTime=00:00:00 TimeLimit=UNLIMITED TimeMin=N/A
   Partition=cpu AllocNode:Sid=localhost:16072
   NodeList=(null)
   TRES=cpu=1,mem=4G,node=1,billing=1
   Comment=rule_index_dataset_wildcards_tiny 
   StdOut=/results/logs/6.log
"""  # noqa: W291, W293

KILLED = """
import os, signal, subprocess, sys
from pathlib import Path
from tests.cluster.local_slurm import local_slurm
with local_slurm(scratch=Path(sys.argv[1]), configuration=Path(sys.argv[1], "etc/slurm.conf")) as slurm:
    slurm.ask("sbatch", "--wrap", "sleep 600", "--output", "/dev/null")
    slurm.wait_for(lambda job: job.state == "RUNNING")
    print(slurm.folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def scratch():
    """A short path, of which nothing may be left in use."""
    try:
        slurm_packages.check_root()
    except slurm_packages.NoSlurmError as error:
        pytest.skip(str(error))
    with tempfile.TemporaryDirectory(prefix="merflow-", dir="/tmp") as folder:
        yield Path(folder)


def test_what_scontrol_says_of_jobs():
    first, second = read_jobs(SHOWN)
    assert (first.id, first.rule, first.wildcards, first.state) == (6, "index_dataset", "tiny", "PENDING")
    assert (first.node, first.cpus, first.mem_mb, first.minutes, first.gpus) == ("", 1, 4096, None, 0)
    assert (second.rule, second.wildcards) == ("train_folds", "tiny_ststnet_1")
    assert (second.partition, second.node, second.log) == ("gpu", "c1", "/results/logs/7.log")
    assert (second.cpus, second.mem_mb, second.minutes, second.gpus) == (4, 2500, 1530, 2)


@pytest.mark.parametrize("before", [None, "#!/bin/sh\nexit 0\n"])
def test_the_rule_of_the_machine_for_daemons_is_left_as_it_was(tmp_path, before):
    policy = tmp_path / "policy-rc.d"
    if before:
        policy.write_text(before)
        policy.chmod(0o700)
    with slurm_packages.no_daemons_started(policy):
        assert subprocess.run([policy, "munge", "start"], check=False).returncode == 101
    assert [path.name for path in tmp_path.iterdir()] == (["policy-rc.d"] if before else [])
    if before:
        assert (policy.read_text(), policy.stat().st_mode & 0o777) == (before, 0o700)


def test_a_machine_of_a_real_cluster_is_left_alone(scratch):
    configuration = scratch / "slurm.conf"
    configuration.write_text("ClusterName=theirs\n")
    with (
        pytest.raises(slurm_packages.NoSlurmError, match="may belong to a real cluster"),
        local_slurm.local_slurm(scratch=scratch, configuration=configuration),
    ):
        pass
    assert configuration.read_text() == "ClusterName=theirs\n"


def test_without_root_the_reason_is_given(monkeypatch, tmp_path):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(slurm_packages.NoSlurmError, match="needs root"), local_slurm.local_slurm(scratch=tmp_path):
        pass


@pytest.mark.cluster
def test_a_start_that_fails_half_way_leaves_nothing(slurm, scratch, monkeypatch):
    monkeypatch.setattr(local_slurm, "SLURM_CONF", local_slurm.SLURM_CONF + "NoSuchSetting=1\n")
    configuration = scratch / "etc/slurm.conf"
    with (
        pytest.raises(TimeoutError, match=r"ended by themselves: \['slurmctld'"),
        local_slurm.local_slurm(scratch=scratch, configuration=configuration),
    ):
        pass
    assert not list(configuration.parent.iterdir())
    assert not list(scratch.glob(f"{local_slurm.PREFIX}*/"))
    assert not processes.naming(scratch)


@pytest.mark.cluster
def test_what_a_killed_session_left_is_removed_by_the_next(slurm, scratch):
    command = [sys.executable, "-c", KILLED, scratch]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    folder = Path(done.stdout.strip())
    assert folder.is_dir()
    left = processes.naming(folder)  # its job; the daemons died with it
    configuration = scratch / "etc/slurm.conf"
    assert left
    assert configuration.is_symlink()
    local_slurm.remove(folder, configuration)
    deadline = time.monotonic() + 10
    while processes.naming(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not processes.naming(folder)
    assert not folder.exists()
    assert not configuration.is_symlink()
