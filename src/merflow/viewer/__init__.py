"""One clip to look at from all sides: a page with sliders through frames, flow over the face, a cloud to turn."""
