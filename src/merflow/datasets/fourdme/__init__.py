"""4DME: grey at 60 frames a second, several emotions and action units a clip."""
