"""Meshes in files: what is written is read, Open3D reads the same where it is right, hostile files are told."""

import numpy as np
import open3d as o3d
import pytest

from merflow.errors import BadClipError
from merflow.landmarks.binghamton import dlib_landmarks
from merflow.meshes.files import read_landmarks, read_mesh, write_binghamton, write_landmarks, write_mesh
from merflow.meshes.mesh import Mesh, check_textured, degenerate
from merflow.synthesis.binghamton import binghamton_vertices
from merflow.synthesis.head import load_head

HEADER = "ply\nformat {order} 1.0\n{comment}element vertex {n}\nproperty float x\nproperty float y\nproperty float z\n"
FACES = "element face {n}\nproperty list uchar int vertex_indices\n{more}end_header\n"
CORNERS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype="<f4")
QUAD_OBJ = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"


@pytest.fixture(scope="module")
def head():
    model = load_head()
    return Mesh(model.mean.astype(np.float64), model.triangles, model.uv, "00001.jpg")


@pytest.fixture(scope="module", params=[".ply", ".obj"])
def written(request, head, tmp_path_factory):
    path = tmp_path_factory.mktemp("mesh") / f"00001{request.param}"
    write_mesh(path, head)
    return path


def ply(path, *, order="binary_little_endian", n=4, n_faces=2, body=None, more="", comment=""):
    faces = np.zeros(2, dtype=[("n", "u1"), ("c", "<i4", (3,))])
    faces["n"], faces["c"] = 3, [[0, 1, 2], [0, 2, 3]]
    header = HEADER.format(order=order, n=n, comment=comment) + FACES.format(n=n_faces, more=more)
    path.write_bytes(header.encode() + (CORNERS.tobytes() + faces.tobytes() if body is None else body))
    return path


def obj(folder, text, name="mesh.obj"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_mesh_is_read_as_it_was_written(written, head):
    mesh = read_mesh(written)
    assert np.abs(mesh.vertices - head.vertices).max() < 6e-5  # the four decimals of an OBJ
    assert np.array_equal(mesh.triangles, head.triangles)
    assert np.abs(mesh.uv - head.uv).max() < 1e-6
    assert mesh.texture == "00001.jpg"


def test_the_same_mesh_gives_the_same_bytes(written, head, tmp_path):
    again = tmp_path / written.name
    write_mesh(again, read_mesh(written))
    write_mesh(tmp_path / f"first{written.suffix}", head)
    assert again.stat().st_size == written.stat().st_size
    assert (tmp_path / f"first{written.suffix}").read_bytes().replace(
        b"first.mtl", b"00001.mtl"
    ) == written.read_bytes()


def test_open3d_reads_the_same_surface(written):
    ours, theirs = read_mesh(written), o3d.io.read_triangle_mesh(str(written))
    assert len(theirs.triangles) == len(ours.triangles)
    areas = [np.linalg.norm(np.cross(*corners), axis=1) for corners in map(edges, (ours, theirs))]
    assert np.abs(np.sort(areas[0]) - np.sort(areas[1])).max() < 1e-3  # mm2, of up to 200: Open3D has float32
    if written.suffix == ".ply":  # of an OBJ Open3D has another order of the vertices
        assert np.array_equal(np.asarray(theirs.vertices), ours.vertices)
        assert np.array_equal(np.asarray(theirs.triangles), ours.triangles)


def test_open3d_looks_up_the_same_texel(head, tmp_path):
    path = tmp_path / "m.obj"
    write_mesh(path, head)
    theirs, ours = o3d.io.read_triangle_mesh(str(path)), read_mesh(path)
    up = ours.uv[ours.triangles].reshape(-1, 2) * [1, -1] + [0, 1]
    assert np.abs(np.sort(np.asarray(theirs.triangle_uvs), axis=0) - np.sort(up, axis=0)).max() < 2e-6


def edges(mesh):
    corners = np.asarray(mesh.vertices)[np.asarray(mesh.triangles)]
    return corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]


def test_a_vertex_on_a_seam_is_repeated_behind_the_others(tmp_path):
    text = QUAD_OBJ + "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nvt .5 .5\nf 1/1/1 2/2/1 3/3/1\nf 1/5/1 3/3/1 4/4/1\n"
    mesh = read_mesh(obj(tmp_path, text))
    assert np.array_equal(mesh.vertices, [*CORNERS, CORNERS[0]])
    assert mesh.triangles.tolist() == [[0, 1, 2], [4, 2, 3]]
    assert np.allclose(mesh.uv[:, 1], [1, 1, 0, 0, 0.5])


def test_wedge_coordinates_of_a_ply_are_those_of_an_obj(tmp_path):
    faces = np.zeros(2, dtype=[("n", "u1"), ("c", "<i4", (3,)), ("m", "u1"), ("uv", "<f4", (6,))])
    faces["n"], faces["c"], faces["m"] = 3, [[0, 1, 2], [0, 2, 3]], 6
    faces["uv"] = [[0, 0, 1, 0, 1, 1], [0.5, 0.5, 1, 1, 0, 1]]
    more = "property list uchar float texcoord\n"
    path = ply(
        tmp_path / "m.ply", body=CORNERS.tobytes() + faces.tobytes(), more=more, comment="comment TextureFile a\n"
    )
    text = QUAD_OBJ + "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nvt .5 .5\nf 1/1 2/2 3/3\nf 1/5 3/3 4/4\n"
    of_obj, of_ply = read_mesh(obj(tmp_path, text)), read_mesh(path)
    assert np.array_equal(of_ply.triangles, of_obj.triangles)
    assert np.array_equal(of_ply.uv, of_obj.uv)
    assert of_ply.texture == "a"


@pytest.mark.parametrize(
    "face",
    [
        "f 1 2 3 4",
        "f 1//1 2//1 3//1 4//1",
        "f\t1 2 \\\n3 4",
        "f 1 2 3\r\nf 1 3 4",
        "g a\ns 1\nf 1 2 3\n# f 9 9 9\nf 1 3 4",
    ],
)
def test_faces_of_an_obj_however_they_are_written(tmp_path, face):
    mesh = read_mesh(obj(tmp_path, QUAD_OBJ + face + "\n"))
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert mesh.uv is None


def test_faces_of_different_size_keep_their_order(tmp_path):
    mesh = read_mesh(obj(tmp_path, QUAD_OBJ + "f 1 2 3\nf 1 2 3 4\nf 2 3 4\n"))
    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 1, 2], [0, 2, 3], [1, 2, 3]]


def test_colours_of_vertices_and_the_place_of_the_texture_are_passed_over(tmp_path):
    (tmp_path / "m.mtl").write_text("newmtl a\nmap_Kd C:\\scans\\..\\t.jpg\nnewmtl unused\nmap_Kd other.jpg\n")
    text = "mtllib ..\\m.mtl\nusemtl a\n" + QUAD_OBJ.replace("\n", " .1 .2 .3\n") + "f 1 2 3\n"
    mesh = read_mesh(obj(tmp_path, text))
    assert mesh.texture == "t.jpg"
    assert np.array_equal(mesh.vertices, CORNERS)


def test_a_big_endian_ply_is_read(tmp_path):
    faces = np.array([(3, (0, 1, 2)), (3, (0, 2, 3))], dtype=[("n", "u1"), ("c", ">i4", (3,))])
    body = CORNERS.astype(">f4").tobytes() + faces.tobytes()
    assert read_mesh(ply(tmp_path / "m.ply", order="binary_big_endian", body=body)).triangles[1].tolist() == [0, 2, 3]


def faces_of(*corners, n=3):
    table = np.zeros(len(corners), dtype=[("n", "u1"), ("c", "<i4", (3,))])
    table["n"], table["c"] = n, corners
    return CORNERS.tobytes() + table.tobytes()


NAN = np.array([[0, 0, np.nan], *CORNERS[1:]], dtype="<f4").tobytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 10**8}, "expected at most 500000 vertices, found 100000000: reduce the mesh, or export"),
        ({"n": "1" + "0" * 30}, "expected a header of PLY, found the line"),
        ({"n_faces": 10**9}, "expected at most 1000000 faces, found 1000000000"),
        ({"n_faces": 400}, "expected 400 faces as the header says, found a file of 245 bytes where"),
        ({"n": 0, "n_faces": 0, "body": b""}, "expected a mesh, found 0 vertices and 0 triangles: export it again"),
        ({"order": "ascii"}, "expected a binary PLY, found the format ascii: save it as binary"),
        ({"body": faces_of((0, 1, 2), (0, -1, 3))}, "expected faces of vertices 0 to 3, found the index -1"),
        ({"body": faces_of((0, 1, 2), (0, 4, 3))}, "expected faces of vertices 0 to 3, found the index 4"),
        (
            {"body": NAN + faces_of((0, 1, 2), (0, 2, 3))[48:]},
            "expected finite vertices, found 1 that are not, the fir",
        ),
        ({"body": faces_of((0, 1, 2), (0, 2, 3), n=200)}, "expected faces of at most 64 corners, found a list of 200"),
        ({"comment": "comment TextureFile a\ncomment TextureFile b\n"}, "expected one texture, found a, b"),
    ],
)
def test_a_ply_that_is_none_is_told(tmp_path, arguments, message):
    with pytest.raises(BadClipError, match=message):
        read_mesh(ply(tmp_path / "m.ply", **arguments))


def test_faces_of_a_ply_must_be_alike(tmp_path):
    body = bytearray(faces_of((0, 1, 2), (0, 2, 3)))
    body[-13] = 4
    with pytest.raises(BadClipError, match="expected faces of one number of corners, found several: triangulate"):
        read_mesh(ply(tmp_path / "m.ply", body=bytes(body)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a file with content, found an empty one: copy it again"),
        ("# nothing\n", "expected a mesh, found 0 vertices and 0 triangles"),
        (QUAD_OBJ, "expected a mesh, found 4 vertices and 0 triangles"),
        ("f 1 2 3\n", "found the index"),
        (QUAD_OBJ + "f 1 2 5\n", "expected faces of vertices 1 to 4, found the index 5"),
        (QUAD_OBJ + "f 0 1 2\n", "expected faces of vertices 1 to 4, found the index 0"),
        (QUAD_OBJ + "f -1 -2 -3\n", "found the index -3, which counts backwards: export it again with absolute"),
        (QUAD_OBJ + "vt 0 0\nf 1/1 2/1 3/2\n", "expected faces of texture coordinates 1 to 1, found the index 2"),
        (QUAD_OBJ + "vt 0 0\nf 1/1 2/1 3\n", "expected corners of faces written alike, as 1/1 is, found others"),
        (QUAD_OBJ + "f 1 2 x\n", "expected corners of faces written alike"),
        (QUAD_OBJ + "f 1 2\n", "expected faces of 3 to 64 corners, found one of 2"),
        (
            "v 0 0 nan\nv 1 0 0\nv 1 1 0\nf 1 2 3\n",
            "expected finite vertices, found 1 that are not, the first is number 0",
        ),
        ("v 0 0 1e999\nv 1 0 0\nv 1 1 0\nf 1 2 3\n", "expected finite vertices"),
        ("v 0 0 a\nv 1 0 0\nv 1 1 0\nf 1 2 3\n", "expected numbers for vertices, found 'a'"),
        ("v 0 0\nv 1 0 0 0\nv 1 1 0\nf 1 2 3\n", "expected 3 numbers for each of the vertices, found lines of 2 and 3"),
        ("v " + "0 " * 4096 + "\n", "expected lines of at most 4096 bytes, found 8194"),
        ("\n" * 3_000_001 + "v 1 2 3", "expected at most 3000000 lines, found 3000001"),
        ("v 0 0 0\0\n", "expected a mesh in text, found binary content"),
    ],
    ids=lambda value: value[:30].strip() if "expected" not in value else "",
)
def test_an_obj_that_is_none_is_told(tmp_path, text, message):
    with pytest.raises(BadClipError, match=message):
        read_mesh(obj(tmp_path, text))


def test_other_files_are_told(tmp_path):
    with pytest.raises(BadClipError, match=r"expected a mesh as .ply, .obj or .wrl, found .stl"):
        read_mesh(obj(tmp_path, "solid", "m.stl"))
    with pytest.raises(BadClipError, match="expected to read it, but the system says: No such file"):
        read_mesh(tmp_path / "none.ply")
    (tmp_path / "two.mtl").write_text("newmtl a\nmap_Kd a.jpg\nnewmtl b\nmap_Kd b.jpg\n")
    with pytest.raises(BadClipError, match=r"expected one texture, found a.jpg, b.jpg"):
        read_mesh(obj(tmp_path, "mtllib two.mtl\nusemtl a\nusemtl b\n" + QUAD_OBJ + "f 1 2 3\n"))


def test_a_texture_needs_coordinates_and_they_need_a_texture(tmp_path):
    bare = Mesh(CORNERS.astype(float), np.array([[0, 1, 2]], dtype=np.int32))
    with pytest.raises(
        BadClipError, match=r"expected texture coordinates, for there is the texture t.jpg, found a mesh"
    ):
        check_textured(bare, tmp_path / "m.ply", tmp_path / "t.jpg")
    with pytest.raises(
        BadClipError, match=r"expected a texture beside the mesh, found none: the mesh names 'a.jpg', wh"
    ):
        check_textured(Mesh(bare.vertices, bare.triangles, None, "a.jpg"), tmp_path / "m.ply", None)


def test_triangles_without_area_are_found():
    mesh = Mesh(np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 0.0]]), np.array([[0, 1, 3], [0, 1, 2], [3, 3, 0]]))
    assert degenerate(mesh).tolist() == [False, True, True]


def test_landmarks_are_read_as_they_were_written(tmp_path):
    points = np.random.default_rng(0).normal(size=(68, 3)) * 100
    write_landmarks(tmp_path / "1.lm3", points)
    assert np.abs(read_landmarks(tmp_path / "1.lm3") - points).max() <= 5.001e-5
    write_landmarks(tmp_path / "1.lm3", points[:67])
    with pytest.raises(BadClipError, match="expected 68 lines of x y z, or 83 of a number and x y z, found 67"):
        read_landmarks(tmp_path / "1.lm3")
    points[5, 1] = np.nan
    write_landmarks(tmp_path / "1.lm3", points)
    with pytest.raises(BadClipError, match="expected finite landmarks, found landmark 5 missing: mark it"):
        read_landmarks(tmp_path / "1.lm3")


def test_83_landmarks_are_read_with_and_without_their_numbers_and_other_numbers_are_refused(tmp_path):
    points = load_head().mean[binghamton_vertices()]
    write_binghamton(tmp_path / "0.bnd", points)
    bare, shifted = tmp_path / "0.txt", tmp_path / "1.bnd"
    lines = (tmp_path / "0.bnd").read_text().splitlines()
    bare.write_text("\n".join(line.partition(" ")[2] for line in lines))
    shifted.write_text("\n".join([*lines[1:], lines[0]]) + "\n \n")
    for path in (tmp_path / "0.bnd", bare):
        np.testing.assert_allclose(read_landmarks(path), dlib_landmarks(points), atol=1e-5)
    with pytest.raises(BadClipError, match="lines whose numbers count up by 1"):
        read_landmarks(shifted)
