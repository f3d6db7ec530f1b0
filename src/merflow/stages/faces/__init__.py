"""Faces: crops, landmarks and alignment of the frames that later stages need, from recorded frames."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    making=Making(
        rule="extract_faces",
        message="Find the faces",
        job="merflow.stages.faces.job:make",
        recorded="merflow.stages.faces.settings:frames_read",
        files="merflow.stages.faces.job:files_read",
        planned_files="merflow.stages.faces.settings:files_given",
    ),
    settings="merflow.stages.faces.settings:FaceSettings",
    picture="merflow.stages.faces.picture:draw_faces",
    exports="merflow.stages.faces.export:EXPORTS",
    quality="merflow.stages.faces.quality:QUALITY",
    schema=KindSchema(
        description="Face crops and landmarks of the frames that later stages need",
        fields={
            "aligned_color": Field(
                ("frame", "aligned_y", "aligned_x", "rgb"), "u1", "grey level", "face warped onto the mean shape"
            ),
            "native_depth": Field(
                ("frame", "native_y", "native_x"),
                "f4",
                "mm",
                "depth of the native crop, not resampled",
                missing="NaN",
                optional=True,
            ),
            "landmarks": Field(("frame", "landmark", "xy"), "f4", "px", "68 points (dlib order) in the full frame"),
            "aligned_from_image": Field(
                ("affine_row", "affine_col"), "f8", "px", "similarity: full-frame (x, y, 1) to aligned (x, y)"
            ),
        },
        attrs={
            "frames": "official frame numbers",
            "roles": "onset, apex, ... of each frame",
            "native_origin": "full-frame (x, y) of pixel (0, 0) of the native crop, px",
            "native_size": "(width, height) of the native crop, px",
            "image_size": "(width, height) of the full frame, px",
            "score": "face detector's score on the onset frame",
            "faces_found": "faces that the detector saw there; the largest is used",
            "notes": "what a person should know of this clip",
        },
    ),
)
