"""Flow: optical flow from onset to apex on the aligned face, and the part of it that is not the head's motion."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

MOTION_STEP_PX = 2**-6
"""Of stored motion. Its rounding, .0045 px rms, adds a thousandth to the error of optical flow, .1 px."""

STAGE = Stage(
    upstream="faces",
    making=Making(
        rule="compute_flow",
        message="Measure the optical flow",
        job="merflow.stages.flow.job:make",
        reads=("faces",),
    ),
    settings="merflow.stages.flow.optical_flow:FlowSettings",
    examples="merflow.stages.flow.examples:flow_features",
    picture="merflow.stages.flow.picture:draw_flow",
    schema=KindSchema(
        description="Optical flow from onset to apex on the onset's aligned grid",
        fields={
            "flow": Field(
                ("uv", "aligned_y", "aligned_x"),
                "f4",
                "aligned px",
                "total motion; u right, v down",
                step=MOTION_STEP_PX,
            ),
            "expression_flow": Field(
                ("uv", "aligned_y", "aligned_x"),
                "f4",
                "aligned px",
                "flow minus the motion of the head",
                step=MOTION_STEP_PX,
            ),
            "head_motion": Field(
                ("affine_row", "affine_col"),
                "f8",
                "aligned px",
                "flow of the head at aligned (x, y) = this @ (x, y, 1)",
            ),
        },
        attrs={},
    ),
)
