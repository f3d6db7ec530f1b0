"""From predictions to numbers: pooled metrics, their uncertainty, comparisons, and what papers published."""

from merflow.evaluation.aggregate import read_predictions, score_table, write_metrics
from merflow.evaluation.compare import compare_predictions
from merflow.evaluation.metrics import confusion_matrix
from merflow.evaluation.published import published

__all__ = [
    "compare_predictions",
    "confusion_matrix",
    "published",
    "read_predictions",
    "score_table",
    "write_metrics",
]
