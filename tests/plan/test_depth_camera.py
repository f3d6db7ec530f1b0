"""Depth of other sets is not seen through the camera of CAS(ME)^3, unless somebody says so."""

import pytest
from tests.plan_fixture import clip, of_mix

from merflow import plan
from merflow.config import Config
from merflow.datasets.clip_table import write_clips
from merflow.errors import ConfigError

CAMERA = "615.0 614.0 320.0 240.0"


def config(focal_px=None, **datasets):
    blocks = {
        name: {"synthesis": None, "root": name} | (block if isinstance(block, dict) else {"reader": block})
        for name, block in datasets.items()
    }
    clouds = {"depth_flow": "d"} | ({} if focal_px is None else {"focal_px": focal_px})
    stages = {"faces": {"f": {}}, "flow": {"f": {"faces": "f"}}, "depth_flow": {"d": {"flow": "f"}}}
    return Config({"datasets": blocks, "experiments": {}, "clouds": {"c": clouds}, **stages})


@pytest.fixture
def shards(tmp_path):
    def plan_them(config, clips, dataset="own", kind="clouds", variant="c"):
        write_clips(clips, tmp_path / "clips.csv")
        return plan.shards(config, tmp_path / "clips.csv", dataset, kind, variant)

    return plan_them


def test_depth_without_a_camera_is_refused_with_what_to_declare(shards):
    """A reader of one's own, here that of SAMM, whose clips have depth."""
    message = (
        r"expected the camera of the depth of own \(clouds/c has points in space\), found none in 1 clips, such as "
        r"s1_a_10, and clouds\.c\.focal_px is 1324\.65, that of CAS\(ME\)\^3\. Put it into Clip\.camera in the reader "
        r"\(docs/adding-a-dataset\.md\), or set clouds\.c\.focal_px to its focal length\."
    )
    with pytest.raises(ConfigError, match=message):
        shards(config(own="samm"), [clip("s1"), clip("s2", camera=CAMERA)])
    table = {"reader": "table", "intrinsics": None}
    with pytest.raises(ConfigError, match=r"Set datasets\.own\.intrinsics: \{fx: \.\.\., fy"):
        shards(config(own=table), [clip("s1")])


def test_a_member_of_a_composite_is_named(shards):
    mix = config(one="casme3", two="samm", mix={"reader": "composite", "members": ["one", "two"]})
    with pytest.raises(ConfigError, match="camera of the depth of two "):
        shards(mix, [of_mix("one", "s1"), of_mix("two", "s1")], dataset="mix")


@pytest.mark.parametrize(
    ("settings", "camera"),
    [
        ({"own": "samm"}, CAMERA),
        ({"own": "casme3"}, ""),
        ({"own": "samm", "focal_px": 900.0}, ""),
        ({"own": {"reader": "table", "synthesis": {"layout": "table"}}}, ""),
    ],
)
def test_depth_whose_camera_is_named_is_planned(shards, settings, camera):
    assert len(shards(config(**settings), [clip("s1", camera=camera)])) == 1


def test_stages_without_points_in_space_need_no_camera(shards):
    assert len(shards(config(own="samm"), [clip("s1")], kind="depth_flow", variant="d")) == 1
