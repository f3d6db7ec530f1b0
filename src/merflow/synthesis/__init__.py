"""The demo dataset: synthetic subjects with known motion, depth and landmarks, laid out on disk as CAS(ME)^3 is."""
