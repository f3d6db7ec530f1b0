"""What pictures share: canvas, colours, points, landmarks, and the shards behind a shard."""
