"""Several networks of one kind as one program: weights side by side, and layers that leave padding out."""
