"""VRML: the same surface as an OBJ of it, in each spelling; hostile files are told, and take no longer than others."""

import time

import numpy as np
import pytest

from merflow.errors import BadClipError
from merflow.meshes.files import read_mesh, write_mesh
from merflow.meshes.mesh import Mesh, check_textured
from merflow.synthesis.head import load_head

POINTS = "0 0 0, 1 0 0, 1 1 0, 0 1 0"
TEXTURE = "0 0, 1 0, 1 1, 0 1"
SCENE = """#VRML V2.0 utf8
# a scan ] of "nobody"
Shape {{
  appearance Appearance {{ texture ImageTexture {{ url {url} }} }}
  geometry IndexedFaceSet {{
    coord {define} Coordinate {{ point [ {points} ] }}
    coordIndex [ {faces} ]
    {texture}
  }}
}}
"""
SQUARE = Mesh(
    np.array([[0.0, 0, 0], [1, 0, 0.5], [1, 1, 0], [0, 1, 0]]),
    np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32),
    np.array([[0, 1], [1, 1], [1, 0], [0, 0.25]], dtype=np.float32),
)


def scene(folder, *, points=POINTS, faces="0, 1, 2, 3, -1", texture=TEXTURE, url='"000.jpg"', define="", index=""):
    """Write a VRML, with the texture coordinates of its points."""
    uv = f"texCoord TextureCoordinate {{ point [ {texture} ] }} {index}" if texture else ""
    path = folder / "000.wrl"
    path.write_text(SCENE.format(points=points, faces=faces, texture=uv, url=url, define=define), encoding="utf-8")
    return path


def test_a_square_by_hand(tmp_path):
    mesh = read_mesh(scene(tmp_path))
    assert mesh.vertices.tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert mesh.uv.tolist() == [[0, 1], [1, 1], [1, 0], [0, 0]]  # v down, as rows of a picture run
    assert mesh.texture == "000.jpg"


def test_the_head_is_the_same_as_in_an_obj(tmp_path):
    model = load_head()
    head = Mesh(model.mean.astype(np.float64), model.triangles, model.uv, "000.jpg")
    write_mesh(tmp_path / "000.obj", head)
    points = ", ".join("{:.4f} {:.4f} {:.4f}".format(*row) for row in head.vertices)
    uv = ", ".join(f"{u:.6f} {1 - v:.6f}" for u, v in head.uv)
    faces = ", ".join("{}, {}, {}, -1".format(*row) for row in head.triangles)
    ours, theirs = read_mesh(scene(tmp_path, points=points, faces=faces, texture=uv)), read_mesh(tmp_path / "000.obj")
    assert np.array_equal(ours.vertices, theirs.vertices)
    assert np.array_equal(ours.triangles, theirs.triangles)
    assert np.array_equal(ours.uv, theirs.uv)


@pytest.mark.parametrize(
    "spelling",
    [
        {"points": POINTS.replace(",", "\n")},
        {"faces": "0 1 2 -1\n0 2 3"},  # the last face may go without its end
        {"url": '[ "C:\\\\scans\\\\000.jpg" ]'},
        {"define": "DEF points"},
        {"index": "texCoordIndex [ 0, 1, 2, 3, -1 ]"},
    ],
)
def test_spellings_of_one_square(tmp_path, spelling):
    mesh = read_mesh(scene(tmp_path, **spelling))
    assert (mesh.triangles.tolist(), mesh.texture) == ([[0, 1, 2], [0, 2, 3]], "000.jpg")
    assert mesh.uv.tolist() == [[0, 1], [1, 1], [1, 0], [0, 0]]


def test_a_seam_of_the_texture_repeats_its_vertices(tmp_path):
    texture, index = "0 0, 1 0, 1 1, 0 1, 0.5 0.5", "texCoordIndex [ 0 1 2 -1 4 2 3 -1 ]"
    mesh = read_mesh(scene(tmp_path, faces="0 1 2 -1 0 2 3 -1", texture=texture, index=index))
    assert mesh.vertices.tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert mesh.triangles.tolist() == [[0, 1, 2], [4, 2, 3]]
    assert mesh.uv[4].tolist() == [0.5, 0.5]


def test_a_surface_without_texture(tmp_path):
    path = scene(tmp_path, texture="", url='""')
    mesh = read_mesh(path)
    assert (mesh.uv, mesh.texture) == (None, "")
    with pytest.raises(BadClipError, match="expected a texture beside the mesh, found none"):
        check_textured(mesh, path, None)


@pytest.mark.parametrize(
    ("spelling", "message"),
    [
        ({"points": "0 0"}, r"expected 3 numbers for each of the points, found 2"),
        ({"points": "0 0 x"}, r"expected numbers for points, found another word"),
        ({"points": "0 0 nan, 1 0 0, 1 1 0, 0 1 0"}, r"expected finite vertices"),
        ({"points": ""}, r"expected faces of vertices|expected a mesh, found 0 vertices"),
        ({"faces": "0 1 2 4 -1"}, r"expected faces of vertices 0 to 3, found the index 4"),
        ({"faces": "0 1 -2 -1"}, r"expected faces of indices from 0 and -1 at their ends, found -2"),
        ({"faces": "0 1 -1"}, r"expected faces of 3 to 64 corners, found one of 2"),
        ({"faces": ""}, r"expected a mesh, found 4 vertices and 0 triangles"),
        ({"index": "texCoordIndex [ 0 1 2 -1 ]"}, r"expected texCoordIndex of the 1 faces of coordIndex"),
        ({"index": "texCoordIndex [ 0 1 2 9 -1 ]"}, r"expected faces of texture coordinates 0 to 3, found the index 9"),
    ],
)
def test_what_is_no_surface_is_told(tmp_path, spelling, message):
    with pytest.raises(BadClipError, match=message):
        read_mesh(scene(tmp_path, **spelling))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("V2.0", "V1.0 "), r"expected a VRML 2\.0, whose first line begins with #VRML V2\.0"),
        (lambda text: text + text, "expected one surface, found several lists of points"),
        (
            lambda text: text.replace("Shape {", "Transform { scale 2 2 2 children Shape {"),
            "found a Transform that moves",
        ),
        (lambda text: text[: text.index("3, -1")], "expected the list of faces to end, found the end of the file"),
    ],
)
def test_other_files_are_refused(tmp_path, change, message):
    path = scene(tmp_path)
    path.write_text(change(path.read_text()))
    with pytest.raises(BadClipError, match=message):
        read_mesh(path)


@pytest.mark.parametrize(
    "hostile",
    [
        b"#" * 300_000 + b'"',
        b"coord " + b" " * 300_000,
        b"ImageTexture { url " + b" " * 300_000,
        b'"' * 300_001,
        b"coord DEF " * 30_000,
        b"coordIndex [ " + b"-1 " * 100_000 + b"]",
    ],
)
def test_hostile_text_takes_no_longer_than_other_text(tmp_path, hostile):
    path = tmp_path / "000.wrl"
    path.write_bytes(b"#VRML V2.0 utf8\n" + hostile)
    begin = time.process_time()
    with pytest.raises(BadClipError):
        read_mesh(path)
    assert time.process_time() - begin < 1


def test_a_vrml_that_merflow_wrote_is_the_obj_of_the_same_mesh(tmp_path):
    mesh = Mesh(SQUARE.vertices, SQUARE.triangles, SQUARE.uv, "000.jpg")
    for suffix in (".wrl", ".obj"):
        write_mesh(tmp_path / f"000{suffix}", mesh)
    one, other = (read_mesh(tmp_path / f"000{suffix}") for suffix in (".wrl", ".obj"))
    for name in ("vertices", "triangles", "uv"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=1e-5)
    assert one.texture == "000.jpg"
    write_mesh(tmp_path / "bare.wrl", Mesh(SQUARE.vertices, SQUARE.triangles))
    assert read_mesh(tmp_path / "bare.wrl").uv is None
