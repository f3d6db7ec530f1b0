"""Refuse to train on examples that do not match the settings of the training.

``examples.h5`` is built with them (`merflow.config.inputs.example_settings`), so that the two agree in a workflow. A
caller of ``run_fold`` whose settings are not those of the file gets an error, and not a slightly wrong number.
"""

from merflow.artefacts import Examples
from merflow.errors import ConfigError
from merflow.stages.regions.thinning import POINTS, are_points
from merflow.training.settings import TrainingSettings

PICTURES = "rgb"
"""Last axis of examples that are pictures: flow images have their shape, and other channels."""


def check_as_asked(examples: Examples, training: TrainingSettings) -> None:
    """Refuse examples that were thinned, mirrored or read otherwise than the settings say.

    Raises
    ------
    ConfigError
        Names the setting, what the examples hold, and the next move.
    """
    if examples.dims[-1] != PICTURES and training.image_augmentation:
        raise ConfigError(
            "training.image_augmentation: expected pictures, whose last axis is rgb, but found examples with the axes "
            f"{', '.join(examples.dims)}. Set image_augmentation: false for this input."
        )
    _check_points(examples, training)
    if are_points(examples.x.shape[1:]):
        _check_mirrored(examples, training)


def _check_points(examples: Examples, training: TrainingSettings) -> None:
    shape, wanted = tuple(examples.x.shape[1:]), training.train_points
    if training.mirror and not are_points(shape):
        raise ConfigError(
            f"training.mirror: true: expected examples of shape {POINTS}, but found {shape}. Set mirror: false."
        )
    if wanted and not (are_points(shape) and shape[1] == wanted):
        raise ConfigError(
            f"training.train_points: expected examples of shape {POINTS} with {wanted} points, but found {shape}. "
            "Build the examples with this setting, or set train_points: 0 for all points that they hold."
        )


def _check_mirrored(examples: Examples, training: TrainingSettings) -> None:
    copied, clips = len(set(examples.copy_of.tolist())), len(examples.label)
    if copied != (clips if training.mirror else 0):
        raise ConfigError(
            f"training.mirror: {str(training.mirror).lower()}: expected examples with "
            f"{'the mirror image of each' if training.mirror else 'no mirror image of any'} of the {clips} clips, but "
            f"found mirror images of {copied}. Build the examples with the setting that trains on them."
        )
