"""Bounds and checks for files that others have made: sheets, pictures, HDF5, weights, YAML."""
