"""Settings of a protocol and of a training run: typed, with defaults, unknown keys refused."""

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

from merflow.checks import check_choice, check_setting
from merflow.settings import to_plain

Protocol = Literal[
    "loso", "kfold_subject", "given_folds", "holdout", "cross_dataset", "cross_domain", "kfold_random_leaky"
]
Schedule = Literal["cosine", "constant", "exponential", "step"]
Optimiser = Literal["adam", "adamw", "sgd"]
Loss = Literal["cross_entropy", "focal"]
TestExpression = Literal["", "micro", "macro"]

EXECUTION_KEYS = ("folds_per_job",)
"""Settings of a training that no result depends on: what is recorded of a result leaves them out."""

_ONLY_WITH = {"momentum": ("optimiser", "sgd"), "step_epochs": ("schedule", "step")}
"""Settings that no result depends on without a value of another: a record has them only with it."""

_OFF = {"au_step_epochs": 0, "au_total": 0.0}
"""Settings that change nothing at this value: a record has them only with another."""

_OF_PROTOCOL = {"train": "cross_dataset", "test": "cross_dataset", "subjects": "holdout", "fold": "holdout"}
"""Settings that one protocol alone has: a record has them only with it, and another one refuses them."""

_EFFECTIVE_WITH = {
    "momentum": ("optimiser", "sgd"),
    "step_epochs": ("schedule", "step"),
    "final_rate": ("schedule", "exponential"),
    "warmup_steps": ("schedule", "cosine"),
    "focal_gamma": ("loss", "focal"),
}
"""Settings that a training reads with one value of another alone."""

_EFFECTIVE_ABOVE_0 = {"inner_folds": "early_stopping", "au_step_epochs": "au_beta", "au_total": "au_beta"}
"""Settings that a training reads where another is above 0."""

_LEAST = {
    "min_epochs": 1,
    "step_epochs": 1,
    "batch_size": 1,
    "inner_folds": 2,
    **dict.fromkeys(
        ("train_points", "min_steps", "learning_rate", "weight_decay", "warmup_steps", "au_beta", "momentum"), 0
    ),
    **dict.fromkeys(("focal_gamma", "early_stopping", "folds_per_job", "au_step_epochs"), 0),
}
"""Smallest value of each number."""


@dataclass(frozen=True, slots=True)
class ProtocolSettings:
    """How clips are split into training and test.

    Parameters
    ----------
    name : {"loso", "kfold_subject", "given_folds", "holdout", "cross_dataset", "cross_domain", "kfold_random_leaky"}
        Leave one subject out; k folds of subjects balanced by label; folds of subjects that the annotation gives
        (``Clip.fold``); one set of subjects for test; some datasets for training and another for test; macro clips of
        other subjects for training and micro clips for test; k folds of clips with subjects on both sides, only to
        reproduce a published row. docs/protocols.md says what each measures.
    k : int
        Number of folds, for the ``kfold`` protocols; of ``holdout`` that is drawn one subject in so many is tested.
    seed : int
        Of the split, for the ``kfold`` protocols and ``holdout``.
    test_expression : {"", "micro", "macro"}
        Test on these clips only; empty for all. ``cross_domain`` tests on micro clips.
    keep_test_subject_macro : bool
        ``cross_domain`` only: let the test subject's macro clips into training, so that one training serves all test
        subjects: there is one fold. The result then says so.
    subjects : tuple of str
        ``holdout`` only: the test subjects, as ``clips.csv`` names them; empty draws them.
    fold : str
        ``holdout`` only: the test subjects are those of this fold of the annotation (``Clip.fold``), such as the split
        that a challenge tested on.
    train : tuple of str
        ``cross_dataset`` only: members of a composite to train on.
    test : str
        ``cross_dataset`` only: its other member, to test on.
    """

    name: Protocol = "loso"
    k: int = 5
    seed: int = 0
    test_expression: TestExpression = ""
    keep_test_subject_macro: bool = False
    subjects: tuple[str, ...] = ()
    fold: str = ""
    train: tuple[str, ...] = ()
    test: str = ""

    def __post_init__(self) -> None:
        check_choice(self.name, "protocol.name", get_args(Protocol))
        check_choice(self.test_expression, "protocol.test_expression", get_args(TestExpression))
        check_setting(self.k >= 2, "protocol.k", expected="at least 2 folds", found=self.k)
        for key, name in _OF_PROTOCOL.items():
            found = getattr(self, key)
            fits = not found or self.name == name
            check_setting(fits, f"protocol.{key}", expected=f"none, since it belongs to {name}", found=found)
        if self.name == "cross_dataset":
            self._check_crossed()
        keeps, where = self.keep_test_subject_macro, "protocol.keep_test_subject_macro"
        crossed = self.name == "cross_domain"
        check_setting(crossed or not keeps, where, expected="false, since it belongs to cross_domain", found=keeps)
        micro, tested = "micro or '', since cross_domain tests on micro clips", self.test_expression
        check_setting(not crossed or tested != "macro", "protocol.test_expression", expected=micro, found=tested)
        different = len(set(self.subjects)) == len(self.subjects)
        check_setting(different, "protocol.subjects", expected="different subjects", found=list(self.subjects))
        one_way = not (self.fold and self.subjects)
        check_setting(one_way, "protocol.fold", expected="none beside protocol.subjects", found=self.fold)

    def _check_crossed(self) -> None:
        different = len(set(self.train)) == len(self.train) > 0
        check_setting(different, "protocol.train", expected="one or more different datasets", found=list(self.train))
        check_setting(bool(self.test), "protocol.test", expected="a dataset to test on", found=self.test)
        unknown = "a dataset that is none of protocol.train: it would be tested on what it was trained on"
        check_setting(self.test not in self.train, "protocol.test", expected=unknown, found=self.test)

    @property
    def one_subject_a_fold(self) -> bool:
        """Whether each fold tests one subject and is called after it."""
        return self.name == "loso" or (self.name == "cross_domain" and not self.one_training)

    @property
    def one_training(self) -> bool:
        """Whether all test clips have one fold, since every test subject would have the same training clips."""
        return self.name == "cross_domain" and self.keep_test_subject_macro

    @property
    def one_test(self) -> bool:
        """Whether there is one split, whose test subjects never train."""
        return self.name in ("holdout", "cross_dataset")

    @property
    def rest_trains(self) -> bool:
        """Whether each fold trains on every clip that other folds test, and on no other."""
        return not (self.one_test or self.name == "cross_domain" or self.test_expression)

    @property
    def datasets(self) -> tuple[str, ...]:
        """Members of a composite that ``cross_dataset`` trains on, then the one that it tests on; else none."""
        return (*self.train, self.test) if self.name == "cross_dataset" else ()

    @property
    def is_drawn(self) -> bool:
        """Whether folds, or the test subjects of ``holdout``, are drawn: `k` and `seed` say how."""
        named = self.subjects or self.fold
        return self.name in ("kfold_subject", "kfold_random_leaky") or (self.name == "holdout" and not named)

    def without_effect(self) -> dict[str, str]:
        """Return each setting that the protocol does not read, and what it belongs to."""
        drawn = "protocol.name kfold_subject, kfold_random_leaky or holdout without subjects or fold"
        return {} if self.is_drawn else {"k": drawn, "seed": drawn}

    def deciding(self) -> dict[str, Any]:
        """Return the settings that a split depends on, as plain values."""
        unused = [key for key in _OF_PROTOCOL if not getattr(self, key)]
        return {key: value for key, value in to_plain(self).items() if key not in unused}


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """Schedule of one training run: of fixed length, the last epoch counts, unless it is stopped early.

    Parameters
    ----------
    train_points : int
        Use every n-th of the ordered points of a region so that this many remain; 0 for all. It decides how examples
        are built.
    min_epochs : int
        Train for at least this many passes over the training clips, and for more until `min_steps` are reached.
    min_steps : int
        Train for at least this many optimiser steps, so that a small dataset trains as long as a large one.
    batch_size : int
        At most this many clips a step. An epoch is cut into batches as even as possible.
    learning_rate : float
        Largest step size of the optimiser.
    weight_decay : float
        L2 penalty of Adam and of SGD; of AdamW the share of the learning rate by which weights shrink.
    optimiser : {"adam", "adamw", "sgd"}
        Adam, Adam with decoupled weight decay, or stochastic gradient descent with `momentum`.
    schedule : {"cosine", "constant", "exponential", "step"}
        Course of the learning rate: half a cosine down to 0, constant, multiplied by the same factor in each step down
        to `final_rate`, or divided by 10 after every `step_epochs`.
    final_rate : float
        Learning rate at the end of ``exponential``, as a share of `learning_rate`.
    warmup_steps : int
        Steps over which the learning rate rises linearly before ``cosine`` starts.
    momentum : float
        Share of its last step that ``sgd`` adds to each step, below 1.
    step_epochs : int
        Passes over the training clips after which ``step`` divides the learning rate by 10, again and again.
    loss : {"cross_entropy", "focal"}
        Of the classes; ``focal`` gives less weight to clips that are classified well (Lin et al. 2017).
    focal_gamma : float
        Exponent of the focal loss; 0 is cross-entropy.
    class_weights : bool
        Weigh the loss by the inverse class frequency of the training fold; of labels that are told one by one, a clip
        that shows a label by absent / present.
    mirror : bool
        Train on the mirror image of each training clip too: an epoch has twice the clips. The regions must be symmetric
        and ranked as measured. Examples are built with the mirror images and have twice the size.
    image_augmentation : bool
        Alter the training clips in each step. Pictures are rotated, shifted, scaled, mirrored, changed in brightness,
        contrast and saturation, and get noise. Sequences are cropped and get other colours, all frames alike.
    au_beta : float
        Weight of the loss of the action units beside that of the classes (GTS-GN eq. 12), for models that have one; 0
        for none.
    au_step_epochs : int
        Passes over the training clips after which the weight of the action units is divided by 10, again and again; 0
        for never.
    au_total : float
        What the weights of both losses add up to, at least `au_beta` (1.1 in 4DME eq. 5): the classes have what the
        action units leave. 0 for a weight of the classes of 1.
    early_stopping : int
        Training ends after this many epochs without a lower loss on an inner split, and the epoch with the lowest loss
        is taken; 0 trains to the end on all training subjects.
    inner_folds : int
        One in this many training subjects is not fitted on, for `early_stopping`.
    oracle_best_epoch : bool
        Score also the epoch with the best result on the test clips. This is leakage, and is labelled so.
    folds_per_job : int
        Train up to this many folds one after the other in one job and one process; 0 for as many as are needed that the
        start of a job takes less than 5 % of it, in four to 256 jobs. A baseline always trains all. No
        result depends on it, and changing it makes nothing stale.
    """

    train_points: int = 0
    min_epochs: int = 30
    min_steps: int = 100
    batch_size: int = 24
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    optimiser: Optimiser = "adam"
    schedule: Schedule = "cosine"
    final_rate: float = 0.01
    warmup_steps: int = 10
    momentum: float = 0.9
    step_epochs: int = 40
    loss: Loss = "cross_entropy"
    focal_gamma: float = 2.0
    class_weights: bool = True
    mirror: bool = False
    image_augmentation: bool = False
    au_beta: float = 1.0
    au_step_epochs: int = 0
    au_total: float = 0.0
    early_stopping: int = 0
    inner_folds: int = 5
    oracle_best_epoch: bool = False
    folds_per_job: int = 0

    def __post_init__(self) -> None:
        check_choice(self.schedule, "training.schedule", get_args(Schedule))
        check_choice(self.optimiser, "training.optimiser", get_args(Optimiser))
        check_choice(self.loss, "training.loss", get_args(Loss))
        for name, least in _LEAST.items():
            found = getattr(self, name)
            check_setting(found >= least, f"training.{name}", expected=f"at least {least}", found=found)
        check_setting(self.momentum < 1, "training.momentum", expected="below 1", found=self.momentum)
        total, allowed = self.au_total, f"0, or at least au_beta ({self.au_beta:g})"
        check_setting(not total or total >= self.au_beta, "training.au_total", expected=allowed, found=total)
        rate = self.final_rate
        check_setting(0 < rate <= 1, "training.final_rate", expected="a share above 0 and up to 1", found=rate)

    @property
    def gamma(self) -> float:
        """Exponent of the loss that is asked for: that of the focal loss, or 0 for cross-entropy."""
        return self.focal_gamma if self.loss == "focal" else 0.0

    def without_effect(self) -> dict[str, str]:
        """Return each setting that the training does not read beside the others, and what it belongs to."""
        of_word = _EFFECTIVE_WITH.items()
        unread = {key: f"training.{other} {word}" for key, (other, word) in of_word if getattr(self, other) != word}
        off = {key: other for key, other in _EFFECTIVE_ABOVE_0.items() if not getattr(self, other)}
        return unread | {key: f"training.{other} above 0" for key, other in off.items()}

    def deciding(self) -> dict[str, Any]:
        """Return the settings that a result depends on, as plain values."""
        unused = [key for key, (other, value) in _ONLY_WITH.items() if getattr(self, other) != value]
        unused += [key for key, value in _OFF.items() if getattr(self, key) == value]
        return {key: value for key, value in to_plain(self).items() if key not in (*EXECUTION_KEYS, *unused)}


def schedule_length(clips: int, settings: TrainingSettings) -> tuple[int, int]:
    """Return (epochs, batches an epoch).

    Convention
    ----------
    By hand: 84 clips in batches of at most 24 are 4 batches of 21, and 30 epochs are 120 steps, which is enough;
    40 clips are 2 batches of 20, and at least 100 steps take 50 epochs.
    """
    batches = math.ceil(clips / settings.batch_size)
    return max(settings.min_epochs, math.ceil(settings.min_steps / batches)), batches
