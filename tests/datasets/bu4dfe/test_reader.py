import numpy as np
import pytest

from merflow.datasets.bu4dfe.reader import Bu4dfeSettings, bu4dfe_annotation, read_bu4dfe
from merflow.datasets.reading.scans import scans_of_clip
from merflow.datasets.validation import validate_dataset
from merflow.errors import ConfigError, DatasetError
from merflow.meshes.files import read_landmarks, read_mesh, write_landmarks

EXPRESSIONS = ("Angry", "Disgust", "Fear", "Happy", "Sad", "Surprise")
TRIANGLE = """#VRML V2.0 utf8
Shape { geometry IndexedFaceSet {
  coord Coordinate { point [ 0 0 0, 10 0 0, 0 10 0 ] } coordIndex [ 0, 1, 2, -1 ]
} }
"""


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_bu4dfe("bu", Bu4dfeSettings(**{"root": tmp_path, **settings}))


def add(folder, numbers, *suffixes, text=""):
    """Write files of a sequence: ``F001/Angry/000.wrl`` and ``000.jpg``."""
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in suffixes:
        for number in numbers:
            (folder / f"{number:03d}{suffix}").write_text(text if suffix == ".wrl" else "")
    return folder


@pytest.mark.parametrize("base", ["", "BU4DFE"])
def test_a_sequence_is_a_clip_with_its_meshes(tmp_path, read, base):
    folder = add(tmp_path / base / "F001" / "Angry", range(101), ".wrl", ".jpg", text=TRIANGLE)
    add(tmp_path / "BU4DFE_BND_V1.1" / "F001" / "Angry", range(101), ".bnd")
    index = read()
    (clip,) = index.clips
    assert bu4dfe_annotation(Bu4dfeSettings(root=tmp_path)) == []
    assert tmp_path / clip.color == folder
    assert (clip.id, clip.subject, clip.video) == ("F001_Angry_0", "F001", "Angry")
    assert (clip.onset, clip.apex, clip.offset, clip.fps) == (0, 50, 100, 25.0)
    assert (clip.expression, clip.emotion, clip.notes) == ("macro", "anger", "no apex in BU-4DFE, midpoint 50 taken")
    assert (clip.meshes, clip.textures) == (f"{clip.color}/*", f"{clip.color}/*")
    assert clip.landmarks_3d == "BU4DFE_BND_V1.1/F001/Angry/*"
    assert index.notes[-1] == "clips with meshes: 1 of 1"
    scans = scans_of_clip(clip, tmp_path)
    assert [one.number for one in scans] == list(range(101))
    assert (scans[3].mesh.name, scans[3].texture.name, scans[3].landmarks.name) == ("003.wrl", "003.jpg", "003.bnd")
    assert read_mesh(scans[3].mesh).triangles.tolist() == [[0, 1, 2]]


def test_landmarks_of_ones_own_come_before_those_of_the_release(tmp_path, read):
    add(tmp_path / "F001" / "Angry", range(3), ".wrl", ".jpg", text=TRIANGLE)
    add(tmp_path / "BND" / "F001" / "Angry", range(3), ".bnd")
    own = add(tmp_path / "own" / "F001" / "Angry", [])
    for number in range(3):
        write_landmarks(own / f"{number:03d}.lm3", np.arange(204.0).reshape(68, 3))
    (clip,) = read(landmarks="own/{subject}/{clip}/*").clips
    assert clip.landmarks_3d == "own/F001/Angry/*"
    assert read_landmarks(scans_of_clip(clip, tmp_path)[1].landmarks).shape == (68, 3)
    for wrong in (
        "own/*",
        "own/{subject}/{clip}/a.lm3",
        "*/{subject}/{clip}/*",
        "../{subject}/{clip}/*",
        "/{subject}/{clip}/*",
    ):
        with pytest.raises(
            ConfigError, match=r"landmarks: expected a pattern below the root with \{subject\}, \{clip\}"
        ):
            Bu4dfeSettings(root=tmp_path, landmarks=wrong)


def test_pictures_alone_are_clips_without_meshes(tmp_path, read):
    add(tmp_path / "M002" / "Happy", range(90), ".jpg")
    (clip,) = read().clips
    assert (clip.meshes, clip.notes) == ("", "no apex in BU-4DFE, midpoint 44 taken; no meshes")


def test_other_numbers_of_meshes_and_landmarks_are_noted(tmp_path, read):
    add(tmp_path / "F001" / "Sad", range(100), ".jpg")
    add(tmp_path / "F001" / "Sad", range(98), ".wrl", text=TRIANGLE)
    add(tmp_path / "BND" / "F001" / "Sad", range(99), ".bnd")
    (clip,) = read().clips
    assert clip.notes.endswith("98 meshes where there are 100 pictures; 99 landmarks where there are 100 pictures")


def test_folders_that_are_no_expressions_and_empty_ones(tmp_path, read):
    add(tmp_path / "F001" / "Happy", range(9), ".jpg")
    add(tmp_path / "F001" / "Neutral", range(9), ".jpg")
    add(tmp_path / "F001" / "Fear", [])
    index = read()
    assert [clip.video for clip in index.clips] == ["Happy"]
    (row,) = index.exclusions
    assert (row["clip"], row["source"]) == ("F001_Fear_-1", "F001/Fear")
    assert "found an empty folder" in row["reason"]


def test_a_subject_in_two_folders_and_a_wrong_root(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the recordings of BU-4DFE as .*F001/Angry/000\.wrl"):
        read()
    for base in ("a", "b"):
        add(tmp_path / base / "F001" / "Happy", range(9), ".jpg")
    with pytest.raises(DatasetError, match=r"subject F001 in one folder, found them in .*/a and .*/b"):
        read()
    with pytest.raises(ConfigError, match="fps: expected a frame rate above 0"):
        Bu4dfeSettings(root=tmp_path, fps=0.0)


def test_the_whole_set_meets_every_published_count(tmp_path, read):
    for subject in [*(f"F{k:03d}" for k in range(1, 59)), *(f"M{k:03d}" for k in range(1, 44))]:
        for expression in EXPRESSIONS:
            add(tmp_path / subject / expression, (0, 1), ".jpg")
    report = validate_dataset("bu4dfe", read(), official=True)
    assert report.differences == []
    found = {check.name: (check.official, check.found) for check in report.checks}
    assert (found["rows"], found["subjects"], found["emotion fear"]) == ((606, 606), (101, 101), (101, 101))
