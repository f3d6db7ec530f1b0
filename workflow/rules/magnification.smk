"""The learned magnification, which is trained on synthetic motions and belongs to no dataset."""


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
