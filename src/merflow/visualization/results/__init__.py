"""Pictures of results: confusion, training curves, comparisons."""
