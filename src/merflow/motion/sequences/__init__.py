"""Sequences: whole clips resampled in time, as differences to the onset."""
