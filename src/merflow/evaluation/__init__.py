"""From predictions to numbers: pooled metrics, their uncertainty, comparisons, and what papers published."""

from merflow.evaluation.aggregate import score_table
from merflow.evaluation.compare import compare_predictions
from merflow.evaluation.metrics import confusion_matrix
from merflow.evaluation.metrics_table import read_metrics, write_metrics
from merflow.evaluation.predictions import read_predictions
from merflow.evaluation.published import published

__all__ = [
    "compare_predictions",
    "confusion_matrix",
    "published",
    "read_metrics",
    "read_predictions",
    "score_table",
    "write_metrics",
]
