"""Input functions of the summary: which experiments have results."""

@cache
def results_found():
    """Return every experiment that has metrics when the jobs are planned."""
    return plan.found_results(project)


def results_to_summarise(wildcards):
    """Return what the summary reads of every experiment that can be made again here."""
    return plan.inputs_of_summary(results_found())
