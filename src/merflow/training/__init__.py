"""Training one fold: splits by subject, examples, schedule, loop, and yardsticks behind the same interface."""

from merflow.training.fold import run_fold
from merflow.training.folds import Fold, make_folds
from merflow.training.settings import ProtocolSettings, TrainingSettings

__all__ = ["Fold", "ProtocolSettings", "TrainingSettings", "make_folds", "run_fold"]
