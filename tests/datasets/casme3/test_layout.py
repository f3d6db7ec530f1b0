import subprocess
import sys

import pytest

from merflow.datasets.casme3.layout import subject_number


@pytest.mark.parametrize("name", ["spNO.210", "spNo.210", "spNO210", "SPNO.210", "spNO.0210", " spNO. 210 "])
def test_one_person_however_spelt(name):
    assert subject_number(name) == 210


@pytest.mark.parametrize("name", ["210", "sub210", "spNO.", "spNO.1_a_2", "spNO.1a", ""])
def test_other_names_are_nobody(name):
    assert subject_number(name) is None


def test_labels_are_read_without_the_libraries_of_pictures_and_sheets():
    """Training reads label sets on nodes that have neither OpenCV nor openpyxl."""
    code = "import sys, merflow.datasets; print(sorted({'cv2', 'openpyxl', 'xlrd', 'torch'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
