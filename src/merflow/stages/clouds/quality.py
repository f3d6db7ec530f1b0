"""Quality of clouds: whether focal length and unit of depth make a face of human size."""

from collections.abc import Mapping

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value
from merflow.stages.clouds.back_projection import Camera
from merflow.stages.clouds.eye_distance import eye_distance
from merflow.stages.faces.reading import native_depth, role_index


def measure(clouds: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``clouds``; of eyes only with its faces."""
    values: dict[str, Value] = {"cloud_points": float(clouds.describe(clip.id, "xyz")["shape"][0])}
    faces = upstream.get("faces")
    if faces is None or clip.id not in faces:
        return values
    apex, origin = role_index(faces, clip.id, "apex"), faces.attrs(clip.id)["native_origin"]
    found = eye_distance(
        native_depth(faces, clip.id)[apex],
        faces.read(clip.id, "landmarks")[apex],
        Camera(*clouds.attrs(clip.id)["camera"]),
        origin=(int(origin[0]), int(origin[1])),
    )
    return values | {"eye_distance_mm": found.space_mm}


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="eye_distance_mm",
            unit="mm",
            meaning="Distance of the eyes in space at the apex, from landmarks, depth and focal length.",
            bad="Focal length or unit of depth is wrong, or the landmarks are not on the eyes.",
            low=45.0,
            high=80.0,
            why="The eyes of adults are 52 to 76 mm apart.",
        ),
        QualityColumn(
            name="cloud_points",
            unit="1",
            meaning="Points of the face that have depth and motion.",
            bad="Depth is missing, or the face is small in the frame.",
            outlier="low",
            log=True,
            least_spread=0.2,
            why="It depends on the camera and its distance.",
        ),
    ),
)
