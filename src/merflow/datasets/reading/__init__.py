"""What the readers of datasets share: folders, frames, sheets and their cells."""
