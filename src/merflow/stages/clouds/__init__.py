"""Clouds: the apex face as points in space, each with its motion since the onset."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage
from merflow.stages.depth_flow import DEPTH_CHANGE_STEP_MM
from merflow.stages.flow import MOTION_STEP_PX

POINT_STEP_M = 2**-15
"""Of a stored coordinate (.009 mm rms). Sensors measure depth in whole millimetres."""

STAGE = Stage(
    upstream="depth_flow",
    making=Making(
        rule="build_clouds",
        message="Back-project the faces",
        job="merflow.stages.clouds.job:make",
        reads=("faces", "flow", "depth_flow"),
        recorded="merflow.stages.clouds.point_cloud:frames_read",
        camera="merflow.stages.clouds.point_cloud:camera_told",
    ),
    settings="merflow.stages.clouds.point_cloud:CloudSettings",
    picture="merflow.stages.clouds.picture:draw_clouds",
    exports="merflow.stages.clouds.export:EXPORTS",
    quality="merflow.stages.clouds.quality:QUALITY",
    schema=KindSchema(
        description="Point cloud of the apex face, each point with its motion since the onset",
        fields={
            "xyz": Field(
                ("point", "xyz"),
                "f4",
                "m",
                "apex point in the camera frame: x right, y down, z forward",
                step=POINT_STEP_M,
            ),
            "motion": Field(
                ("point", "uvz"),
                "f4",
                "aligned px, aligned px, mm",
                "expression motion u, v, dz",
                step=(MOTION_STEP_PX, MOTION_STEP_PX, DEPTH_CHANGE_STEP_MM),
            ),
            "pixel": Field(("point", "xy"), "i2", "px", "the point's pixel (x, y) in the full apex frame", lowest=0),
        },
        attrs={"camera": "fx, fy, cx, cy of the back-projection, px"},
    ),
)
