"""What is exported: all subjects of one variant or an error; nothing is overwritten, nothing is half there."""

import json
import shutil
from dataclasses import replace

import pytest
from tests.export.conftest import CLIPS, LOST, clip_of, write_dataset, write_subject

from merflow import paths
from merflow.artefacts import ShardWriter
from merflow.artefacts.seal import digests
from merflow.cli import main
from merflow.datasets.clip_table import read_clips, write_clips
from merflow.errors import ArtefactError, ConfigError, MerflowError
from merflow.export.exporting import export_clips
from merflow.export.fresh import fresh_folder

VARIANT = "artefacts/flow/default"


@pytest.fixture
def own(demo, tmp_path):
    """A copy of the flow of the dataset, to change."""
    shutil.copytree(demo, tmp_path / "results/demo", ignore=shutil.ignore_patterns("faces", "sequences", "clouds"))
    return tmp_path / "results/demo"


def test_a_variant_and_a_shard_name_the_same_clips(demo, tmp_path):
    whole = export_clips("flow_flo", demo / VARIANT, tmp_path / "variant")
    one = export_clips("flow_flo", demo / VARIANT / "spNO.2.h5", tmp_path / "shard")
    assert (whole.clips, one.clips) == (6, 2)
    assert one.left_out == {LOST: "no face"}  # the index's own exclusions are of other subjects
    assert len(list((tmp_path / "shard").rglob("*.flo"))) == 2
    assert any("1 clip not there" in line for line in one.lines())


def test_the_record_says_what_it_is_of(demo, tmp_path):
    export_clips("flow_flo", demo, tmp_path / "out", {"motion": "total"})
    record = json.loads((tmp_path / "out/export.json").read_text())
    assert record["artefacts"] == "flow/default"
    assert record["settings"] == {"motion": "total"}
    assert record["made_with"] == {"settings": {"faces": "default"}, "code": "c0de"}
    assert record["clips"] == list(CLIPS)
    assert record["left_out"][LOST] == "no face"


def test_the_same_export_gives_the_same_files(demo, tmp_path):
    for name in ("first", "second"):
        export_clips("flow_images", demo, tmp_path / name)
    files = [
        sorted(path.relative_to(tmp_path / name) for path in (tmp_path / name).rglob("*"))
        for name in ("first", "second")
    ]
    assert files[0] == files[1]
    for path in files[0]:
        if (tmp_path / "first" / path).is_file():
            assert (tmp_path / "first" / path).read_bytes() == (tmp_path / "second" / path).read_bytes()


def test_nothing_is_overwritten(demo, tmp_path):
    (tmp_path / "out").mkdir()
    export_clips("flow_flo", demo, tmp_path / "out")  # an empty folder is free
    before = sorted((tmp_path / "out").rglob("*"))
    with pytest.raises(ArtefactError, match=r"a folder with files. Nothing is overwritten"):
        export_clips("flow_png", demo, tmp_path / "out")
    assert sorted((tmp_path / "out").rglob("*")) == before
    (tmp_path / "file").touch()
    with pytest.raises(ArtefactError, match=r"found a file"):
        export_clips("flow_png", demo, tmp_path / "file")


def test_an_export_that_fails_leaves_nothing(tmp_path):
    def fail():
        with fresh_folder(tmp_path / "deep/out") as folder:
            (folder / "half").touch()
            raise MerflowError("no face")

    with pytest.raises(MerflowError, match=r"no face"):
        fail()
    assert list((tmp_path / "deep").iterdir()) == []


def test_a_missing_subject_is_an_error_with_the_command(own, tmp_path):
    (own / VARIANT / "spNO.10.h5").unlink()
    with pytest.raises(ArtefactError, match=r"found none of spNO.10. Make them: snakemake --cores all .*shards.csv"):
        export_clips("flow_flo", own, tmp_path / "out")
    assert export_clips("flow_flo", own, tmp_path / "some", clips=["spNO.1_a_10"]).clips == 1


def test_shards_of_different_settings_are_not_mixed(own, tmp_path):
    write_subject(tmp_path, "flow", "spNO.10", ["spNO.10_a_10"], settings={"method": "other"})
    with pytest.raises(ArtefactError, match=r"spNO.10.h5: expected the settings and the code"):
        export_clips("flow_flo", own, tmp_path / "out")


def test_several_variants_must_be_told_apart(own, tmp_path):
    for subject in ("spNO.1", "spNO.2", "spNO.10"):
        clips = [clip for clip in CLIPS if clip.startswith(f"{subject}_")]
        write_subject(tmp_path, "flow", subject, clips, variant="other")
    with pytest.raises(ConfigError, match=r"several: default, other. Name one: --variant default"):
        export_clips("flow_flo", own, tmp_path / "out")
    assert export_clips("flow_flo", own, tmp_path / "out", variant="other").about["artefacts"] == "flow/other"


@pytest.mark.parametrize(
    ("form", "place", "match"),
    [
        (
            "clouds_ply",
            "",
            r"kind clouds, but found none. Make those of a variant, denoised.*clouds/denoised/shards.csv",
        ),
        ("flow_png", "artefacts/lbp_top/default", "kind flow, but found lbp_top"),
        ("flow_png", "artefacts", "found no clips.csv there"),
        ("flow_png", f"{VARIANT}/nobody.h5", "no such file"),
    ],
)
def test_what_is_not_there_is_named(own, tmp_path, form, place, match):
    with pytest.raises(MerflowError, match=match):
        export_clips(form, own / place, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_clip_names_the_nearest(demo, tmp_path):
    with pytest.raises(ConfigError, match=r"Did you mean 'spNO.1_a_10'"):
        export_clips("flow_flo", demo, tmp_path / "out", clips=["spNO.1_a_1"])


def test_a_composite_takes_the_shards_of_its_members(tmp_path):
    write_dataset(tmp_path, ["flow_images"])
    member = tmp_path / paths.shard("other", "flow_images", "default", "spNO.1")
    with ShardWriter(member, kind="flow_images", variant="default", dataset="other", subject="spNO.1",
                     params={"flow": "default"}, code="c0de", inputs={}) as shard:  # fmt: skip
        with_shard(shard)
    joined = [
        clip_of("demo.spNO.1_a_10", "disgust", dataset="both", part="demo"),
        clip_of("demo.spNO.10_a_10", "fear", dataset="both", part="demo"),
        clip_of("other.spNO.1_a_10", "happiness", dataset="both", part="other"),
    ]
    write_clips(joined, tmp_path / paths.clips("both"))
    report = export_clips("flow_images", tmp_path / "results/both", tmp_path / "out")
    assert report.clips == 3
    folds = sorted(path.name for path in (tmp_path / "out/norm_u_v_os").iterdir())
    assert folds == ["demo.spNO.1", "demo.spNO.10", "other.spNO.1"]


def with_shard(shard):
    from tests.export.conftest import shards_of

    shard.add("spNO.1_a_10", *shards_of("spNO.1_a_10")["flow_images"])


def test_the_command_says_what_it_wrote_and_where(demo, tmp_path, capsys):
    assert main(["export", "flow_images", str(demo), str(tmp_path / "out"), "--labels", "emotion4"]) == 0
    out = capsys.readouterr().out
    assert "flow_images: wrote 6 clips, 32 files" in out
    assert f"into {tmp_path / 'out'}" in out
    assert "3 = others (1)" in out
    assert f"{LOST}: no face" in out
    assert main(["export", "flow_images", str(demo), str(tmp_path / "out")]) == 2
    assert "Nothing is overwritten" in capsys.readouterr().err


def test_an_apex_that_the_index_has_elsewhere_since_is_refused(demo, tmp_path):
    shutil.copytree(demo, tmp_path / "results/demo")
    own = tmp_path / "results/demo"
    clips = read_clips(own / "clips.csv")
    moved = [replace(clip, apex=clip.apex + 1) if clip.id == "spNO.2_b_10" else clip for clip in clips]
    (own / "clips.csv").unlink()
    write_clips(moved, own / "clips.csv")
    with pytest.raises(
        ArtefactError, match=r"apex of spNO\.2_b_10 at frame 17, .* found frame 16.*flow/default/shards"
    ):
        export_clips("flow_flo", own, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert export_clips("flow_flo", own, tmp_path / "out", clips=["spNO.2_a_10"]).clips == 1


def test_flow_of_faces_that_were_made_anew_since_is_refused(demo, tmp_path):
    shutil.copytree(demo, tmp_path / "results/demo")
    own = tmp_path / "results/demo"
    above = {"faces": digests(own / "artefacts/faces/default/spNO.1.h5").file}
    write_subject(tmp_path, "flow", "spNO.1", ["spNO.1_a_10"], inputs=above)
    assert export_clips("flow_flo", own, tmp_path / "before", clips=["spNO.1_a_10"]).clips == 1
    write_subject(tmp_path, "faces", "spNO.1", ["spNO.1_a_10"])
    with pytest.raises(ArtefactError, match=r"flow/default/spNO\.1\.h5: expected .*faces/default/spNO\.1\.h5.*anew"):
        export_clips("flow_flo", own, tmp_path / "after", clips=["spNO.1_a_10"])


def test_help_names_every_form_and_its_choices(capsys):
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    out = capsys.readouterr().out
    assert all(form in out for form in ("flow_images", "flow_flo", "clouds_ply", "examples_npz"))
    with pytest.raises(SystemExit):
        main(["export", "flow_png", "--help"])
    out = " ".join(capsys.readouterr().out.split())
    assert "--range-px" in out
    assert "{expression,total}" in out
    assert "(default: 2.0)" in out


@pytest.mark.parametrize("form", ["sequences_png", "sequences_mp4", "lbp_top_csv", "hoof_csv"])
@pytest.mark.parametrize(("role", "found"), [("apex", 16), ("offset", 18)])
def test_a_whole_clip_of_other_named_frames_is_refused(tmp_path, form, role, found):
    """The faces below a sequence may hold the onset alone, and tell nothing of the apex."""
    own = write_dataset(tmp_path, ["sequences", "lbp_top", "hoof"])
    clips = read_clips(own / "clips.csv")
    (own / "clips.csv").unlink()
    write_clips([replace(clip, **{role: found + 1}) if clip.id == "spNO.2_b_10" else clip for clip in clips],
                own / "clips.csv")  # fmt: skip
    with pytest.raises(ArtefactError, match=rf"{role} of spNO\.2_b_10 at frame {found + 1}, .* found frame {found}:"):
        export_clips(form, own, tmp_path / "out")


def test_a_clip_without_an_offset_ends_with_its_recording(tmp_path):
    own = write_dataset(tmp_path, ["sequences"])
    clips = read_clips(own / "clips.csv")
    (own / "clips.csv").unlink()
    write_clips([replace(clip, offset=-1) for clip in clips], own / "clips.csv")
    assert export_clips("sequences_png", own, tmp_path / "out").clips == len(CLIPS)
