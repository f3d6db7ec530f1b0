"""LBP-TOP: histograms of local binary patterns on three orthogonal planes of a clip."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    upstream="sequences",
    making=Making(
        rule="count_patterns",
        message="Count the local binary patterns",
        job="merflow.stages.lbp_top.job:make",
        reads=("sequences",),
        memory_mb=1000,
        minutes=10,
    ),
    settings="merflow.stages.lbp_top.settings:LbpTopSettings",
    examples="merflow.stages.lbp_top.examples:histogram_features",
    picture="merflow.stages.lbp_top.picture:draw_lbp_top",
    quality="merflow.stages.lbp_top.quality:QUALITY",
    exports="merflow.stages.lbp_top.export:EXPORTS",
    shown=("lbp_top.png",),
    drawn_alone=True,
    schema=KindSchema(
        description="Histograms of local binary patterns on the planes XY, XT and YT of a clip, block by block",
        fields={
            "histogram": Field(
                ("block_row", "block_column", "plane", "pattern"),
                "f4",
                "share of the pixels",
                "planes XY, XT, YT; the last of uniform patterns counts all that are not",
            ),
        },
        attrs={
            "n_frames": "frames of the clip that were read",
            "notes": "what a person should know of this clip",
        },
    ),
)
