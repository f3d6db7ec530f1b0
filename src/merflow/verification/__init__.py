"""Artefacts of an embedded dataset held against its exact ground truth, and exact steps against other libraries."""
