"""Dynamic images: what changes in the projections or the sequence of a clip, each view and domain as one picture."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    upstream="projections",
    making=Making(
        rule="pool_projections",
        message="Pool the projections over time",
        job="merflow.stages.dynamic_images.job:make",
        reads=("projections",),
        minutes=20,
    ),
    instead={
        "sequences": Making(
            rule="pool_sequences",
            message="Pool the sequences over time",
            job="merflow.stages.dynamic_images.job:make_of_sequences",
            reads=("sequences",),
            minutes=20,
        )
    },
    settings="merflow.stages.dynamic_images.settings:DynamicImageSettings",
    check="merflow.stages.dynamic_images.settings:check_source",
    examples="merflow.stages.dynamic_images.examples:dynamic_image_features",
    picture="merflow.stages.dynamic_images.picture:draw_dynamic_images",
    quality="merflow.stages.dynamic_images.quality:QUALITY",
    shown=("dynamic_images.png",),
    drawn_alone=True,
    schema=KindSchema(
        description="What changes in a clip, pooled over time by rank, a picture of each view",
        fields={
            "image": Field(
                ("view", "view_y", "view_x", "domain"),
                "u1",
                "level",
                "each domain scaled by itself; missing = no change",
            ),
            "range": Field(
                ("view", "domain", "low_high"), "f4", "mm, level, grey level", "what 0 and 255 of each domain stand for"
            ),
            "magnified": Field(
                ("view", "view_y", "view_x", "domain"),
                "u1",
                "level",
                "the same of the magnified projections, for training only",
                optional=True,
            ),
            "magnified_range": Field(
                ("view", "domain", "low_high"),
                "f4",
                "mm, level, grey level",
                "what 0 and 255 of each domain of `magnified` stand for",
                optional=True,
            ),
            "seen": Field(("view",), "f4", "share of the pixels", "pixels that are pooled; the others show no change"),
            "filled": Field(("view",), "f4", "share of their values", "interpolated in time, where a frame has a hole"),
        },
        attrs={
            "yaws": "degrees of each view, positive: the face turned to image right; a sequence has one view, 0",
            "domains": "what each channel is of",
            "n_frames": "frames that were pooled",
            "passed_hz": "lowest and highest frequency that is magnified, Hz; nothing where none is",
            "notes": "what a person should know of this clip",
        },
    ),
)
