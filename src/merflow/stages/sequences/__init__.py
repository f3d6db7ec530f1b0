"""Sequences: whole clips resampled in time to one length."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    upstream="faces",
    making=Making(
        rule="resample_sequences",
        message="Resample the clips",
        job="merflow.stages.sequences.job:make",
        reads=("faces",),
        recorded="merflow.stages.sequences.settings:frames_read",
        minutes=60,
    ),
    settings="merflow.stages.sequences.settings:SequenceSettings",
    examples="merflow.stages.sequences.examples:sequence_features",
    picture="merflow.stages.sequences.picture:draw_sequences",
    exports="merflow.stages.sequences.export:EXPORTS",
    quality="merflow.stages.sequences.quality:QUALITY",
    shown=("sequences.png",),
    drawn_alone=True,
    training=("image_augmentation",),
    schema=KindSchema(
        description="Aligned frames of a whole clip, resampled in time to one length that keeps onset and apex",
        fields={
            "onset_color": Field(("aligned_y", "aligned_x", "rgb"), "u1", "grey level", "the first frame: the onset"),
            "difference": Field(
                ("node", "aligned_y", "aligned_x", "rgb"),
                "i2",
                "grey level",
                "each later frame minus the onset: node n is frame n + 1, and onset_color + difference gives it back",
            ),
            "position": Field(("frame",), "f8", "frame number", "where each frame lies among the official numbers"),
        },
        attrs={
            "apex": "index of the apex among the frames, 0 = the onset",
            "n_frames": "frames that are the clip's; those after them repeat the last one",
            "recorded": "official numbers of the frames that were read",
            "fps": "frames per second of the recording",
            "notes": "what a person should know of this clip",
        },
    ),
)
