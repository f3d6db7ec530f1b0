"""From depth maps to the points of facial regions: back-projection, clouds, regions, sampling."""
