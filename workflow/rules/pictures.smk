"""Pictures of magnification and landmark graphs, and of what a network learnt from them."""


rule draw_magnification:
    """Draw one clip before and after magnification, and the two in turns."""
    input:
        clips=paths.clips("{dataset}"),
        shards=shards_of_kind("magnified"),
        faces=shards_of_kind("faces"),
    output:
        magnified=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "magnified.png"),
            caption="../report/magnified.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "magnified", "clip": "first"},
        ),
        flicker=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "flicker.png"),
            caption="../report/flicker.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "flicker", "clip": "first"},
        ),
    log:
        paths.log("draw_magnification", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_magnification", "{dataset}", "{experiment}")
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint(
            "merflow.visualization.draw",
            "merflow.visualization.flicker",
            "merflow.visualization.choice",
        ),
    message:
        "Draw a magnified clip of {wildcards.dataset} ({wildcards.experiment})"
    script:
        "../scripts/draw_magnification.py"


rule draw_graphs:
    """Draw the landmark graph of one clip on its face, and how its nodes move."""
    input:
        clips=paths.clips("{dataset}"),
        shards=shards_of_kind("graphs"),
        magnified=shards_of_kind("magnified"),
    output:
        graphs=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "graphs.png"),
            caption="../report/graphs.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "graphs", "clip": "first"},
        ),
    log:
        paths.log("draw_graphs", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_graphs", "{dataset}", "{experiment}")
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint("merflow.visualization.draw", "merflow.visualization.choice"),
    message:
        "Draw a landmark graph of {wildcards.dataset} ({wildcards.experiment})"
    script:
        "../scripts/draw_graphs.py"


rule draw_learned_graph:
    """Draw the adjacency that the network learnt beside the given one, layer by layer, and its strongest edges."""
    input:
        weights=weights_of_experiment,
        graphs=shards_of_kind("graphs"),
        magnified=shards_of_kind("magnified"),
    output:
        adjacency=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "adjacency.png"),
            caption="../report/adjacency.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "learnt adjacency"},
        ),
        edges=report(
            paths.experiment(
                "{dataset}", "{experiment}", "pictures", "learned_edges.png"
            ),
            caption="../report/learned_edges.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "strongest learnt edges"},
        ),
    log:
        paths.log("draw_learned_graph", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_learned_graph", "{dataset}", "{experiment}")
    conda:
        "../../envs/networks.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=fingerprint(
            "merflow.visualization.adjacency", "merflow.visualization.learned_edges"
        ),
    message:
        "Draw the graph that {wildcards.experiment} learnt ({wildcards.dataset})"
    script:
        "../scripts/draw_learned_graph.py"


rule draw_au_weights:
    """Draw how much each layer counts in the loss of the action units, fold by fold."""
    input:
        weights=weights_of_experiment,
    output:
        table=report(
            paths.experiment("{dataset}", "{experiment}", "au_weights.csv"),
            caption="../report/au_weights.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"table": "weights of the AU loss"},
        ),
        picture=report(
            paths.experiment(
                "{dataset}", "{experiment}", "pictures", "au_weights.png"
            ),
            caption="../report/au_weights.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "weights of the AU loss"},
        ),
    log:
        paths.log("draw_au_weights", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_au_weights", "{dataset}", "{experiment}")
    conda:
        "../../envs/networks.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=fingerprint("merflow.visualization.au_weights", "merflow.training.learned"),
    message:
        "Draw the weights of the AU loss of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/draw_au_weights.py"


rule draw_layers:
    """Draw what each layer of one trained network tells apart: t-SNE of all clips, the unseen ones ringed."""
    input:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
        weights=weights_of_experiment,
    output:
        picture=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "layers.png"),
            caption="../report/layers.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "features of every layer"},
        ),
    log:
        paths.log("draw_layers", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_layers", "{dataset}", "{experiment}")
    conda:
        "../../envs/networks.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=fingerprint(
            "merflow.visualization.layers", "merflow.visualization.network_layers"
        ),
    message:
        "Draw the features of every layer of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/draw_layers.py"


rule compare_layers:
    """Draw what the layers of two networks tell apart, one above the other: with and without the AU loss, say."""
    input:
        examples=examples_of_both,
        weights=weights_of_both,
    output:
        picture=report(
            paths.comparison("{dataset}", "{first}", "{second}", "-layers.png"),
            caption="../report/layers.rst",
            category="{dataset}",
            subcategory="compare",
            labels={"figure": "{first} and {second}, features of every layer"},
        ),
    log:
        paths.log("compare_layers", "{dataset}", "{first}-vs-{second}"),
    benchmark:
        paths.benchmark("compare_layers", "{dataset}", "{first}-vs-{second}")
    conda:
        "../../envs/networks.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=fingerprint(
            "merflow.visualization.layers", "merflow.visualization.network_layers"
        ),
    message:
        "Draw the features of {wildcards.first} above those of {wildcards.second} ({wildcards.dataset})"
    script:
        "../scripts/compare_layers.py"
