"""Where networks look: the mean activation maps of an experiment, and the correlation of those of two."""


rule draw_activation:
    """Draw the mean activation map of each label over the mean face, by networks that did not see the clips."""
    input:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
        folds=list_of_trained_folds,
        weights=weights_that_show("activation"),
    output:
        picture=with_faces(
            paths.experiment(
                "{dataset}", "{experiment}", "pictures", "activation.png"
            ),
            caption="../report/activation.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "activation maps"},
        ),
    log:
        paths.log("draw_activation", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_activation", "{dataset}", "{experiment}")
    conda:
        "../../envs/networks.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        settings=settings_of_maps,
        code=fingerprint_with_networks(
            "draw_activation",
            "merflow.training.activation_maps",
            "merflow.visualization.networks.activation",
        ),
    message:
        "Draw the activation maps of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/draw_activation.py"


rule correlate_maps:
    """Correlate the mean activation maps of two experiments, action units with emotions, say, as 4DME's Table 9 does."""
    input:
        examples=examples_with_maps,
        folds=lists_with_maps,
        weights=weights_with_maps,
    output:
        table=paths.activation_maps("{dataset}", "{first}", "{second}", ".csv"),
        picture=report(
            paths.activation_maps("{dataset}", "{first}", "{second}", ".png"),
            caption="../report/map_correlations.rst",
            category="{dataset}",
            subcategory="compare",
            labels={"figure": "{first} and {second}, activation maps"},
        ),
        maps=paths.activation_maps("{dataset}", "{first}", "{second}", ".npz"),
    log:
        paths.log("correlate_maps", "{dataset}", "{first}-vs-{second}"),
    benchmark:
        paths.benchmark("correlate_maps", "{dataset}", "{first}-vs-{second}")
    conda:
        "../../envs/networks.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        settings=settings_of_maps,
        code=fingerprint_with_networks(
            "correlate_maps",
            "merflow.evaluation.map_correlations",
            "merflow.training.activation_maps",
            "merflow.visualization.results.map_correlations",
        ),
    message:
        "Correlate the activation maps of {wildcards.first} and {wildcards.second} ({wildcards.dataset})"
    script:
        "../scripts/correlate_maps.py"
