"""The file of a final model: it says everything, repeats its bytes, and no other file passes for one."""

import dataclasses

import numpy as np
import pytest
import torch

from merflow.errors import ArtefactError, ConfigError, DatasetError
from merflow.prediction import code
from merflow.prediction.card import model_card
from merflow.prediction.chain import check_chain, needs_depth
from merflow.prediction.code import NETWORK, changed_code, code_of_prediction
from merflow.prediction.model_file import read_model, write_model
from merflow.prediction.planned import about_planned
from merflow.prediction.predictor import Predictor
from merflow.training.checkpoint import save_weights


@pytest.fixture(scope="module")
def written(networks, about, tmp_path_factory):
    path = tmp_path_factory.mktemp("final") / "model.pt"
    write_model(path, networks, about)
    return path


def changed(path, folder, **changes):
    """Write the file with another content."""
    saved = torch.load(path, weights_only=True)
    save_weights(folder / "changed.pt", saved["state_dict"], saved["config"] | changes)
    return folder / "changed.pt"


def test_what_is_read_is_what_was_written(written, networks, about, graphs):
    model = read_model(written)
    assert model.about == about
    assert list(model.networks) == [0, 1]
    assert model.classes == ("negative", "positive")
    for one in networks:
        state = model.networks[one.seed].network.state_dict()
        assert all(torch.equal(one.state[name], state[name]) for name in state.keys() | one.state.keys())
    assert np.allclose(model.networks[0].scores(graphs).sum(axis=1), 1)


def test_the_same_networks_give_the_same_bytes(written, networks, about, tmp_path):
    write_model(tmp_path / "again.pt", networks, about)
    assert (tmp_path / "again.pt").read_bytes() == written.read_bytes()


def test_the_units_of_a_clip_are_those_of_its_last_constrained_layer(written, graphs):
    network = read_model(written).networks[0]
    told = network.action_units(graphs)
    with torch.inference_mode():
        logits = network.network.forward_with_aus(torch.from_numpy(graphs.x))[1][-1]
    assert list(told) == [4, 12]
    assert np.allclose(np.stack(list(told.values()), 1), 1 / (1 + np.exp(-logits.numpy())), atol=1e-6)


def test_no_place_of_this_machine_and_no_leak_is_in_it(about):
    assert "root" not in about.settings["dataset"]
    assert [row["scope"] for row in about.metrics] == ["pooled"]
    assert [kind for kind, _ in about.chain] == ["faces", "magnified", "graphs"]
    assert about.clips == {"negative": 8, "positive": 4}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": "other", "fold": "spNO.1"}, "found the weights of fold spNO.1. To predict with a fold"),
        ({"format": None}, "expected a final model, but found other weights"),
        ({"format_version": 2}, "expected format 1 of a final model, but found 2, written by merflow 0.1.0"),
        ({"about": {}}, "expected what a final model says of itself, but"),
        ({"networks": {}}, "expected a network and the settings of its stages, but found none"),
    ],
)  # fmt: skip
def test_another_file_of_merflow_is_told(written, tmp_path, changes, told):
    with pytest.raises(ArtefactError) as error:
        read_model(changed(written, tmp_path, **changes))
    assert told in str(error.value)


@pytest.mark.parametrize(("content", "told"), [(None, "found no file"), (b"metric,scope\n", "of another kind")])
def test_a_file_that_is_none_of_ours_is_told(tmp_path, content, told):
    path = tmp_path / "metrics.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArtefactError, match=f"{told}.*snakemake --cores all results/DATASET/EXPERIMENT/final/model.pt"):
        read_model(path)


@pytest.mark.parametrize(
    ("artefacts", "told"),
    [
        ({"faces/../../up": {}, "magnified/x": {}, "graphs/y": {}}, "expected names of letters"),
        ({"magnified/x": {}, "graphs/y": {}}, "expected stages from the recordings on"),
        ({"nothing/x": {}}, "expected stages from the recordings on"),
    ],
)
def test_a_chain_that_is_none_is_told_before_anything_is_computed(written, about, artefacts, told):
    model = read_model(written)
    settings = {**about.settings, "artefacts": artefacts}
    foreign = dataclasses.replace(model, about=dataclasses.replace(about, settings=settings))
    with pytest.raises(ArtefactError, match=told):
        check_chain(foreign)


def test_a_chain_with_a_setting_that_is_none_is_told(written, about):
    model = read_model(written)
    artefacts = {name: {**block, "bright": 1} for name, block in about.settings["artefacts"].items()}
    foreign = dataclasses.replace(about, settings={**about.settings, "artefacts": artefacts})
    with pytest.raises(ConfigError, match="has no setting 'bright'"):
        check_chain(dataclasses.replace(model, about=foreign))
    check_chain(model)
    assert not needs_depth(model)


def test_code_that_has_changed_is_named(about, monkeypatch):
    given = {"artefacts": about.settings["artefacts"], "model": "gts_gn", "python": about.python}
    assert list(about.code) == [*(kind for kind, _ in about.chain), "examples", NETWORK]
    assert changed_code(about.code, **given) == ""
    assert "code of magnified, network has changed" in changed_code(
        {**about.code, "magnified": "0", NETWORK: "0"}, **given
    )
    monkeypatch.setattr(code, "python_version", lambda: "9.9")
    assert "made with Python" in changed_code(about.code, **given)


def test_another_network_is_other_code(about):
    other = code_of_prediction(about.settings["artefacts"], "gcn")
    assert {part for part in other if other[part] != about.code[part]} == {NETWORK}


def test_the_card_says_what_it_must(about):
    card = model_card(about)
    for text in (
        "| UF1 | pooled | 0.500 | 0.400 to 0.600 | 12 |",
        "article 5(1)(f)",
        "tested on nobody",
        "Pooled: as told",
    ):
        assert text in card
    assert "no recordings of people" in card
    assert "0.9" not in card


@pytest.mark.parametrize(
    ("experiment", "dataset", "told"),
    [
        ("majority", "demo", "found the baseline majority"),
        ("ststnet", "ststnet_images", "expected recordings, but it consists of ready pictures"),
    ],
)
def test_what_no_model_can_be_made_of_is_refused_before_anything_runs(shipped, experiment, dataset, told):
    known = (
        dataset
        if dataset in shipped.datasets
        else next(name for name, block in shipped.datasets.items() if block.declared.ready)
    )
    with pytest.raises(ConfigError, match=told):
        about_planned(shipped, experiment, known)


def test_early_stopping_is_told_since_some_subjects_are_not_fitted_on_then(shipped):
    told = about_planned(shipped, "ststnet-early_stopping", "demo")["tested"]
    assert told.endswith("one in 5, others with each seed, chose the epoch (early stopping) and was not fitted on.")
    assert "early stopping" not in about_planned(shipped, "ststnet", "demo")["tested"]


@pytest.mark.parametrize("experiment", ["lite_point_gcn-emotion7-macro_to_micro", "lite_point_gcn"])
def test_the_clips_that_train_are_told_of_macro_to_micro_the_macro_clips(shipped, experiment):
    told = about_planned(shipped, experiment, "demo_macro")["tested"]
    assert ("trained on the macro clips of all subjects" in told) == experiment.endswith("macro_to_micro")


def test_the_licence_of_real_recordings_is_that_of_their_dataset(shipped):
    name = next(name for name, block in shipped.datasets.items() if block.reader == "casme2" and not block.synthesis)
    (data,) = about_planned(shipped, "ststnet", name)["data"]
    assert data["licence"] == shipped.datasets[name].declared.licence
    assert data["citation"]


def test_a_composite_names_each_of_its_members(shipped):
    name = next(name for name, block in shipped.datasets.items() if block.members)
    planned = about_planned(shipped, "ststnet", name)
    assert [one["name"] for one in planned["data"]] == list(shipped.datasets[name].members)
    assert all("root" not in block for block in planned["settings"]["members"].values())


@pytest.mark.parametrize(
    ("units", "told"),
    [((0.1, 0.1), 0.1), ((0.1, 1.0), "found units of 0.1 and 1 mm. Give --depth-unit-mm, recording by")],
)
def test_depth_has_the_unit_of_the_members_of_a_composite(written, shipped, networks, units, told):
    """The block of a composite says none: 1 mm would make recordings in tenths of a millimetre ten times as deep."""
    planned = about_planned(shipped, "lite_point_gcn", "demo")
    members = {name: {"depth_unit_mm": unit} for name, unit in zip("ab", units, strict=True)}
    settings = {**planned["settings"], "dataset": {"reader": "composite", "members": ["a", "b"]}, "members": members}
    model = read_model(written)
    predictor = object.__new__(Predictor)  # its networks would be those of another experiment
    predictor.model = dataclasses.replace(model, about=dataclasses.replace(model.about, settings=settings))
    if isinstance(told, float):
        assert predictor._depth_unit_mm() == told
    else:
        with pytest.raises(DatasetError, match=told):
            predictor._depth_unit_mm()
