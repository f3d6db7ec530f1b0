"""Faces: detection, landmarks, the aligned crop for motion and the native crop for geometry."""
