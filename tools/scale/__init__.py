"""What a dataset of a known size costs, from what its stages cost here; the tables of docs/scale.md."""
