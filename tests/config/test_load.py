from pathlib import Path

import pytest
from tests.config.conftest import refusal

from merflow.config import read_config
from merflow.errors import ConfigError


def test_the_shipped_configuration_is_accepted_and_completed(load, shipped):
    config = load(shipped)
    assert config.plain["on_bad_clip"] == "exclude"
    assert config.plain["faces"]["aligned256"]["size_px"] == 256
    assert config.plain["datasets"]["demo"]["synthesis"]["n_subjects"] == 8
    assert config.plain["datasets"]["demo"]["synthesis"]["head_motion"] == 0.6
    assert config.plain["datasets"]["casme3"]["synthesis"] is None


@pytest.mark.parametrize(
    ("place", "typo", "meant"),
    [
        ((), "datsets", "datasets"),
        (("datasets", "demo"), "roots", "root"),
        (("datasets", "demo", "synthesis"), "head_moton", "head_motion"),
        (("faces", "aligned256"), "size", "size_px"),
        (("flow", "tvl1"), "methd", "method"),
        (("experiments", "lite_point_gcn"), "label", "labels"),
        (("experiments", "lite_point_gcn", "model_params"), "gcn_layer", "gcn_layers"),
        (("experiments", "lite_point_gcn", "overrides", "demo"), "trainig", "training"),
        (("experiments", "flow_svm", "training"), "batchsize", "batch_size"),
    ],
)
def test_a_mistyped_key_names_the_nearest_known_one(load, shipped, place, typo, meant):
    block = shipped
    for key in place:
        block = block.setdefault(key, {})
    block[typo] = 1
    message = refusal(load, shipped)
    assert repr(".".join((*place, typo))) in message or typo in message
    assert f"Did you mean {meant!r}?" in message


def test_the_unit_of_depth_is_a_setting_of_the_dataset(load, shipped):
    assert load(shipped).plain["datasets"]["casme3"]["depth_unit_mm"] == 1.0
    shipped["datasets"]["casme3"]["depth_unit_mm"] = 0.1
    assert load(shipped).plain["datasets"]["casme3"]["depth_unit_mm"] == 0.1
    for wrong, message in ((0, "expected a length above 0 mm"), (float("inf"), "expected a finite number")):
        shipped["datasets"]["casme3"]["depth_unit_mm"] = wrong
        assert f"depth_unit_mm: {message}" in refusal(load, shipped)


def test_a_wrong_type_says_where_and_what_it_is(load, shipped):
    shipped["faces"]["aligned256"] = {"size_px": "large"}
    message = refusal(load, shipped)
    assert "faces.aligned256.size_px" in message
    assert "'large'" in message
    assert "Side S of the square aligned crop" in message


def test_a_value_out_of_range_is_refused_before_any_work(load, shipped):
    shipped["faces"]["aligned256"] = {"size_px": 8}
    assert "size_px: expected a multiple of 8 from 32 to 2048 px" in refusal(load, shipped)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "lite_point_gnc"}, "lite_point_gnc"),
        ({"artefact": "regions/sort99"}, "regions has no variant 'sort99'"),
        ({"artefact": "cloud/denoised"}, "artefact: expected one of flow, regions"),
        ({"labels": "emotion5"}, "emotion5"),
        ({"extends": "nothing"}, "unknown experiment 'nothing'"),
        ({"baselines": ["luck"]}, "unknown experiment 'luck'"),
        ({"seeds": [0, 0]}, "seeds: expected one or more different seeds"),
        ({"bootstrap": 0}, "bootstrap: expected 1 or more"),
        ({"expressions": []}, "expressions: expected micro, macro or both"),
        ({"protocol": {"name": "cross_domain"}}, "expected micro and macro for cross_domain"),
        ({"protocol": {"name": "kfold_subject", "k": 1}}, "at least 2"),
        ({"training": {"learning_rate": -1.0}}, "learning_rate"),
        ({"artefact": "clouds/denoised"}, "artefact: expected one of flow, regions"),
        ({"datasets": ["dmeo"]}, "unknown dataset 'dmeo'"),
        (
            {"labels": "emotion7"},
            "majority to have the labels of lite_point_gcn, 'emotion7', but found 'emotion3'",
        ),
        ({"overrides": {"demo": {"extends": "majority"}}}, "'extends' has no meaning inside an override"),
        ({"overrides": {"demo": None}}, "expected a block of settings"),
        ({"training": {"mirror": True}, "input": {"coordinates": "metres"}}, "exclude each other"),
        ({"overrides": {"casme9": {}}}, "unknown dataset 'casme9'"),
        ({"overrides": {"demo": {"labels": "emotion5"}}}, "emotion5"),
    ],
)
def test_a_name_that_refers_to_nothing_is_refused(load, shipped, change, message):
    shipped["experiments"]["lite_point_gcn"] |= change
    assert message in refusal(load, shipped)


@pytest.mark.parametrize(
    ("section", "name", "block", "message"),
    [
        ("regions", "sort (512)", {"clouds": "denoised"}, "becomes a folder of the results"),
        ("datasets", "logs", {"reader": "casme3", "root": "x"}, "becomes a folder of the results"),
        ("experiments", "foo", None, "expected a block of settings"),
        ("datasets", "mine", {"reader": "casme3", "root": "x", "parts": []}, "parts"),
        ("datasets", "mine", {"reader": "casme3", "root": "x", "synthesis": {}}, "expected results/mine/raw"),
    ],
)
def test_a_name_or_block_that_cannot_work_is_refused(load, shipped, section, name, block, message):
    shipped[section][name] = block
    assert message in refusal(load, shipped)


def test_broken_yaml_is_a_message(tmp_path):
    (tmp_path / "workflow/schemas").mkdir(parents=True)
    (tmp_path / "workflow/schemas/config.schema.yaml").touch()
    (tmp_path / "config.yaml").write_text("datasets: [")
    with pytest.raises(ConfigError, match="expected YAML"):
        read_config(tmp_path / "config.yaml")


def test_experiments_that_extend_each_other_are_refused(load, shipped):
    shipped["experiments"]["lite_point_gcn"]["extends"] = "lite_point_gcn-as_printed"
    assert "in a circle" in refusal(load, shipped)


def test_an_unknown_upstream_variant_is_refused(load, shipped):
    shipped["clouds"]["denoised"]["depth_flow"] = "smooth"
    message = refusal(load, shipped)
    assert "clouds.denoised" in message
    assert "Known: denoised, raw, raw_robust_affine" in message


def test_extends_inherits_and_overrides_apply_to_their_dataset_only(load, shipped):
    config = load(shipped)
    demo, casme3 = (config.experiment("lite_point_gcn-as_printed", name).plain() for name in ("demo", "casme3"))
    assert demo["model"] == "lite_point_gcn"
    assert demo["training"]["schedule"] == casme3["training"]["schedule"] == "constant"
    assert (demo["training"]["train_points"], casme3["training"]["train_points"]) == (256, 0)


@pytest.mark.parametrize(
    ("own", "on_samm", "elsewhere"),
    [
        ({"model_params": {"fusion": 1}}, (1, True), (1, True)),
        ({"model_params": {"learnable_adjacency": False}}, (3, False), (2, False)),
        ({"overrides": {"samm": {"model_params": {"fusion": 4}}}}, (4, True), (2, True)),
        ({"model_params": {"fusion": 1}, "overrides": {"samm": {"model_params": {"fusion": 4}}}}, (4, True), (1, True)),
    ],
)
def test_what_an_experiment_says_itself_beats_what_it_inherits(load, shipped, own, on_samm, elsewhere):
    """gts_gn has fusion 2, and 3 on samm; a grandchild inherits what its parent settled."""
    shipped["experiments"]["child"] = {"extends": "gts_gn", **own}
    shipped["experiments"]["grandchild"] = {"extends": "child", "description": "the same"}
    config = load(shipped)
    for name in ("child", "grandchild"):
        for dataset, expected in (("samm", on_samm), ("casme2", elsewhere)):
            params = config.experiment(name, dataset).plain()["model_params"]
            assert (params["fusion"], params["learnable_adjacency"]) == expected, (name, dataset)


def test_labels_of_an_experiment_beat_those_that_its_parent_has_on_one_dataset(load, shipped):
    """landmark_svm has emotion3 on the demo."""
    shipped["experiments"]["child"] = {"extends": "landmark_svm", "labels": "objective5"}
    assert load(shipped).experiment("child", "demo").labels == "objective5"


def backwards(value):
    return {key: backwards(value[key]) for key in reversed(value)} if isinstance(value, dict) else value


def test_the_order_of_keys_in_the_file_is_no_setting(load, shipped):
    """Snakemake compares settings by how they are printed."""
    here, there = load(shipped), load(backwards(shipped))
    for name in shipped["datasets"]:
        assert repr(there.plain["datasets"][name]) == repr(here.plain["datasets"][name])
    for name in ("gts_gn", "atm_gcn", "majority"):
        assert repr(there.experiment(name, "demo").plain()) == repr(here.experiment(name, "demo").plain())


def test_how_folds_are_divided_into_jobs_is_no_part_of_what_a_result_depends_on(load, shipped):
    before = load(shipped).experiment("ststnet", "demo").plain()
    shipped["experiments"]["ststnet"].setdefault("training", {})["folds_per_job"] = 7
    shipped["experiments"]["ststnet"]["overrides"] = {"casme3": {"training": {"folds_per_job": 10}}}
    config = load(shipped)
    assert repr(config.experiment("ststnet", "demo").plain()) == repr(before)
    assert [config.experiment("ststnet", name).training.folds_per_job for name in ("demo", "casme3")] == [7, 10]


def test_unknown_names_list_the_known(load, shipped):
    config = load(shipped)
    with pytest.raises(ConfigError, match=r"Did you mean 'gts_gn'\? `merflow config` prints the \d+ that"):
        config.experiment("gts_gnn", "demo")
    with pytest.raises(
        ConfigError,
        match="Known: benchmark, bp4d, bu4dfe, casme, casme2, casme2_megc2019, casme3, casme3_macro, casme_sq",
    ):
        config.experiment("majority", "sammy")
    with pytest.raises(ConfigError, match="Known: as_printed, as_printed_robust_affine, tvl1"):
        config.variant("flow", "farneback")


def test_a_missing_file_says_where_to_run(tmp_path):
    with pytest.raises(ConfigError, match="Run in the folder of the workflow"):
        read_config(tmp_path / "config.yaml")


def test_the_schema_is_that_of_the_settings_classes():
    from tools.build_config_schema import TARGET, schema_text

    assert schema_text() == Path(TARGET).read_text(encoding="utf-8"), "run: python -m tools.build_config_schema"


def test_every_key_of_the_schema_is_described(schema):
    def walk(node, where):
        for key, child in node.get("properties", {}).items():
            assert child.get("description"), f"{where}.{key} has no description"
            walk(child, f"{where}.{key}")
        for option in [node.get("additionalProperties"), *node.get("anyOf", [])]:
            if isinstance(option, dict):
                walk(option, where)

    walk(schema, "config")
    for name, model in schema["$defs"]["models"].items():
        walk(model, name)


def test_every_dataset_has_the_settings_of_its_own_reader_only(load, shipped):
    datasets = load(shipped).plain["datasets"]
    assert "parts" in datasets["casme3"]
    assert "layout" in datasets["casme2"]
    assert "parts" not in datasets["casme2"]
    assert datasets["samm"]["fps"] == 200
    assert datasets["casme3"]["fps"] == 30


def test_a_setting_of_another_reader_is_refused(load, shipped):
    shipped["datasets"]["samm"]["parts"] = ["A"]
    message = refusal(load, shipped)
    assert "datasets.samm" in message
    assert "'parts'" in message


def test_parameters_of_a_model_are_completed_and_context_is_not_configured(load, shipped):
    params = load(shipped).plain["experiments"]["gts_gn-no_lam"]["model_params"]
    assert (params["learnable_adjacency"], params["fusion"], params["head"]) == (False, 2, "flat")
    assert not {"au_numbers", "n_aus", "edges"} & set(params)
    shipped["experiments"]["gts_gn"]["model_params"] = {"n_aus": 3}
    assert "unknown key 'experiments.gts_gn.model_params.n_aus'" in refusal(load, shipped)


def test_an_override_keeps_the_model(load, shipped):
    shipped["experiments"]["gts_gn"]["overrides"]["demo"] = {"model": "ss_gn"}
    assert "'model' has no meaning inside an override" in refusal(load, shipped)


def test_another_protocol_is_told_as_yaml_has_it(load, shipped):
    shipped["experiments"]["ststnet"]["protocol"] = {"name": "kfold_subject", "k": 3}
    message = refusal(load, shipped)
    assert "the protocol of ststnet, {name: kfold_subject, k: 3, seed: 0}, but found {name: loso}: " in message
    assert "with protocol: {name: kfold_subject, k: 3, seed: 0} and name it in baselines." in message


def test_baselines_are_asked_the_same_question_on_every_dataset(load, shipped):
    shipped["experiments"]["landmark_svm"]["overrides"] = {"samm": {"labels": "objective6"}}
    message = refusal(load, shipped)
    assert "baselines on samm: expected landmark_svm to have the labels of gts_gn, 'objective4'" in message
    assert "but found 'objective6': their numbers could not be compared" in message


TABLES = {
    "III": ["resnet18", "capsule", "gcn", "ss_gn"],
    "IV": ["ss_gn-type_b", *(f"gts_gn-no_lam-no_aau-fusion{n}" for n in range(1, 5))],
    "V": ["gts_gn-no_lam-no_aau", "gts_gn-no_aau", "gts_gn-no_lam", "gts_gn"],
    "VI": ["gts_gn-fusion1-no_aau", *(f"gts_gn-fusion1-au{n}" for n in range(1, 5))],
    "VII": [
        *(f"gts_gn-fusion{n}-no_aau" for n in range(1, 5)), *(f"gts_gn-fusion{n}-au{n}" for n in range(1, 5)),
        *(f"gts_gn-fusion{n}" for n in range(1, 4)),
    ],
    "IX": ["ss_gn", "ss_gn-nodes31", "ss_gn-nodes68"],
    "X and XI": ["gts_gn-objective5", "gts_gn-emotion5"],
    "section IV-D": [*(f"gts_gn-beta0.{n}" for n in range(1, 10)), "gts_gn"],
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_every_row_of_the_gts_gn_paper_that_is_its_own_has_an_experiment(load, shipped, table):
    config = load(shipped)
    assert set(TABLES[table]) <= set(config.plain["experiments"])
    rows = [config.experiment(name, dataset).plain() for name in TABLES[table] for dataset in ("casme2", "samm")]
    assert all({"casme2", "samm"} <= set(row["datasets"]) for row in rows)
    what = [str({key: row[key] for key in ("model", "model_params", "artefact", "labels", "training")}) for row in rows]
    assert len(set(what[::2])) == len(what[::2])  # on CASME II no two rows of a table are the same experiment


def test_every_layout_that_is_rendered_has_its_reader(load, shipped):
    shipped["datasets"]["demo_samm"]["reader"] = "casme2"
    assert "datasets.demo_samm.reader: expected samm, which reads the layout samm" in refusal(load, shipped)


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (("datasets", "mine", "fps"), "thirty", "expected a number or null, but found 'thirty'."),
        (
            ("datasets", "mine", "fps"),
            "25",
            "expected a number or null, but found '25', which is a text in YAML. Write 25.",
        ),
        (("training", "learning_rate"), "1e-3", "a number, but found '1e-3', which is a text in YAML. Write 0.001."),
        (("training", "learning_rate"), "1e-5", "which is a text in YAML. Write 1.0e-05."),
        (("training", "learning_rate"), "nan", "expected a number, but found 'nan'."),
        (("seeds",), 3, "expected a list, such as [a, b], but found 3. It is: One training run each"),
        (("protocol",), "loso", "expected a block of settings, but found 'loso'."),
        (("training", "mirror"), "yes please", "expected true or false, but found 'yes please'."),
    ],
)
def test_a_value_of_another_type_says_what_to_write(load, place, value, told):
    mine = {"reader": "table", "root": "r", "unit": "frames", "first_frame": 0}
    raw = {"datasets": {"mine": mine}, "experiments": {"own": {"extends": "ststnet", "datasets": ["mine"]}}}
    block = raw if place[0] == "datasets" else raw["experiments"]["own"]
    for key in place[:-1]:
        block = block.setdefault(key, {})
    block[place[-1]] = value
    assert told in refusal(load, raw)
