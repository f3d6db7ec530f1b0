"""From recordings to every kind of artefact, as the stages declare how their shards are made (src/merflow/stages).

A job makes the shards of several subjects and writes their list. A shard is no output of such a job: each is written
when it is whole, and a job that runs again keeps those that were made of the same things. A shard that is asked for by
its path has a second rule, which runs after that job and makes the shard only if it is forced or damaged.
"""


localrules:
    list_shards,


for kind, number, making in plan.makings():

    rule:
        """Make the shards of a stage for several subjects, and list them."""
        name:
            making.rule
        input:
            clips=ancient(index_of_dataset),
            lists=lists_read(kind, making),
            raw=recordings_read(making),
            files=results_read(kind, making),
        output:
            done=paths.batch_list("{dataset}", kind, "{variant}", "{batch}"),
        log:
            paths.log(making.rule, "{dataset}", "{variant}", "{batch}"),
        benchmark:
            paths.benchmark(making.rule, "{dataset}", "{variant}", "{batch}")
        wildcard_constraints:
            dataset=datasets_of(kind, making),
            variant=variants_of(kind, making),
            batch=plan.BATCH,
        conda:
            f"../../envs/{making.environment}.yaml"
        resources:
            mem_mb=grows(making.memory_mb),
            runtime=runtime_of_subjects(making.minutes),
        params:
            **what_decides(kind, number, making),
            code=fingerprint("make_shards", *plan.making_modules(making), kind=kind),
        message:
            f"{making.message} of {{params.subjects}} ({{wildcards.dataset}}, {{wildcards.variant}})"
        script:
            "../scripts/make_shards.py"

    rule:
        """Make one shard that is asked for by its path, once the job of its subject's batch has made what is stale."""
        name:
            f"{making.rule}_of_subject"
        input:
            clips=ancient(index_of_dataset),
            listed=ancient(list_of_subject(kind)),
            shards=ancient(shards_read(kind, making)),
            raw=recordings_read(making),
            files=results_read(kind, making),
        output:
            shard=update(paths.shard("{dataset}", kind, "{variant}", "{subject}")),
        log:
            paths.log(
                f"{making.rule}_of_subject", "{dataset}", "{variant}", "{subject}"
            ),
        benchmark:
            paths.benchmark(
                f"{making.rule}_of_subject", "{dataset}", "{variant}", "{subject}"
            )
        wildcard_constraints:
            dataset=datasets_of(kind, making),
            variant=variants_of(kind, making),
        conda:
            f"../../envs/{making.environment}.yaml"
        resources:
            mem_mb=grows(making.memory_mb),
            runtime=runtime_of_subjects(making.minutes),
        params:
            **what_decides(kind, number, making),
            code=fingerprint("make_shards", *plan.making_modules(making), kind=kind),
        message:
            f"{making.message} of {{wildcards.subject}} ({{wildcards.dataset}}, {{wildcards.variant}})"
        script:
            "../scripts/make_shards.py"


rule list_shards:
    """Join the lists of all jobs that made the shards of a variant: how they were divided is no part of it."""
    input:
        lists=lists_of_batches,
    output:
        done=paths.shard_list("{dataset}", "{kind}", "{variant}"),
    log:
        paths.log("list_shards", "{dataset}", "{kind}", "{variant}"),
    wildcard_constraints:
        kind=plan.one_of(STAGES),
    conda:
        "../../envs/preprocessing.yaml"
    params:
        made_of=made_of_variant,
    message:
        "List the shards of {wildcards.kind}/{wildcards.variant} ({wildcards.dataset})"
    shell:
        "awk '!seen[$0]++' {input.lists} < /dev/null > {output.done} 2> {log}"
