"""Meshes of faces with texture, and their 3D landmarks: in memory, in files, straightened."""
