"""Graphs: facial landmarks of onset, apex and offset, joined over space and time."""

from merflow.artefacts.schema import Field, KindSchema
from merflow.stages.declaration import Making, Stage

STAGE = Stage(
    upstream="magnified",
    making=Making(
        rule="build_graphs",
        message="Build the landmark graphs",
        job="merflow.stages.graphs.job:make",
        reads=("magnified",),
        files="merflow.stages.graphs.job:files_read",
        planned_files="merflow.stages.faces.settings:files_given",
    ),
    settings="merflow.stages.graphs.settings:GraphSettings",
    examples="merflow.stages.graphs.examples:graph_features",
    picture="merflow.stages.graphs.picture:draw_graphs",
    quality="merflow.stages.graphs.quality:QUALITY",
    shown=("graphs.png", "magnified.png", "flicker.png"),
    drawn_alone=True,
    schema=KindSchema(
        description="Facial landmarks of onset, apex and offset as a graph over space and time",
        fields={
            "landmarks": Field(("frame", "landmark", "xy"), "f4", "aligned px", "all 68 points (dlib order)"),
            "position": Field(("frame", "node", "xy"), "f4", "aligned px", "the points that are nodes"),
            "copies": Field(
                ("copy", "frame", "node", "xy"),
                "f4",
                "aligned px",
                "position once more, each time from the face cropped at another size: for training only",
                optional=True,
            ),
            "node": Field(("node",), "i2", "1", "landmark of each node, 0-based dlib order", index_of=("landmark",)),
            "neighbour": Field(
                ("node",), "i2", "1", "node that distance and angle of each node are measured to", index_of=("node",)
            ),
            "edge_index": Field(
                ("edge_end", "edge"),
                "i8",
                "1",
                "both directions of each edge; node n of frame f has number f * nodes + n",
                index_of=("frame", "node"),
            ),
        },
        attrs={
            "frames": "official frame numbers",
            "roles": "onset, apex, offset of each frame",
            "aligned_size": "side of the aligned face, px",
            "interocular_px": "distance between the middles of the eyes on the onset frame, aligned px",
            "notes": "what a person should know of this clip",
        },
    ),
)
