"""Pictures to check the data, drawn with Matplotlib's Agg backend.

``draw_shard`` draws any clip of any shard. Colour ranges are fixed and printed in each picture, so that two pictures
of one kind can be compared, and the same numbers always give the same bytes.
"""
