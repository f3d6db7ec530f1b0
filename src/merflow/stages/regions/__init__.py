"""Regions: the points of eight facial regions that move most."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    upstream="clouds",
    making=Making(
        rule="sample_regions",
        message="Sample the regions",
        job="merflow.stages.regions.job:make",
        reads=("faces", "clouds"),
    ),
    settings="merflow.stages.regions.region_points:RegionSettings",
    examples="merflow.stages.regions.examples:region_features",
    picture="merflow.stages.regions.picture:draw_regions",
    quality="merflow.stages.regions.quality:QUALITY",
    shown=("clips", "faces.png", "flow.png", "depth_flow.png", "clouds.png", "regions.png"),
    training=("train_points", "mirror"),
    schema=KindSchema(
        description="The points of eight facial regions, ordered as the variant selects them",
        fields={
            "points": Field(
                ("region", "sample", "xyzuvz"), "f4", "m, m, m, aligned px, aligned px, mm", "x, y, z and raw u, v, dz"
            ),
            "normalised": Field(("region", "sample", "uvz"), "f4", "1", "u, v, dz scaled into [-1, 1]"),
            "aligned_xy": Field(("region", "sample", "xy"), "f4", "aligned px", "the point on the aligned face"),
            "index": Field(("region", "sample"), "i4", "1", "the point's row in the clouds artefact", lowest=0),
            "count": Field(
                ("region",), "i4", "1", "points that the region really has; fewer than samples: they cycle", lowest=1
            ),
            "divisor": Field(
                ("orientation", "sign"),
                "f4",
                "aligned px or mm",
                "what positive and negative motion is divided by: of the face, and of the face mirrored",
            ),
        },
        attrs={"aligned_size": "side of the aligned face, px"},
    ),
)
