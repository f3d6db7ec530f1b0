from pathlib import Path

import pytest

from merflow.config import experiment_for, read_config, variant_settings
from merflow.errors import ConfigError


def refusal(load, raw):
    with pytest.raises(ConfigError) as caught:
        load(raw)
    return str(caught.value)


def test_the_shipped_configuration_is_accepted_and_completed(load, shipped):
    config = load(shipped)
    assert config["on_bad_clip"] == "exclude"
    assert config["faces"]["aligned256"]["size_px"] == 256
    assert config["datasets"]["demo"]["synthesis"]["n_subjects"] == 8
    assert config["datasets"]["demo"]["synthesis"]["head_motion"] == 0.6
    assert config["datasets"]["casme3"]["synthesis"] is None


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
        ({"artefact": "cloud/denoised"}, "artefact: expected one of regions, flow"),
        ({"labels": "emotion5"}, "emotion5"),
        ({"extends": "nothing"}, "unknown experiment 'nothing'"),
        ({"yardsticks": ["luck"]}, "unknown experiment 'luck'"),
        ({"seeds": [0, 0]}, "seeds: expected different seeds"),
        ({"bootstrap": 0}, "bootstrap: expected 1 or more"),
        ({"expressions": []}, "expressions: expected micro, macro or both"),
        ({"protocol": {"name": "cross_domain"}}, "expected micro and macro for cross_domain"),
        ({"protocol": {"name": "kfold_subject", "k": 1}}, "at least 2"),
        ({"training": {"learning_rate": -1.0}}, "learning_rate"),
        ({"artefact": "clouds/denoised"}, "artefact: expected one of regions, flow"),
        ({"datasets": ["dmeo"]}, "unknown dataset 'dmeo'"),
        ({"labels": "emotion7"}, "its yardstick majority has labels 'emotion3'"),
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
    demo, casme3 = (experiment_for(config, "lite_point_gcn-as_printed", name) for name in ("demo", "casme3"))
    assert demo["model"] == "lite_point_gcn"
    assert demo["training"]["schedule"] == casme3["training"]["schedule"] == "constant"
    assert (demo["training"]["train_points"], casme3["training"]["train_points"]) == (256, 0)


def test_unknown_names_list_the_known(load, shipped):
    config = load(shipped)
    with pytest.raises(ConfigError, match=r"Known: .*lite_point_gcn"):
        experiment_for(config, "gts_gnn", "demo")
    with pytest.raises(ConfigError, match="Known: casme3, demo"):
        experiment_for(config, "majority", "samm")
    with pytest.raises(ConfigError, match="Known: tvl1"):
        variant_settings(config, "flow", "farneback")


def test_a_missing_file_says_where_to_run(tmp_path):
    with pytest.raises(ConfigError, match="Run in the folder of the workflow"):
        read_config(tmp_path / "config.yaml")


def test_the_schema_is_that_of_the_settings_classes():
    from tools.build_config_schema import TARGET, schema_text

    assert schema_text() == Path(TARGET).read_text(encoding="utf-8"), "run: python tools/build_config_schema.py"


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
