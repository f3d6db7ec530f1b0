"""merflow: from raw micro-expression video to cached features and leave-one-subject-out metrics."""

__version__ = "0.1.0"
