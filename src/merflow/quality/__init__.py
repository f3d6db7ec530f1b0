"""Quality control of a dataset: the numbers of every clip, what is flagged, and the pages that show it."""
