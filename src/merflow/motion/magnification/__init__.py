"""Motion magnification: a frame as it would look had everything moved several times as far since the onset."""
