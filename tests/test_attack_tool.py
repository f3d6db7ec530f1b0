"""tools/attack itself: it must find what a reader without checks does, and repeat it."""

import os
import signal
import time
from collections import Counter
from itertools import islice
from random import Random

import numpy as np
import pandas as pd
import pytest
import torch
from tools.attack import trial
from tools.attack.content import content_of
from tools.attack.damage import DAMAGES, MAX_RANGE, SWAPPED
from tools.attack.damages import OTHER, SAME, WRONG, Bombardment
from tools.attack.kills import Round
from tools.attack.processes import JOB, SNAKEMAKE
from tools.attack.tables import damages_table, kills_table, write_page
from tools.attack.targets import Target
from tools.attack.trial import CRASH, HANG, READ, REFUSED, TRACEBACK, ask

from merflow.errors import ArtefactError

pytestmark = pytest.mark.slow

DATA = bytes(range(256)) * 8


@pytest.mark.parametrize("kind", DAMAGES)
def test_each_damage_is_what_it_says(kind):
    for seed in range(50):
        found = DAMAGES[kind](DATA, Random(seed), b"other")
        changed = sum(a != b for a, b in zip(found, DATA, strict=False))
        assert {
            "a bit flipped": len(found) == len(DATA) and changed == 1,
            "cut": len(found) < len(DATA) and DATA.startswith(found),
            "up to 512 bytes zeroed": len(found) == len(DATA) and changed <= MAX_RANGE,
            "up to 512 bytes lost": 0 < len(DATA) - len(found) <= MAX_RANGE,
            SWAPPED: found == b"other",
        }[kind]


def test_content_is_the_same_for_the_same_values_and_another_for_others():
    values = [
        np.zeros(3), np.zeros(3, np.float32), np.zeros((3, 1)), torch.ones(3), pd.DataFrame({"a": [1]}), {"a": 1},
        {"a": "1"}, [1, [2]], [[1], 2], "1", 1, 1.0, None,
    ]  # fmt: skip
    assert len({content_of(value) for value in values}) == len(values)
    assert content_of({"a": 1, "b": np.ones(2)}) == content_of({"b": np.ones(2), "a": 1})


def refuse(_path):
    raise ArtefactError("expected another")


READERS = {
    READ: lambda path: path.read_bytes(),
    REFUSED: refuse,
    TRACEBACK: lambda path: path.read_bytes()[10**6],
    CRASH: lambda _: os.kill(os.getpid(), signal.SIGSEGV),
    HANG: lambda _: time.sleep(60),
}


@pytest.mark.parametrize("kind", READERS)
def test_a_trial_tells_what_the_reader_did(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(trial, "SECONDS", 0.3 if kind == HANG else 20)
    path = tmp_path / "file"
    path.write_bytes(DATA)
    answer = ask(READERS[kind], path)
    assert answer.kind == kind
    assert {READ: content_of(DATA), REFUSED: "expected another", TRACEBACK: "IndexError", CRASH: "signal 11"}.get(
        kind, "no answer"
    ) in answer.text


def test_a_reader_that_takes_all_memory_traces_back(tmp_path):
    assert ask(lambda _: bytearray(2**40), tmp_path).kind == TRACEBACK


def bombardment(tmp_path, *, unseen=frozenset()):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(name.encode() * 100)
    files = tmp_path / "a", tmp_path / "b"
    return Bombardment([Target("plain", files, lambda path: path.read_bytes()[:50], unseen)], seed=1)


@pytest.mark.parametrize(("unseen", "outcome"), [(frozenset(), WRONG), (frozenset(DAMAGES), OTHER)])
def test_a_reader_that_checks_nothing_is_found(tmp_path, unseen, outcome):
    made = bombardment(tmp_path, unseen=unseen)
    tries = [made.repeat(f"plain/{number}") for number in range(40)]
    assert {one.outcome for one in tries} == {SAME, outcome}
    assert any(one.is_fault for one in tries) == (outcome == WRONG)
    assert {one.damage for one in tries} == set(DAMAGES)
    assert (tmp_path / "a").read_bytes() == b"a" * 100


def test_a_case_is_the_same_try_again(tmp_path):
    first, again = (bombardment(tmp_path).repeat("plain/7") for _ in range(2))
    assert first == again
    tries = bombardment(tmp_path).until(time.monotonic() + 60)
    assert [one.case for one in islice(tries, 2)] == ["plain/0", "plain/1"]
    with pytest.raises(SystemExit, match="expected a case <target>/<number> of the targets plain"):
        bombardment(tmp_path).repeat("other/1")


def test_tables_count_what_was_tried(tmp_path):
    made = bombardment(tmp_path)
    table = damages_table([made.repeat(f"plain/{number}") for number in range(10)])
    assert "| plain | 10 | 0 |" in table
    assert "| cut | 2 | 0 |" in table
    kills = Counter({(SNAKEMAKE, "SIGKILL"): 2, (JOB, "SIGINT"): 1})
    table = kills_table([Round(0, kills, restarts=2), Round(1, Counter(), differences=["metrics.csv"])])
    assert f"| {SNAKEMAKE} | 0 | 2 |" in table
    assert "3 kills, the command given again 2 times; 1 of 2 runs ended with the bytes of the undisturbed one." in table


def test_tables_go_where_the_page_has_a_mark(tmp_path):
    page = tmp_path / "docs/faults.md"
    page.parent.mkdir()
    page.write_text("before\n<!-- table: kills -->\nold\n<!-- end of table -->\nafter\n")
    write_page(tmp_path, {"kills": "new"})
    assert page.read_text() == "before\n<!-- table: kills -->\nnew\n<!-- end of table -->\nafter\n"
