"""What ``make benchmark`` runs, and the tables of docs/benchmark.md."""
