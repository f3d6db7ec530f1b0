"""Magnified: frames whose motion since the onset is several times as large."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    upstream="faces",
    making=Making(
        rule="magnify_frames",
        message="Magnify the motion",
        job="merflow.stages.magnified.job:make",
        reads=("faces",),
        files="merflow.stages.magnified.settings:files_read",
        planned_files="merflow.stages.magnified.settings:files_read",
        minutes=60,
        environment="magnification",
    ),
    settings="merflow.stages.magnified.settings:MagnificationSettings",
    examples="merflow.stages.magnified.examples:frame_features",
    picture="merflow.stages.magnified.picture:draw_magnified",
    quality="merflow.stages.magnified.quality:QUALITY",
    shown=("magnified.png", "flicker.png"),
    training=("image_augmentation",),
    schema=KindSchema(
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
    ),
)
