"""What training costs on a GPU, and whether it computes what a CPU computes; started by tools/gpu_check.sh."""
