"""Plug-ins in a configuration: settings from their own code, and what is refused before any work."""

import copy
import subprocess
import sys

import pytest
import yaml
from tests.plugins.distributions import distribution
from tests.workflow.conftest import ROOT

from merflow import plan
from merflow.config import load_config, read_schema
from merflow.config.dataclass_schema import keyword_schema
from merflow.config.signature import network_schema
from merflow.errors import ConfigError
from merflow.models.declared import CONTEXT, NETWORKS, network_named
from merflow.models.registry import build_model, model_class, model_params

SCHEMA = read_schema(ROOT / "workflow/schemas/config.schema.yaml")
SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text())


@pytest.fixture
def loaded(package):
    """Return a function that loads the configuration with a plug-in of each sort, changed."""

    def load(experiment=None, dataset=None):
        raw = copy.deepcopy(SHIPPED)
        name = package.name
        raw["experiments"]["mine"] = {"model": f"{name}.net:MyNet", "artefact": "flow_images/uvs28"} | (
            experiment or {}
        )
        raw["datasets"]["own"] = {"reader": f"{name}.data:DATASET", "root": "~/own"} | (dataset or {})
        return load_config(raw, SCHEMA)

    return load


@pytest.mark.parametrize("name", NETWORKS)
def test_what_the_source_says_of_parameters_is_what_the_loaded_class_says(name):
    assert network_schema(name) == keyword_schema(model_class(name), leave_out=CONTEXT)


def test_settings_are_completed_with_the_defaults_of_their_own_code(loaded, package):
    config = loaded(experiment={"model_params": {"hidden": 8}})
    assert config.plain["experiments"]["mine"]["model_params"] == {"hidden": 8, "dropout": 0.5}
    own = config.plain["datasets"]["own"]
    assert own["fps"] == 30.0
    assert own["root"].startswith("/")  # a path of the user, as the readers of merflow have theirs
    assert network_schema(f"{package.name}.net:MyNet") == keyword_schema(model_class(f"{package.name}.net:MyNet"))


def test_a_parameter_without_a_default_must_be_given_once(loaded, package):
    """What an experiment changes for one dataset need not give it again."""
    net = package / "net.py"
    assert "hidden: int = 64" in net.read_text()
    net.write_text(net.read_text().replace("hidden: int = 64", "hidden: int"))
    with pytest.raises(ConfigError, match=r"experiments\.mine\.model_params: 'hidden' is a required property"):
        loaded()
    for change in ({"seeds": [0]}, {"model_params": {"dropout": 0.1}}):
        config = loaded(experiment={"model_params": {"hidden": 8}, "overrides": {"demo": change}})
        assert config.experiment("mine", "demo").model_params["hidden"] == 8
    with pytest.raises(
        ConfigError, match=r"experiments\.mine\.model_params\.dropout: expected a number, but found 'x'\."
    ):
        loaded(experiment={"model_params": {"hidden": 8}, "overrides": {"demo": {"model_params": {"dropout": "x"}}}})


def test_the_shipped_configuration_is_the_same_with_plug_ins_in_it(loaded):
    alone, together = load_config(SHIPPED, SCHEMA).plain, loaded().plain
    together["experiments"].pop("mine")
    together["datasets"].pop("own")
    assert together == alone


@pytest.mark.parametrize(
    ("experiment", "message"),
    [
        ({"model_params": {"hiden": 8}}, "unknown key 'experiments.mine.model_params.hiden'. Did you mean 'hidden'?"),
        (
            {"model_params": {"hidden": "8"}},
            "experiments.mine.model_params.hidden: expected a whole number, but found '8'",
        ),
        ({"artefact": "graphs/tracked14"}, "expected for model: {name}.net:MyNet an artefact of kind flow_images or"),
        ({"model": "{name}.net:MyNt"}, "config: experiments.mine.model: {name}.net:MyNt: expected MyNt in"),
        ({"model": "{name}.data:MySettings"}, "expected a subclass of merflow.models.network.Network"),
        ({"model": "ststnt"}, "experiments.mine.model: unknown model 'ststnt'. Did you mean 'ststnet'?"),
        ({"model": "majorty"}, "Did you mean 'majority'?"),
    ],
)
def test_a_network_that_cannot_be_is_told(loaded, package, experiment, message):
    named = {key: value.format(name=package.name) if key == "model" else value for key, value in experiment.items()}
    with pytest.raises(ConfigError) as error:
        loaded(experiment=named)
    assert message.format(name=package.name) in str(error.value)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ({"fsp": 30}, "unknown key 'datasets.own.fsp'. Did you mean 'fps'?"),
        ({"fps": "fast"}, "datasets.own.fps"),
        ({"annotation": "here"}, "has no setting 'annotation'"),
        ({"reader": "{name}.data:MySettings"}, "expected a declaration, merflow.datasets.declaration.Dataset(...)"),
        ({"reader": "casm3"}, "config: datasets.own.reader: unknown reader 'casm3'. Did you mean 'casme3'?"),
        ({"synthesis": {"layout": "samm"}}, "datasets.own.reader: expected samm"),
    ],
)
def test_a_dataset_that_cannot_be_is_told(loaded, package, dataset, message):
    named = {key: value.format(name=package.name) if key == "reader" else value for key, value in dataset.items()}
    with pytest.raises(ConfigError) as error:
        loaded(dataset=named)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('reads = ("flow_images", "regions")', 'reads = ("flow_image",)', "expected reads = (kind, ...), a tuple of"),
        ('reads = ("flow_images", "regions")', "size_px = 28", "expected reads = (kind, ...)"),
        (
            'reads = ("flow_images", "regions")',
            "reads = tuple(['regions'])",
            "as plain values written out in the class",
        ),
        ("hidden: int = 64", "hidden: object = 64", "keyword-only argument hidden a type of int, float"),
        ("hidden: int = 64", "hidden: int = len('abc')", "hidden a default that is a plain value, found len('abc')"),
        ("hidden : int\n", "width : int\n", "hidden is not described in its docstring"),
        ("    def forward", '    shows = {"layer": {}}\n\n    def forward', "expected shows of layers, graph, units"),
        ("    def forward", '    shows = ["layers"]\n\n    def forward', "expected shows to be of type Mapping"),
        ("    def forward", '    effective_with = {"a": {"b": 1}}\n\n    def forward', "found 'a': {'b': 1}"),
        ("    def forward", '    shows = {"graph": {"size": 1}}\n\n    def forward', "found 'graph': {'size': 1}"),
        ("    def forward", '    size_px = "28"\n\n    def forward', "expected size_px to be of type int, found '28'"),
        ("class MyNet(Network)", "class MyNet(nn.Module)", "expected a subclass of merflow.models.network.Network"),
        ("class MyNet(Network)", "class MyNet(Network", "expected Python, but"),
    ],
)
def test_a_class_that_nothing_could_follow_from_is_told(loaded, package, old, new, message):
    net = package / "net.py"
    assert old in net.read_text()
    net.write_text(net.read_text().replace(old, new))
    with pytest.raises(ConfigError) as error:
        loaded()
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('    read="', '    label_sets={"two": ("anger", "fear")},\n    read="', "expected no label_sets"),
        ('data:annotation"', 'data:annotations"', "expected annotations in"),
        ("    root: Path\n", "    folder: Path\n", "to be a frozen dataclass with a field root: Path"),
        ("fps : float", "rate : float", "fps is not described in its docstring"),
    ],
)
def test_a_declaration_that_nothing_could_work_with_is_told(loaded, package, old, new, message):
    data = package / "data.py"
    assert old in data.read_text()
    data.write_text(data.read_text().replace(old, new))
    with pytest.raises(ConfigError) as error:
        loaded()
    assert message in str(error.value)


def test_a_class_may_come_from_another_module_and_extend_another_network(beside, unique):
    folder = beside / unique
    folder.mkdir()
    (folder / "__init__.py").write_text("from .wide import Wide as Net\n")
    (folder / "wide.py").write_text(
        "from merflow.models import ststnet\n"
        "from merflow.models.ststnet import STSTNet\n"
        "WIDTHS = (4, 4)\n\n\n"
        "class Middle(ststnet.STSTNet):\n    pass\n\n\n"
        'class Wide(Middle):\n    """Wide."""\n\n    size_px = 0\n'
    )
    found = network_named(f"{unique}:Net")
    assert (found.reads, found.size_px) == (("flow_images",), 0)
    assert network_schema(f"{unique}:Net") == network_schema("ststnet")
    net = build_model(f"{unique}:Net", {"filters": (2, 2)}, (28, 28, 3), 3)
    assert net.classify.weight.shape == (3, 100)
    assert model_params(f"{unique}:Net") == model_params("ststnet")


def test_an_entry_point_gives_a_network_and_a_dataset_short_names(loaded, package, site):
    name = package.name
    points = f"[merflow.models]\nnet_{name} = {name}.net:MyNet\n[merflow.datasets]\ndata_{name} = {name}.data:DATASET\n"
    distribution(site, name, points)
    config = loaded(
        experiment={"model": f"net_{name}", "model_params": {"hidden": 8}}, dataset={"reader": f"data_{name}"}
    )
    assert config.plain["experiments"]["mine"]["model_params"] == {"hidden": 8, "dropout": 0.5}
    assert plan.modules_of([f"net_{name}"]) == (f"{name}.net",)
    assert plan.reader_modules(config, "own") == (f"{name}.data",)
    with pytest.raises(ConfigError, match=f"Did you mean 'net_{name}'"):
        loaded(experiment={"model": f"nett_{name}"})


def test_an_entry_point_takes_no_name_of_merflow(package, site):
    distribution(site, package.name, f"[merflow.models]\nststnet = {package.name}.net:MyNet\n")
    assert network_named("ststnet").source == "merflow.models.ststnet:STSTNet"


@pytest.mark.parametrize(("section", "name"), [("models", "ststnet"), ("readers", "samm")])
def test_a_network_and_a_dataset_of_merflow_are_known_before_the_schema_is_made_anew(section, name):
    old = copy.deepcopy(SCHEMA)
    del old["$defs"][section][name]
    holder, key = {"models": ("experiments", "model"), "readers": ("datasets", "reader")}[section]
    old["properties"][holder]["additionalProperties"]["properties"][key]["anyOf"][0]["enum"].remove(name)
    assert load_config(SHIPPED, old).plain == load_config(SHIPPED, SCHEMA).plain


def test_planning_with_a_network_of_the_user_loads_no_torch(package):
    code = (
        "import sys\n"
        "from merflow.models.declared import network_named\n"
        "from merflow.config.signature import network_schema\n"
        f"network_schema('{package.name}.net:MyNet')\n"
        "assert 'torch' not in sys.modules\n"
        f"assert '{package.name}' not in sys.modules\n"
    )
    program = f"from merflow import plugins; plugins.use_folder({str(package.parent)!r})\n{code}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
