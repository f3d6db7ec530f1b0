import pytest

from merflow.errors import BadClipError
from merflow.stages.faces.reading import role_index


class FakeShard:
    kind = "faces"

    def __init__(self, roles):
        self.roles = roles

    def attrs(self, clip):
        return {"roles": self.roles}


def test_roles_are_found_by_name():
    assert role_index(FakeShard(["onset", "", "apex"]), "c", "apex") == 2


def test_a_role_that_was_not_kept_makes_a_bad_clip():
    with pytest.raises(BadClipError, match=r"expected a frame with the role 'apex'.*found \['onset'\]"):
        role_index(FakeShard(["onset"]), "c", "apex")
