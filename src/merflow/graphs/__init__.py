"""Landmark graphs: a few facial landmarks of onset, apex and offset, joined over space and time."""
