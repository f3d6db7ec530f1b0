"""What compression of a recording costs: the demo in the layout of a user's own study, as videos of several rates."""
