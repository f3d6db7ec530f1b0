"""Flow images: horizontal flow, vertical flow and optical strain as one small picture."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Stage

STAGE = Stage(
    upstream="flow",
    rule="compute_flow_images",
    settings="merflow.stages.flow_images.settings:FlowImageSettings",
    examples="merflow.stages.flow_images.examples:picture_features",
    picture="merflow.stages.flow_images.picture:draw_flow_images",
    shown=("flow_images.png",),
    drawn_alone=True,
    schema=KindSchema(
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
    ),
)
