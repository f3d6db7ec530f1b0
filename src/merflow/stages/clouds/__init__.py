"""Clouds: the apex face as points in space, each with its motion since the onset."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    upstream="depth_flow",
    making=Making(
        rule="build_clouds",
        message="Back-project the faces",
        job="merflow.stages.clouds.job:make",
        reads=("faces", "flow", "depth_flow"),
    ),
    settings="merflow.stages.clouds.point_cloud:CloudSettings",
    picture="merflow.stages.clouds.picture:draw_clouds",
    schema=KindSchema(
        description="Point cloud of the apex face, each point with its motion since the onset",
        fields={
            "xyz": Field(("point", "xyz"), "f4", "m", "apex point in the camera frame: x right, y down, z forward"),
            "motion": Field(("point", "uvz"), "f2", "aligned px, aligned px, mm", "expression motion u, v, dz"),
            "pixel": Field(("point", "xy"), "i2", "px", "the point's pixel (x, y) in the full apex frame", lowest=0),
        },
        attrs={"camera": "f, cx, cy of the back-projection, px"},
    ),
)
