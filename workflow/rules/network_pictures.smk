"""Pictures of what networks learnt: features of their layers, graphs, weights, where they look."""


rule draw_learned_graph:
    """Draw the adjacency that the network learnt beside the given one, layer by layer, and its strongest edges."""
    input:
        folds=list_of_trained_folds,
        weights=weights_that_show("graph"),
        lists=lists_of_kinds("magnified", "graphs"),
    output:
        adjacency=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "adjacency.png"),
            caption="../report/adjacency.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "learnt adjacency"},
        ),
        edges=with_faces(
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
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        graphs=shards_of_kind("graphs"),
        magnified=shards_of_kind("magnified"),
        code=fingerprint_with_networks(
            "draw_learned_graph",
            "merflow.visualization.networks.adjacency",
            "merflow.visualization.networks.learned_edges",
        ),
    message:
        "Draw the graph that {wildcards.experiment} learnt ({wildcards.dataset})"
    script:
        "../scripts/draw_learned_graph.py"


rule draw_au_weights:
    """Draw how much each layer counts in the loss of the action units, fold by fold."""
    input:
        folds=list_of_trained_folds,
        weights=weights_that_show("units"),
    output:
        table=paths.experiment("{dataset}", "{experiment}", "au_weights.csv"),
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
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        code=fingerprint_with_networks(
            "draw_au_weights",
            "merflow.visualization.networks.au_weights",
            "merflow.training.learned",
        ),
    message:
        "Draw the weights of the AU loss of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/draw_au_weights.py"


rule draw_layers:
    """Draw what each layer of one trained network tells apart: t-SNE of all clips, the unseen ones ringed."""
    input:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
        folds=list_of_trained_folds,
        weights=weights_that_show("layers"),
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
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        code=fingerprint_with_networks(
            "draw_layers",
            "merflow.visualization.networks.layers",
            "merflow.visualization.networks.network_layers",
        ),
    message:
        "Draw the features of every layer of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/draw_layers.py"


rule compare_layers:
    """Draw what the layers of two networks tell apart, one above the other: with and without the AU loss, say."""
    input:
        examples=examples_of_both,
        folds=lists_of_both,
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
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        code=fingerprint_with_networks(
            "compare_layers",
            "merflow.visualization.networks.layers",
            "merflow.visualization.networks.network_layers",
        ),
    message:
        "Draw the features of {wildcards.first} above those of {wildcards.second} ({wildcards.dataset})"
    script:
        "../scripts/compare_layers.py"


rule draw_attention:
    """Draw where the first attention block of a sequence network looks, at five frames of one clip of each class."""
    input:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
        folds=list_of_trained_folds,
        weights=weights_that_show("attention"),
    output:
        picture=with_faces(
            paths.experiment("{dataset}", "{experiment}", "pictures", "attention.png"),
            caption="../report/attention.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "attention of the first block"},
        ),
    log:
        paths.log("draw_attention", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_attention", "{dataset}", "{experiment}")
    conda:
        "../../envs/networks.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        code=fingerprint_with_networks(
            "draw_attention",
            "merflow.visualization.networks.attention",
            "merflow.visualization.networks.network_attention",
        ),
    message:
        "Draw the attention of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/draw_attention.py"
