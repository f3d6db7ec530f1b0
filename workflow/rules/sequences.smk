"""From recorded frames and the onset's alignment to sequences of one length."""


rule resample_sequences:
    """Align every frame of each clip, and interpolate in time to one length that keeps onset, apex and offset."""
    input:
        clips=index_of_dataset,
        faces=upstream_shard("sequences", "faces"),
        raw=rendered_recordings,
    output:
        shard=paths.shard("{dataset}", "sequences", "{variant}", "{subject}"),
    log:
        paths.log("resample_sequences", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("resample_sequences", "{dataset}", "{variant}", "{subject}")
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    params:
        settings=variant_of("sequences"),
        refused=refused_clips("sequences"),
        recorded=frames_of_sequence,
        code=fingerprint(
            "resample_sequences",
            "merflow.stages.sequences.stage",
            "merflow.datasets.clip_table",
            kind="sequences",
        ),
    message:
        "Resample the clips of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/resample_sequences.py"
