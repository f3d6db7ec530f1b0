"""Faults of recordings, each planted once among embedded clips: how many of them the quality pages flag."""
