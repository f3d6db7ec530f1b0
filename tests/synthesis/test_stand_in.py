"""What stands in for recordings that are not rendered: the same files by name, and the same index."""

from tests.shipped import ROOT

from merflow.config import read_config
from merflow.config.objects import DatasetBlock
from merflow.datasets.registry import index_dataset
from merflow.synthesis.settings import SynthesisSettings
from merflow.synthesis.stand_in import has_stand_in, write_stand_in


def test_names_and_index_are_those_of_the_rendered_dataset(tiny_demo, tmp_path):
    write_stand_in(tmp_path, SynthesisSettings(n_subjects=2, clips=3))
    names = [
        {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and "gt" not in path.parts}
        for root in (tmp_path, tiny_demo)
    ]
    assert names[0] == names[1]
    assert len(names[0]) > 100
    block: DatasetBlock = read_config(ROOT / "config.yaml").datasets["demo"]
    indexes = [index_dataset("demo", "casme3", {**block.own, "root": str(root)}) for root in (tmp_path, tiny_demo)]
    assert indexes[0].clips == indexes[1].clips
    assert len(indexes[0].clips) == 6


def test_a_layout_with_files_of_other_cameras_has_none():
    assert has_stand_in(SynthesisSettings(layout="smic_cropped"))
    assert not has_stand_in(SynthesisSettings(layout="fourdme_4d", clips=4))
