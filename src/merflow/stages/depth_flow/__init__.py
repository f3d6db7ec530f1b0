"""Depth flow: the change of depth from onset to apex along the flow."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

DEPTH_CHANGE_STEP_MM = 2**-5
"""Of a stored change of depth (.009 mm rms). Sensors measure whole millimetres."""

STAGE = Stage(
    upstream="flow",
    making=Making(
        rule="compute_depth_flow",
        message="Measure the change of depth",
        job="merflow.stages.depth_flow.job:make",
        reads=("faces", "flow"),
        depth=True,
    ),
    settings="merflow.stages.depth_flow.depth_change:DepthFlowSettings",
    picture="merflow.stages.depth_flow.picture:draw_depth_flow",
    quality="merflow.stages.depth_flow.quality:QUALITY",
    schema=KindSchema(
        description="Change of depth from onset to apex along the flow, on the onset's native grid",
        fields={
            "dz": Field(
                ("native_y", "native_x"),
                "f4",
                "mm",
                "as the variant processes it",
                missing="NaN",
                step=DEPTH_CHANGE_STEP_MM,
            ),
            "dz_raw": Field(
                ("native_y", "native_x"), "f4", "mm", "before any filtering", missing="NaN", step=DEPTH_CHANGE_STEP_MM
            ),
        },
        attrs={"nasal_shift_mm": "depth change of the nasal keypoints that was taken off"},
    ),
)
