"""Meshes: the face of each recorded mesh of a clip, straightened to the frontal mean face."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

VERTEX_STEP_MM = 2**-7
"""Of a stored coordinate (.0023 mm rms): scanners of faces measure to some hundredths of a millimetre."""

UV_STEP = 2**-14
"""Of a texture coordinate: a thirty-second of a texel of 512."""

STAGE = Stage(
    making=Making(
        rule="straighten_meshes",
        message="Straighten the meshes",
        job="merflow.stages.meshes.job:make",
        recorded="merflow.stages.meshes.settings:frames_read",
        minutes=60,
    ),
    settings="merflow.stages.meshes.settings:MeshSettings",
    picture="merflow.stages.meshes.picture:draw_meshes",
    quality="merflow.stages.meshes.quality:QUALITY",
    exports="merflow.stages.meshes.export:EXPORTS",
    drawn_alone=True,
    schema=KindSchema(
        description="The face of each recorded mesh of a clip, laid on the frontal mean face",
        fields={
            "vertices": Field(
                ("vertex", "xyz"),
                "f4",
                "mm",
                "of all frames, one after the other; frontal frame: x right, y up, z towards the viewer",
                missing="NaN",
                step=VERTEX_STEP_MM,
            ),
            "triangles": Field(
                ("triangle", "corner"),
                "i4",
                "vertex of the frame",
                "once where all frames have one topology, else of all frames, one after the other",
                lowest=0,
            ),
            "uv": Field(
                ("uv_vertex", "uv"),
                "f4",
                "of width and height",
                "texture coordinates of the vertices, v down; once, or of all frames, as the triangles",
                step=UV_STEP,
                optional=True,
            ),
            "texture": Field(
                ("frame", "texture_y", "texture_x", "rgb"),
                "u1",
                "grey level",
                "part of the texture that shows the face",
                optional=True,
            ),
            "landmarks": Field(
                ("frame", "landmark", "xyz"),
                "f4",
                "mm",
                "68 points (dlib order), frontal frame",
                step=VERTEX_STEP_MM,
                missing="NaN",
            ),
            "frontal_from_mesh": Field(
                ("frame", "xyz", "rigid_col"), "f8", "mm", "rigid: mm of the file (x, y, z, 1) to the frontal frame"
            ),
            "residual": Field(
                ("frame",), "f4", "mm", "root mean square distance of the fitted landmarks from the mean"
            ),
        },
        attrs={
            "frames": "numbers of the meshes' files",
            "fps": "meshes per second, as many as the frames from onset to offset take",
            "apex": "index of the apex among the frames, 0 = the onset",
            "vertex_counts": "vertices of each frame",
            "triangle_counts": "triangles of each frame, or of all of them where there is one number",
            "missing_vertices": "vertices of each frame that lie off the surface, and are missing",
            "notes": "what a person should know of this clip",
        },
    ),
)
