"""What the house asks of every rule: one script of its name, docstring, message, log, benchmark and environment."""

import ast
import re
import textwrap
from pathlib import Path

import pytest

from merflow.artefacts import fingerprint
from merflow.config.sections import STAGE_SETTINGS
from merflow.names import named
from merflow.plan import drawn_alone, making_modules, makings
from merflow.stages import STAGES, ancestors

ROOT = Path(__file__).parents[2]
RULE = re.compile(r"^(?:rule|checkpoint) (\w+):\n((?:    .*\n|\n)+)", re.MULTILINE)
FILES = {path.name: path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk")}
FOR_EACH_KIND = re.search(
    r"^for kind in plan\.drawn_alone\(\):\n\n    rule:\n((?:        .*\n|\n)+)",
    FILES["stage_pictures.smk"],
    re.MULTILINE,
)[1]


def drawing(kind):
    """Return the body of the rule that draws one kind of artefact, as a rule of its own would be written."""
    return textwrap.indent(textwrap.dedent(FOR_EACH_KIND), "    ").replace('f"', '"').replace("{kind}", kind)


FOR_EACH_MAKING = re.findall(r"^    rule:\n((?:        .*\n|\n)+)", FILES["shards.smk"], re.MULTILINE)
MAKINGS = {making.rule: (kind, making) for kind, _, making in makings()}


def making_rules():
    """Yield the name and the body of each rule that makes shards, as a rule of its own would be written."""
    for rule, (_, making) in MAKINGS.items():
        for body, name in zip(FOR_EACH_MAKING, (rule, f"{rule}_of_subject"), strict=True):
            own = textwrap.indent(textwrap.dedent(body), "    ")
            own = own.replace('f"{making.rule}_of_subject"', f'"{name}"').replace("making.rule", f'"{name}"')
            own = own.replace("*plan.making_modules(making)", ", ".join(f'"{one}"' for one in making_modules(making)))
            yield (
                name,
                own.replace('f"../../envs/{making.environment}.yaml"', f'"../../envs/{making.environment}.yaml"'),
            )


SHELL = {"list_shards", "list_folds"}
"""Rules that join tables by a shell command, which starts no Python."""

RULES = {name: body for text in FILES.values() for name, body in RULE.findall(text) if name not in SHELL}
RULES |= {f"draw_{kind}": drawing(kind) for kind in drawn_alone()}
RULES |= dict(making_rules())

FINGERPRINT = re.compile(r"code=fingerprint(?:_with_networks)?\(((?:[^()]|\([^()]*\))*)\)|code=(training_code)")
BATCHES = (ROOT / "workflow/rules/batches.smk").read_text()
TRAINING = re.search(r"training_code = fingerprint_with_networks\(([^()]*)\)", BATCHES)[1]

NOT_THE_RESULT = {
    ("merflow.config", "stage_settings"),  # makes a settings class of a parameter of the rule; the class counts
    # These find the function that makes a shard, whose module is among the rule's, and say what it was made of.
    ("merflow.stages", "STAGES"),
    ("merflow.stages.job", "Job"),
    ("merflow.stages.making", "make_shard"),
    ("merflow.shard_lists", "Row"),
    ("merflow.shard_lists", "SHARD_LISTS"),
    ("merflow.shard_lists", "check_listed"),  # refuses, and changes nothing
    ("merflow.training.fold_lists", "FOLD_LISTS"),
    ("merflow.training.fold_lists", "FOLDS"),
    ("merflow.training.fold_lists", "row_of"),
    ("merflow.training.fold_lists", "listed_folds"),  # refuses, and changes nothing
    ("merflow.training.fold_lists", "weights_of_folds"),
}
"""What a script may import from outside its fingerprint: edits of it leave the numbers as they are."""


def test_rules_are_found():
    assert {"extract_faces", "train_folds", "score_experiment", "index_dataset"} <= set(RULES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_is_complete(name):
    body = RULES[name]
    assert body.lstrip().startswith('"""')
    for directive in ("message", "output", "log", "benchmark", "conda", "resources", "params", "script"):
        assert f"    {directive}:\n" in body, f"{name}: {directive}"
    assert script_of(name) == shared_script(name)
    assert re.search(rf'paths\.log\(\s*"{name}"', body)
    found = FINGERPRINT.search(body)
    assert found[2] or f'"{script_of(name)}"' in found[1], f"{name}: the fingerprint lacks its script"


def shared_script(name):
    """Return the script of a rule: that of its own name, or one that a loop of rules shares."""
    if name.removesuffix("_of_subject") in MAKINGS:
        return "make_shards"
    if name == "train_fold":
        return "train_folds"
    return "draw_stage" if name.removeprefix("draw_") in drawn_alone() else name


def script_of(name):
    """Return the name of the script that a rule runs."""
    return re.search(r'"\.\./scripts/(\w+)\.py"', RULES[name])[1]


def imported_modules(script):
    """Return the modules of merflow that a script imports, those of NOT_THE_RESULT left out."""
    found = set()
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            for name in (alias.name for alias in node.names):
                submodule = ROOT / "src" / Path(*node.module.split("."), name)
                is_module = submodule.is_dir() or submodule.with_suffix(".py").is_file()
                if (node.module, name) not in NOT_THE_RESULT:
                    found.add(f"{node.module}.{name}" if is_module else node.module)
    return {module for module in found if module.startswith("merflow.")}


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_fingerprint_covers_what_the_script_imports(name):
    found = FINGERPRINT.search(RULES[name])
    call = TRAINING if found[2] else found[1]
    given = re.findall(r'"(merflow\.[\w.]+)"', call)
    hashed = fingerprint(*given)
    script = ROOT / f"workflow/scripts/{script_of(name)}.py"
    imported = imported_modules(script)
    if name.removesuffix("_of_subject") in MAKINGS:
        kind, making = MAKINGS[name.removesuffix("_of_subject")]
        imported.add(STAGE_SETTINGS[kind].__module__)
        if not making.reads_recordings:
            imported.remove("merflow.datasets.clip_table")  # by which the others read theirs
    assert given
    assert imported
    # a module that is in already, or that counts for no fingerprint (artefacts, files, ...), adds nothing
    missing = {module for module in imported if fingerprint(*given, module) != hashed}
    assert not missing, f"{name}: edits of these would leave its results stale"


@pytest.mark.parametrize(("module", "function"), sorted(NOT_THE_RESULT))
def test_no_exception_of_the_fingerprints_is_out_of_date(module, function):
    scripts = [path.read_text() for path in (ROOT / "workflow/scripts").glob("*.py")]
    assert any(re.search(rf"from {module} import .*\b{function}\b", text) for text in scripts)


def test_every_script_belongs_to_a_rule_and_documents_itself():
    scripts = {path.stem: path.read_text() for path in (ROOT / "workflow/scripts").glob("[a-z]*.py")}
    assert set(scripts) == set(map(script_of, RULES))
    for name, text in scripts.items():
        assert text.startswith('"""'), name
        assert "Output:" in text.split('"""')[1], name
        before, _, after = text.partition('if __name__ == "__main__":')
        assert "snakemake." not in before.split('"""')[2], f"{name}: a function reads the global snakemake"
        assert "\nimport _job " in before, f"{name} has no log"
        assert after


def test_captions_and_environments_exist():
    for name, body in RULES.items():
        for relative in re.findall(r'"(\.\./[^"]+\.(?:rst|yaml))"|"(\.\./\.\./envs/[^"]+)"', body):
            target = next(filter(None, relative))
            assert (ROOT / "workflow/rules" / target).resolve().is_file(), f"{name}: {target}"


def test_every_caption_is_used():
    used = set(
        re.findall(r"report/(\w+)\.rst", "".join([*RULES.values(), *FILES.values(), (ROOT / "Snakefile").read_text()]))
    )
    assert {path.stem for path in (ROOT / "workflow/report").glob("*.rst")} == used


@pytest.mark.parametrize("stage", STAGES.values())
def test_what_a_stage_names_to_make_its_shards_is_there(stage):
    for making in stage.makings:
        names = filter(None, (making.job, making.recorded, making.params, making.files))
        assert all(callable(named(name)) for name in names)
        assert (ROOT / f"envs/{making.environment}.yaml").is_file()
        assert set(making.reads) <= set(ancestors(next(kind for kind, one in STAGES.items() if one is stage)))
