from contextlib import ExitStack

import numpy as np
import pytest
from PIL import Image

from merflow.artefacts import open_shard
from merflow.errors import ArtefactError
from merflow.stages.magnified.flicker import BAR_PX, FACE_PX, FRAME_MS, GAP_PX, flicker_frame, write_flicker

CLIP = "sp9.1_a_10"


@pytest.fixture(scope="module")
def shards(results):
    with ExitStack() as stack:
        yield [stack.enter_context(open_shard(results[kind], kind=kind)) for kind in ("magnified", "faces")]


@pytest.fixture(scope="module")
def animation(shards, tmp_path_factory):
    return write_flicker(*shards, CLIP, tmp_path_factory.mktemp("flicker") / "flicker.png")


def faces_of(frame):
    """Return the left and the right face of a frame."""
    pixels = np.asarray(frame.convert("RGB"), dtype=int)[BAR_PX:]
    return pixels[:, :FACE_PX], pixels[:, FACE_PX + GAP_PX :]


def test_changes_between_onset_and_apex_and_magnified_more_than_before(animation):
    with Image.open(animation) as file:
        assert (file.n_frames, file.info["loop"], file.info["duration"]) == (2, 0, FRAME_MS)
        onset = faces_of(file)
        file.seek(1)
        apex = faces_of(file)
    assert np.array_equal(*onset)
    plain, magnified = (np.abs(after - before).mean() for before, after in zip(onset, apex, strict=True))
    assert 0 < plain < magnified


def test_is_the_same_every_time(animation, shards, tmp_path):
    again = write_flicker(*shards, CLIP, tmp_path / "again.png")
    assert again.read_bytes() == animation.read_bytes()
    assert b"tIME" not in again.read_bytes()


def test_labels_are_burned_in():
    face = np.full((64, 64, 3), 90, dtype=np.uint8)
    plain, labelled = (np.asarray(flicker_frame(face, face, labels=(text, ""))) for text in ("", "onset"))
    differs = np.argwhere((plain != labelled).any(axis=-1))
    assert len(differs) > 50
    assert differs[:, 0].max() < BAR_PX
    assert differs[:, 1].max() < FACE_PX


def test_an_unknown_clip_is_refused(shards, tmp_path):
    with pytest.raises(ArtefactError, match=r"found 'sp9\.1_x_1'"):
        write_flicker(*shards, "sp9.1_x_1", tmp_path / "f.png")
    assert not list(tmp_path.iterdir())


def test_another_format_than_png_is_refused(shards, tmp_path):
    with pytest.raises(ValueError, match=r"\.png, found 'f\.gif'"):
        write_flicker(*shards, CLIP, tmp_path / "f.gif")
