"""From aligned faces to frames in which the motion since the onset is several times as large."""


rule train_magnifier:
    """Train the learned magnification on synthetic sub-pixel motions whose magnified targets are known."""
    output:
        weights=paths.magnifier("weights.pt"),
        history=paths.magnifier("history.csv"),
    log:
        paths.log("train_magnifier", "magnifier"),
    benchmark:
        paths.benchmark("train_magnifier", "magnifier")
    conda:
        "../../envs/training.yaml"
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        settings=config["magnifier"],
        seed=0,  # of the weights that merflow ships
        code=fingerprint("train_magnifier", "merflow.training.magnifier.train"),
    message:
        "Train the learned motion magnification"
    script:
        "../scripts/train_magnifier.py"


rule magnify_frames:
    """Take the motion of the head off the frames of each clip, and magnify what is left."""
    input:
        faces=upstream_shard("magnified", "faces"),
        weights=magnifier_weights,
    output:
        shard=paths.shard("{dataset}", "magnified", "{variant}", "{subject}"),
    log:
        paths.log("magnify_frames", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("magnify_frames", "{dataset}", "{variant}", "{subject}")
    conda:
        "../../envs/magnification.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    params:
        settings=variant_of("magnified"),
        weights=content_of_weights,
        refused=refused_clips("magnified"),
        code=fingerprint(
            "magnify_frames", "merflow.stages.magnified.stage", kind="magnified"
        ),
    message:
        "Magnify the motion of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/magnify_frames.py"
