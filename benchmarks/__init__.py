"""Speed of merflow's own kernels, as ratios against what else one would use. Run: make bench."""
