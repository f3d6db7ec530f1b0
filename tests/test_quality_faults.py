"""Planted faults: each changes its recording or its row, and never the recording that it is a link to."""

import hashlib

import numpy as np
import pytest
from tests.picture_fixtures import landmarks_68
from tools.quality_faults.faults import FAULTS
from tools.quality_faults.recording import Recording, link_recordings

from merflow.datasets.casme3.reader import Casme3Settings, read_casme3


@pytest.fixture(scope="module")
def clips(tiny_demo):
    return read_casme3("demo", Casme3Settings(root=tiny_demo)).clips


def content(folder):
    return {path.name + path.parent.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*.*g")}


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_one_recording_and_not_the_original(name, clips, tiny_demo, tmp_path):
    one, other = clips[0], next(clip for clip in clips if clip.subject != clips[0].subject)
    link_recordings(tiny_demo / "part_A/data", tmp_path / "part_A/data")
    landmarks = landmarks_68(300) + np.array((490, 210))
    recording = Recording(one, tmp_path, landmarks)
    folder = (tmp_path / one.color).parent
    before = content(folder)
    FAULTS[name](recording, Recording(other, tmp_path, landmarks))
    assert content(folder) != before or recording.clip != one
    assert content((tiny_demo / one.color).parent) == before
    assert FAULTS[name].__doc__
