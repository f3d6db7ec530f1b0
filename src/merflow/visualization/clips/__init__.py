"""Pictures of clips: any kind of artefact, and a clip through every stage."""
