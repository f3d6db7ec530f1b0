"""What the quality pages read: the chain that is asked for as far as there is depth, and what is built besides."""

import pytest
from tests.plan_fixture import clip
from tests.shipped import ROOT, shipped_raw

from merflow import paths, plan
from merflow.config import load_config, read_schema
from merflow.datasets.clip_table import write_clips
from merflow.errors import ConfigError, DatasetError


@pytest.fixture(scope="module")
def config():
    return load_config(shipped_raw(), read_schema(ROOT / "workflow/schemas/config.schema.yaml"))


@pytest.fixture
def index(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(**changes):
        write_clips([clip("a", **changes), clip("b", **changes)], tmp_path / "clips.csv")
        return tmp_path / "clips.csv"

    return write


def build(kind, variant, *subjects):
    for subject in subjects:
        path = paths.Path(paths.shard("demo", kind, variant, subject))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_the_chain_that_is_asked_for(config, index):
    found = plan.quality_artefacts(config, "demo", index())
    assert found == config.chain("regions/sort1024")


def test_without_depth_the_chain_ends_before_it(config, index):
    assert [kind for kind, _ in plan.quality_artefacts(config, "demo", index(depth=""))] == ["faces", "flow"]


def test_another_kind_is_read_once_it_is_built_for_every_subject(config, index):
    build("sequences", "seq8_64", "a")
    assert "sequences" not in dict(plan.quality_artefacts(config, "demo", index()))
    build("sequences", "seq8_64", "b")
    found = plan.quality_artefacts(config, "demo", index())
    assert dict(found)["sequences"] == "seq8_64"
    assert found[-1][0] == "sequences"  # in the order in which data flow


def test_a_variant_that_is_not_there_is_refused_with_the_setting():
    raw = shipped_raw() | {"qc": {"artefacts": ["regions/sort1025"]}}
    with pytest.raises(ConfigError, match=r"qc\.artefacts.*regions"):
        load_config(raw, read_schema(ROOT / "workflow/schemas/config.schema.yaml"))


def test_the_experiments_that_are_shown_are_those_of_the_dataset():
    schema = read_schema(ROOT / "workflow/schemas/config.schema.yaml")
    config = load_config(shipped_raw() | {"qc": {"experiments": ["lite_point_gcn", "ccdn-au8"]}}, schema)
    assert plan.quality_experiments(config, "demo") == ["lite_point_gcn"]
    assert plan.quality_experiments(config, "demo_4dme_4d") == ["ccdn-au8"]
    with pytest.raises(ConfigError, match=r"unknown experiment 'lite_point_gnn'.*lite_point_gcn"):
        load_config(shipped_raw() | {"qc": {"experiments": ["lite_point_gnn"]}}, schema)


def test_a_review_is_read_when_the_index_is_planned(index, tmp_path):
    raw = shipped_raw()
    raw["datasets"]["demo"]["exclude"] = "review.tsv"
    config = load_config(raw, read_schema(ROOT / "workflow/schemas/config.schema.yaml"))
    assert "exclude" not in config.datasets["demo"].own  # no setting of the reader
    index()
    with pytest.raises(DatasetError, match=r"expected the review review\.tsv"):
        plan.review(config, "demo")
    (tmp_path / "review.tsv").write_text("clip\tverdict\tcomment\n")
    [(path, digest)] = plan.review(config, "demo").items()
    assert (path, len(digest)) == ("review.tsv", 64)
    assert plan.review(config, "casme3") == {}


def test_a_table_of_apexes_is_named_with_its_content(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    raw = shipped_raw()
    raw["datasets"]["demo"]["apexes"] = "demo_apexes.csv"
    own = load_config(raw, read_schema(ROOT / "workflow/schemas/config.schema.yaml"))
    with pytest.raises(DatasetError, match=r"expected the table of apexes demo_apexes\.csv"):
        plan.apexes(own, "demo")
    (tmp_path / "demo_apexes.csv").write_text("clip,onset,offset,apex,rule\na,1,9,3,seen\n")
    [(path, digest)] = plan.apexes(own, "demo").items()
    assert path == "demo_apexes.csv"
    assert len(digest) == 64
    assert plan.apexes(config, "demo") == {}
    assert "apexes" not in own.datasets["demo"].own  # no setting of the reader
