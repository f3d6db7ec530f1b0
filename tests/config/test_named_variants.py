"""Variants of artefacts that another part of the configuration names."""

from tests.config.conftest import refusal


def test_an_artefact_of_no_kind_is_told_with_the_nearest(load, shipped):
    shipped["qc"] = {"artefacts": ["facse/aligned256"]}
    assert "qc.artefacts: unknown kind of artefact 'facse'. Did you mean 'faces'? Known: faces, " in refusal(
        load, shipped
    )


def test_landmarks_are_measured_on_variants_that_exist(load, shipped):
    shipped["landmark_accuracy"] = ["stil"]
    assert "magnified has no variant 'stil'" in refusal(load, shipped)


def test_landmarks_are_measured_on_variants_of_the_same_faces(load, shipped):
    """The faces of the first one give the frame in which the motion of every one is read."""
    shipped["faces"]["small"] = {"size_px": 128}
    shipped["magnified"]["of_small"] = shipped["magnified"]["still"] | {"faces": "small"}
    shipped["landmark_accuracy"] = ["of_small"]
    assert load(shipped).landmark_accuracy == ("of_small",)
    shipped["landmark_accuracy"] = ["still", "of_small"]
    assert "found of_small of faces.small: the motion in it" in refusal(load, shipped)
