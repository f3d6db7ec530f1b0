"""Flow images: horizontal flow, vertical flow and optical strain as one small picture."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    upstream="flow",
    making=Making(
        rule="compute_flow_images",
        message="Make the flow images",
        job="merflow.stages.flow_images.job:make",
        reads=("flow",),
        memory_mb=1000,
        minutes=10,
    ),
    importing=Making(
        rule="import_flow_images",
        message="Read the flow images",
        job="merflow.stages.flow_images.importing:make",
        ready=True,
        params="merflow.stages.flow_images.settings:params_of_ready",
        memory_mb=1000,
        minutes=10,
    ),
    settings="merflow.stages.flow_images.settings:FlowImageSettings",
    examples="merflow.stages.flow_images.examples:picture_features",
    picture="merflow.stages.flow_images.picture:draw_flow_images",
    exports="merflow.stages.flow_images.export:EXPORTS",
    quality="merflow.stages.flow_images.quality:QUALITY",
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
