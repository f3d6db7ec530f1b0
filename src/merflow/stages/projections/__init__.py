"""Projections: each face of a clip from the left, the front and the right, as depth, enhanced depth and texture."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

DEPTH_STEP_MM = 2**-6
"""Of a stored depth (.0045 mm rms): below the noise of a scanner."""

GZIP_LEVEL = 1
"""Of the pictures: with 4 they take 4 % less room, and half as much time again to be written."""

STAGE = Stage(
    upstream="meshes",
    making=Making(
        rule="project_meshes",
        message="Project the meshes",
        job="merflow.stages.projections.job:make",
        reads=("meshes",),
        minutes=30,
    ),
    instead={
        "faces": Making(
            rule="project_depth_frames",
            message="Project the faces in depth",
            job="merflow.stages.projections.job:make_of_faces",
            reads=("faces",),
            recorded="merflow.stages.projections.settings:frames_read",
            camera="merflow.stages.projections.settings:camera_told",
            depth=True,
            minutes=30,
        )
    },
    settings="merflow.stages.projections.settings:ProjectionSettings",
    picture="merflow.stages.projections.picture:draw_projections",
    quality="merflow.stages.projections.quality:QUALITY",
    drawn_alone=True,
    schema=KindSchema(
        description="Straightened faces of a clip seen from several sides without perspective",
        fields={
            "depth": Field(
                ("picture", "view_y", "view_x"),
                "f4",
                "mm",
                "towards the viewer from the middle of the view (DPI); picture = frame * views + view",
                missing="NaN",
                step=DEPTH_STEP_MM,
                gzip_level=GZIP_LEVEL,
            ),
            "enhanced": Field(
                ("picture", "view_y", "view_x"),
                "u2",
                "level",
                "depth with its contrast raised (E-DPI); 0 = missing",
                gzip_level=GZIP_LEVEL,
            ),
            "texture": Field(
                ("picture", "view_y", "view_x", "rgb"),
                "u1",
                "grey level",
                "0 = missing",
                optional=True,
                gzip_level=GZIP_LEVEL,
            ),
            "hidden": Field(
                ("picture", "view_y", "view_x"),
                "u1",
                "yes or no",
                "of depth frames: 1 = the camera could not see what is there; 0 = it saw it, or nothing is there",
                optional=True,
            ),
            "covered": Field(("picture",), "f4", "share of the pixels", "pixels that see the face"),
        },
        attrs={
            "yaws": "degrees of each view, positive: the face turned to image right",
            "mm_per_px": "size of a pixel",
            "frames": "numbers of the files",
            "fps": "frames per second, of depth frames the mean of those that are projected",
            "apex": "index of the apex among the frames, 0 = the onset",
            "notes": "what a person should know of this clip",
        },
    ),
)
