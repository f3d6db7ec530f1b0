"""What each kind of artefact holds: the format specification that the writer enforces and the reader checks.

A shard holds the clips of one subject: ``/clips/<clip id>/<field>``. Conventions of axes and frames are those of
``docs/conventions.md``; dimensions of one name have one size within a clip.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FORMAT = "merflow"
FORMAT_VERSION = 2

DIM_SIZES: Mapping[str, int] = {
    "rgb": 3,
    "xy": 2,
    "xyz": 3,
    "uv": 2,
    "uvz": 3,
    "uvs": 3,
    "low_high": 2,
    "xyzuvz": 6,
    "landmark": 68,
    "region": 8,
    "edge_end": 2,
    "affine_row": 2,
    "affine_col": 3,
}
"""Dimensions whose size never varies."""


@dataclass(frozen=True, slots=True)
class Field:
    """One dataset of a clip.

    Parameters
    ----------
    dims : tuple of str
        Name of each axis, outermost first.
    dtype : str
        NumPy dtype it is stored as.
    units, description : str
        For the reader of the file.
    missing : str
        ``"NaN"`` where absent values are allowed (floats only), else empty: then a NaN is refused.
    optional : bool
        Whether a clip may lack it (depth, in a dataset that has none).
    index_of : tuple of str
        Of an index: the axes whose entries it counts, from 0 up to the product of their sizes.
    lowest : int or None
        Value that none may be below: of counts, and of indices into another file, whose size is not known here.
    """

    dims: tuple[str, ...]
    dtype: str
    units: str
    description: str
    missing: str = ""
    optional: bool = False
    index_of: tuple[str, ...] = ()
    lowest: int | None = None


@dataclass(frozen=True, slots=True)
class KindSchema:
    """One kind of artefact: what a clip's group holds, and the attributes that it must carry."""

    description: str
    fields: Mapping[str, Field]
    attrs: Mapping[str, str]


_FACES = KindSchema(
    description="Face crops and landmarks of the frames that later stages need",
    fields={
        "aligned_color": Field(
            ("frame", "aligned_y", "aligned_x", "rgb"), "u1", "grey level", "face warped onto the mean shape"
        ),
        "native_color": Field(
            ("frame", "native_y", "native_x", "rgb"), "u1", "grey level", "face cut out of the frame, not resampled"
        ),
        "native_depth": Field(
            ("frame", "native_y", "native_x"),
            "f4",
            "mm",
            "depth on the grid of native_color, not resampled",
            missing="NaN",
            optional=True,
        ),
        "landmarks": Field(("frame", "landmark", "xy"), "f4", "px", "68 points (dlib order) in the full frame"),
        "aligned_from_image": Field(
            ("affine_row", "affine_col"), "f8", "px", "similarity: full-frame (x, y, 1) to aligned (x, y)"
        ),
    },
    attrs={
        "frames": "official frame numbers",
        "roles": "onset, apex, ... of each frame",
        "native_origin": "full-frame (x, y) of pixel (0, 0) of native_color, px",
        "image_size": "(width, height) of the full frame, px",
        "score": "face detector's score on the onset frame",
        "faces_found": "faces that the detector saw there; the largest is used",
        "notes": "what a person should know of this clip",
    },
)

_FLOW = KindSchema(
    description="Optical flow from onset to apex on the onset's aligned grid",
    fields={
        "flow": Field(("uv", "aligned_y", "aligned_x"), "f2", "aligned px", "total motion; u right, v down"),
        "expression_flow": Field(
            ("uv", "aligned_y", "aligned_x"), "f2", "aligned px", "flow minus the motion of the head"
        ),
        "head_motion": Field(
            ("affine_row", "affine_col"), "f8", "aligned px", "flow of the head at aligned (x, y) = this @ (x, y, 1)"
        ),
    },
    attrs={},
)

_DEPTH_FLOW = KindSchema(
    description="Change of depth from onset to apex along the flow, on the onset's native grid",
    fields={
        "dz": Field(("native_y", "native_x"), "f2", "mm", "as the variant processes it", missing="NaN"),
        "dz_raw": Field(("native_y", "native_x"), "f2", "mm", "before any filtering", missing="NaN"),
    },
    attrs={"nasal_shift_mm": "depth change of the nasal keypoints that was taken off"},
)

_CLOUDS = KindSchema(
    description="Point cloud of the apex face, each point with its motion since the onset",
    fields={
        "xyz": Field(("point", "xyz"), "f4", "m", "apex point in the camera frame: x right, y down, z forward"),
        "motion": Field(("point", "uvz"), "f2", "aligned px, aligned px, mm", "expression motion u, v, dz"),
        "pixel": Field(("point", "xy"), "i2", "px", "the point's pixel (x, y) in the full apex frame", lowest=0),
    },
    attrs={"camera": "f, cx, cy of the back-projection, px"},
)

_REGIONS = KindSchema(
    description="The points of eight facial regions, ordered as the variant selects them",
    fields={
        "points": Field(
            ("region", "sample", "xyzuvz"), "f4", "m, m, m, aligned px, aligned px, mm", "x, y, z and raw u, v, dz"
        ),
        "normalised": Field(("region", "sample", "uvz"), "f4", "1", "u, v, dz scaled into [-1, 1]"),
        "aligned_xy": Field(("region", "sample", "xy"), "f4", "aligned px", "the point on the aligned face"),
        "index": Field(("region", "sample"), "i4", "1", "the point's row in the clouds artefact", lowest=0),
        "count": Field(
            ("region",), "i4", "1", "points that the region really has; fewer than samples: they cycle", lowest=1
        ),
        "divisor": Field(
            ("orientation", "sign"),
            "f4",
            "aligned px or mm",
            "what positive and negative motion is divided by: of the face, and of the face mirrored",
        ),
    },
    attrs={"aligned_size": "side of the aligned face, px"},
)

_MAGNIFIED = KindSchema(
    description="Aligned frames whose motion since the onset is magnified, head motion taken off before",
    fields={
        "magnified_color": Field(
            ("frame", "aligned_y", "aligned_x", "rgb"), "u1", "grey level", "aligned frame, magnified; onset as is"
        ),
        "head_motion": Field(
            ("frame", "affine_row", "affine_col"),
            "f8",
            "aligned px",
            "what was taken off: motion of the head since the onset at aligned (x, y) = this @ (x, y, 1)",
        ),
    },
    attrs={
        "frames": "official frame numbers",
        "roles": "onset, apex, offset of each frame",
        "factor": "how many times the motion since the onset was to become",
        "notes": "what a person should know of this clip",
    },
)

_GRAPHS = KindSchema(
    description="Facial landmarks of onset, apex and offset as a graph over space and time",
    fields={
        "landmarks": Field(("frame", "landmark", "xy"), "f4", "aligned px", "all 68 points (dlib order)"),
        "position": Field(("frame", "node", "xy"), "f4", "aligned px", "the points that are nodes"),
        "copies": Field(
            ("copy", "frame", "node", "xy"),
            "f4",
            "aligned px",
            "position once more, each time from the face cropped at another size: for training only",
            optional=True,
        ),
        "node": Field(("node",), "i2", "1", "landmark of each node, 0-based dlib order", index_of=("landmark",)),
        "neighbour": Field(
            ("node",), "i2", "1", "node that distance and angle of each node are measured to", index_of=("node",)
        ),
        "edge_index": Field(
            ("edge_end", "edge"),
            "i8",
            "1",
            "both directions of each edge; node n of frame f has number f * nodes + n",
            index_of=("frame", "node"),
        ),
    },
    attrs={
        "frames": "official frame numbers",
        "roles": "onset, apex, offset of each frame",
        "aligned_size": "side of the aligned face, px",
        "interocular_px": "distance between the middles of the eyes on the onset frame, aligned px",
        "notes": "what a person should know of this clip",
    },
)

_SEQUENCES = KindSchema(
    description="Aligned frames of a whole clip, resampled in time to one length that keeps onset and apex",
    fields={
        "onset_color": Field(("aligned_y", "aligned_x", "rgb"), "u1", "grey level", "the first frame: the onset"),
        "difference": Field(
            ("node", "aligned_y", "aligned_x", "rgb"),
            "i2",
            "grey level",
            "each later frame minus the onset: node n is frame n + 1, and onset_color + difference gives it back",
        ),
        "position": Field(("frame",), "f8", "frame number", "where each frame lies among the official numbers"),
    },
    attrs={
        "apex": "index of the apex among the frames, 0 = the onset",
        "n_frames": "frames that are the clip's; those after them repeat the last one",
        "recorded": "official numbers of the frames that were read",
        "fps": "frames per second of the recording",
        "notes": "what a person should know of this clip",
    },
)

_FLOW_IMAGES = KindSchema(
    description="Horizontal and vertical flow and optical strain from onset to apex as one small picture",
    fields={
        "image": Field(("image_y", "image_x", "uvs"), "f4", "1", "u, v and strain, each scaled into [0, 1]"),
        "range": Field(
            ("uvs", "low_high"),
            "f4",
            "aligned px, aligned px, 1",
            "what 0 and 1 of each channel stand for; missing where the picture came ready",
            missing="NaN",
        ),
    },
    attrs={"notes": "what a person should know of this clip"},
)

KINDS: Mapping[str, KindSchema] = {
    "faces": _FACES,
    "flow": _FLOW,
    "depth_flow": _DEPTH_FLOW,
    "clouds": _CLOUDS,
    "regions": _REGIONS,
    "magnified": _MAGNIFIED,
    "graphs": _GRAPHS,
    "sequences": _SEQUENCES,
    "flow_images": _FLOW_IMAGES,
}
