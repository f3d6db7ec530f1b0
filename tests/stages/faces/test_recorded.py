"""What a faces shard says that it was made of holds every recorded frame that the stage opens."""

from dataclasses import replace

import pytest

from merflow.datasets.clip import NO_FRAME
from merflow.datasets.reading import frame_source
from merflow.datasets.reading.clip_frames import annotated_frame_hashes
from merflow.stages.faces import crops
from merflow.stages.faces.settings import FaceSettings, frames_read
from merflow.stages.faces.stage import extract_clip


def opened(monkeypatch, clip, settings, *, root, detector):
    """Return the recorded files that are decoded for a clip."""
    seen = set()

    def watched(read):
        def reads(path, *given, **named):
            seen.add(path)
            return read(path, *given, **named)

        return reads

    with monkeypatch.context() as patch:
        for module, name in ((frame_source, "read_picture"), (crops, "read_depth")):
            patch.setattr(module, name, watched(getattr(module, name)))
        extract_clip(clip, settings, root=root, detector=detector)
    return seen


@pytest.mark.parametrize("frames", [("apex",), ("onset", "apex"), ("all",)])
def test_a_frame_that_is_read_and_changes_makes_the_shard_stale(copied_clip, detector, monkeypatch, frames):
    """With the apex alone too: the face is found on the onset."""
    clip, root = copied_clip
    clip = replace(clip, offset=NO_FRAME)  # whose picture was not copied
    settings = FaceSettings(frames=frames)
    files = opened(monkeypatch, clip, settings, root=root, detector=detector)
    assert root / clip.color / f"{clip.onset}.jpg" in files
    roles = frames_read(settings).roles
    before = annotated_frame_hashes([clip], root, roles=roles)
    for path in files:
        content = path.read_bytes()
        path.write_bytes(content + b"\0")
        assert annotated_frame_hashes([clip], root, roles=roles) != before, path
        path.write_bytes(content)
    assert annotated_frame_hashes([clip], root, roles=roles) == before
