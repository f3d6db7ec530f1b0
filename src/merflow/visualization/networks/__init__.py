"""Pictures of what networks learn."""
