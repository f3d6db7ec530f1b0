"""From recorded frames to face crops and landmarks."""


rule extract_faces:
    """Detect the face on the onset frame, align the frames that later stages need, and find their landmarks."""
    input:
        clips=index_of_dataset,
        raw=rendered_recordings,
    output:
        shard=paths.shard("{dataset}", "faces", "{variant}", "{subject}"),
    log:
        paths.log("extract_faces", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("extract_faces", "{dataset}", "{variant}", "{subject}")
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        settings=variant_of("faces"),
        refused=refused_clips("faces"),
        recorded=frames_of_subject,
        code=fingerprint(
            "extract_faces",
            "merflow.stages.faces.stage",
            "merflow.datasets.clip_table",
            kind="faces",
        ),
    message:
        "Find the faces of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/extract_faces.py"
