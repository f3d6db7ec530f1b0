import pytest
import torch

from merflow.errors import ArtefactError
from merflow.models.res3d import Res3D

SHAPE = (8, 40, 40, 3)
PARAMS = {"width": 2, "crop": 36}


@pytest.fixture
def other():
    """The state of a network that was trained elsewhere on 101 classes, as DataParallel of 2018 named it."""
    torch.manual_seed(7)
    state = Res3D(SHAPE, 101, **PARAMS).state_dict()
    return {f"module.{name}": value for name, value in state.items() if not name.endswith("num_batches_tracked")}


def saved(path, state):
    torch.save({"state_dict": state, "config": {}}, path)
    return str(path)


def begun(weights, *, attention="none", **params):
    torch.manual_seed(0)
    net = Res3D(SHAPE, 3, attention=attention, weights=weights, **PARAMS | params)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    net.begin_training(torch.zeros(1, 0), known=torch.zeros(1, dtype=torch.bool))
    return before, net.state_dict()


@pytest.mark.parametrize("attention", ["none", "sca"])
def test_all_but_the_classifier_and_the_attention_is_that_of_the_file(tmp_path, other, attention):
    before, found = begun(saved(tmp_path / "w.pt", other), attention=attention)
    assert found["fc.weight"].shape == (3, 16)
    for name, value in found.items():
        own = name.startswith(("fc.", "sca.")) or name.endswith("num_batches_tracked")
        assert torch.equal(value, before[name] if own else other[f"module.{name}"]), name
    assert not torch.equal(found["conv1.weight"], before["conv1.weight"])


def test_names_without_the_prefix_are_taken_too(tmp_path, other):
    state = {name.removeprefix("module."): value for name, value in other.items()}
    assert torch.equal(begun(saved(tmp_path / "w.pt", state))[1]["conv1.weight"], state["conv1.weight"])


def test_without_a_file_the_weights_stay():
    before, found = begun("")
    assert all(torch.equal(before[name], found[name]) for name in before)


def test_a_network_of_another_width_says_what_was_expected_and_found(tmp_path, other):
    message = r"res3d with conv1.weight of shape \(4, 3, 7, 7, 7\), but found \(2, 3, 7, 7, 7\)"
    with pytest.raises(ArtefactError, match=message):
        begun(saved(tmp_path / "w.pt", other), width=4)


def test_a_tensor_that_is_missing_or_one_too_many_is_named(tmp_path, other):
    lacking = {name: value for name, value in other.items() if name != "module.layer3.1.bn2.bias"}
    with pytest.raises(ArtefactError, match=r"layer3.1.bn2.bias of shape \(8,\), but found none"):
        begun(saved(tmp_path / "lacking.pt", lacking))
    of_shortcut_b = other | {"module.layer2.0.downsample.0.weight": torch.zeros(4, 2, 1, 1, 1)}
    with pytest.raises(ArtefactError, match=r"layer2.0.downsample.0.weight of shape none, but found \(4, 2, 1, 1, 1\)"):
        begun(saved(tmp_path / "b.pt", of_shortcut_b))


def test_a_file_that_is_not_there_or_runs_code_is_refused(tmp_path, other):
    with pytest.raises(ArtefactError, match="expected weights for res3d, but found no file"):
        begun(str(tmp_path / "none.pt"))
    torch.save({"state_dict": {"conv1.weight": print}, "config": {}}, tmp_path / "code.pt")
    with pytest.raises(ArtefactError, match="but found no tensors and plain values alone"):
        begun(str(tmp_path / "code.pt"))


def test_a_file_of_the_old_format_becomes_one_that_is_read_by_what_the_page_says(tmp_path, other):
    """docs/models/res3d.md: the public file is a pickle of 2018, with the state of its optimiser beside the weights."""
    old, new = tmp_path / "old.pth", tmp_path / "new.pt"
    torch.save({"arch": "resnet-18", "epoch": 1, "state_dict": other}, old, _use_new_zipfile_serialization=False)
    with pytest.raises(ArtefactError, match=r"a file that is cut off, or of another kind\. .* as docs/models/res3d.md"):
        begun(str(old))
    torch.save({"state_dict": dict(torch.load(old, weights_only=True)["state_dict"]), "config": {}}, new)
    assert torch.equal(begun(str(new))[1]["conv1.weight"], other["module.conv1.weight"])
