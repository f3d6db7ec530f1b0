"""Motion between frames: optical flow, depth flow, normalisation and magnification."""
