"""Pages of results: one experiment, and all of them side by side."""
