"""Snakemake's lock keeps one working directory; this one keeps the results folder, to which links may lead from two."""


onstart:
    if workflow.is_main_process and workflow.execution_settings.lock:
        plan.lock_results(Path(paths.RESULTS), directory=Path.cwd())
