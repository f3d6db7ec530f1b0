"""HOOF: histograms of oriented optical flow of a clip."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    upstream="sequences",
    making=Making(
        rule="sum_up_flow",
        message="Sum up the flow by direction",
        job="merflow.stages.hoof.job:make",
        reads=("faces", "sequences"),
    ),
    settings="merflow.stages.hoof.settings:HoofSettings",
    examples="merflow.stages.hoof.examples:histogram_features",
    picture="merflow.stages.hoof.picture:draw_hoof",
    quality="merflow.stages.hoof.quality:QUALITY",
    exports="merflow.stages.hoof.export:EXPORTS",
    shown=("hoof.png",),
    drawn_alone=True,
    schema=KindSchema(
        description="Histograms of the direction of optical flow between frames of a clip, block by block",
        fields={
            "histogram": Field(
                ("pair", "block_row", "block_column", "bin"),
                "f4",
                "share of the motion, or px",
                "bins from straight up, clockwise; px where the histograms are not normalised",
            ),
            "pairs": Field(
                ("measured", "from_to"),
                "i8",
                "frame of the sequence",
                "frames that flow was measured between",
                lowest=0,
            ),
        },
        attrs={"notes": "what a person should know of this clip"},
    ),
)
