"""Which modules a configuration may import, and what is said of those that it may not, or that are not there."""

import sys

import pytest
from tests.plugins.distributions import distribution

from merflow import plugins
from merflow.errors import ConfigError


def test_a_module_is_found_without_importing_its_package(beside, unique):
    (beside / unique).mkdir()
    (beside / unique / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (beside / unique / "net.py").write_text("raise RuntimeError('imported')\n")
    assert plugins.plugin_file(f"{unique}.net:Net") == beside / unique / "net.py"
    assert plugins.plugin_file(f"{unique}:Net") == beside / unique / "__init__.py"
    assert unique not in sys.modules


def test_a_package_needs_no_init_file_and_a_module_no_package(beside, package, unique):
    assert plugins.plugin_file(f"{package.name}.net:MyNet") == package / "net.py"
    (beside / f"single_{unique}.py").write_text("VALUE = 3\n")
    assert plugins.load(f"single_{unique}:VALUE") == 3


@pytest.mark.parametrize(
    "name", ["..data:DATASET", ".data:D", "../data:D", "/tmp/data:D", "a.b:", ":D", "a.b:c.d", "a b:c"]
)
def test_paths_and_relative_names_are_refused(beside, name):
    with pytest.raises(ConfigError, match=r"expected a plug-in as package\.module:Name"):
        plugins.plugin_file(name)


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("os:system", "belongs to Python"),
        ("subprocess:run", "belongs to Python"),
        ("__main__:main", "belongs to Python"),
        ("merflow.models.gts_gn:GTSGN", "one of merflow itself"),
        ("merflow:errors", "one of merflow itself"),
    ],
)
def test_modules_of_python_and_of_merflow_are_refused(beside, name, owner):
    with pytest.raises(ConfigError, match=owner):
        plugins.load(name)


def test_a_missing_module_is_told_with_where_it_was_looked_for_and_what_lies_there(package):
    with pytest.raises(ConfigError) as error:
        plugins.plugin_file(f"{package.name}.nets:MyNet")
    assert f"expected a module nets in {package}, found data, net. Did you mean 'net'?" in str(error.value)
    with pytest.raises(ConfigError) as error:
        plugins.plugin_file(f"x{package.name}.net:MyNet")
    assert f"{package.parent} (the folder of config.yaml), which holds {package.name}" in str(error.value)
    assert f"Did you mean '{package.name}'?" in str(error.value)
    with pytest.raises(ConfigError) as error:
        plugins.plugin_file(f"{package.name}.net.deep:MyNet")
    assert f"expected a module deep in {package}/net.py, which is no package, found nothing." in str(error.value)


def test_a_missing_attribute_is_told_with_those_of_the_module(package):
    with pytest.raises(ConfigError) as error:
        plugins.load(f"{package.name}.data:DATA_SET")
    assert "TABLE, FRAMES, MySettings, annotation, read, DATASET. Did you mean 'DATASET'?" in str(error.value)


def test_a_module_that_cannot_be_imported_is_told(beside, unique):
    (beside / f"{unique}.py").write_text("import no_such_library_at_all\n")
    with pytest.raises(
        ConfigError, match=f"{unique}.py to be importable, but No module named 'no_such_library_at_all'"
    ):
        plugins.load(f"{unique}:X")


def test_a_module_that_only_the_path_leads_to_is_refused(site, unique):
    (site / f"{unique}.py").write_text("X = 1\n")
    with pytest.raises(ConfigError, match=r"or in an installed package, found .* which is neither"):
        plugins.load(f"{unique}:X")
    assert unique not in sys.modules


def test_an_installed_package_is_taken(site, unique):
    (site / unique).mkdir()
    (site / unique / "__init__.py").write_text("X = 1\n")
    distribution(site, unique)
    assert plugins.load(f"{unique}:X") == 1


def test_a_package_that_is_installed_for_editing_is_taken(site, tmp_path, unique):
    (site / f"{unique}.py").write_text("X = 1\n")
    distribution(tmp_path / "elsewhere", f"e{unique}", url=site.as_uri())
    sys.path.append(str(tmp_path / "elsewhere"))
    assert plugins.load(f"{unique}:X") == 1


def test_a_package_beside_the_configuration_that_another_hides_is_refused(site, beside, unique):
    for folder in (site, beside):
        (folder / f"{unique}.py").write_text("X = 1\n")
    with pytest.raises(ConfigError, match="Python finds another of that name first"):
        plugins.plugin_file(f"{unique}:X")


def test_a_name_of_an_entry_point_leads_to_its_module(site, unique):
    distribution(site, unique, f"[merflow.models]\nshort_{unique} = {unique}.net:MyNet\n")
    assert plugins.full_name(f"short_{unique}", "network") == f"{unique}.net:MyNet"
    assert f"short_{unique}" in plugins.short_names("network")
    assert plugins.full_name(f"short_{unique}", "dataset") == ""


def test_jobs_are_told_the_folder_by_their_environment(beside, monkeypatch):
    assert plugins.config_folder() == beside
    assert sys.path[-1] == str(beside)
    monkeypatch.delenv(plugins.FOLDER_VARIABLE)
    assert plugins.config_folder() is None
