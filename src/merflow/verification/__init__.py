"""Compare artefacts of an embedded dataset with its exact ground truth, and exact steps with other libraries."""
