"""Flow: optical flow from onset to apex on the aligned face, and the part of it that is not the head's motion."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

MOTION_STEP_PX = 2**-9
"""Of stored motion, .0006 px rms; optical flow errs by .1 px. Strain is its derivative: steps of 1/64 px raised the
mean strain of a clip by 3 to 7 %, these by .1 %."""

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
    exports="merflow.stages.flow.export:EXPORTS",
    quality="merflow.stages.flow.quality:QUALITY",
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
