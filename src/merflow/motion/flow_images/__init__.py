"""Flow images: horizontal and vertical flow and optical strain as one small picture a clip."""
