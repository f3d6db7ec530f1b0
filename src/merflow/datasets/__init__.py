"""Datasets: from an official layout to one table of clips. Every special case of a release is read or refused.

Each folder but ``reading`` is a dataset and declares it (``DATASET``); adding one is adding a folder.
"""
