"""What the house asks of every rule: one script of its name, docstring, message, log, benchmark and environment."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULE = re.compile(r"^(?:rule|checkpoint) (\w+):\n((?:    .*\n|\n)+)", re.MULTILINE)
RULES = {
    name: body for path in (ROOT / "workflow/rules").glob("*.smk") for name, body in RULE.findall(path.read_text())
}


def test_rules_are_found():
    assert {"extract_faces", "train_fold", "score_experiment", "index_dataset"} <= set(RULES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_is_complete(name):
    body = RULES[name]
    assert body.lstrip().startswith('"""')
    for directive in ("message", "output", "log", "benchmark", "conda", "resources", "params", "script"):
        assert f"    {directive}:\n" in body, f"{name} has no {directive}"
    assert f'"../scripts/{name}.py"' in body
    assert f'paths.log("{name}"' in body
    assert "code=fingerprint(" in body


def test_every_script_belongs_to_a_rule_and_documents_itself():
    scripts = {path.stem: path.read_text() for path in (ROOT / "workflow/scripts").glob("[a-z]*.py")}
    assert set(scripts) == set(RULES)
    for name, text in scripts.items():
        assert text.startswith('"""'), name
        assert "Output:" in text.split('"""')[1], name
        before, _, after = text.partition('if __name__ == "__main__":')
        assert "snakemake." not in before.split('"""')[2], f"{name}: a function reads the global snakemake"
        assert "configure_logging(snakemake.log[0])" in after


def test_captions_and_environments_exist():
    for name, body in RULES.items():
        for relative in re.findall(r'"(\.\./[^"]+\.(?:rst|yaml))"|"(\.\./\.\./envs/[^"]+)"', body):
            target = next(filter(None, relative))
            assert (ROOT / "workflow/rules" / target).resolve().is_file(), f"{name}: {target}"


def test_every_caption_is_used():
    used = set(re.findall(r"report/(\w+)\.rst", "".join(RULES.values()) + (ROOT / "Snakefile").read_text()))
    assert {path.stem for path in (ROOT / "workflow/report").glob("*.rst")} == used
