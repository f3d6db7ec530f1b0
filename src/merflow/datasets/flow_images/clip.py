"""Flow-image clip: what a ready picture says about its clip, and what it does not say."""

from merflow.datasets.clip import NO_FRAME, Clip


def clip_of_picture(dataset: str, *, subject: str, video: str, emotion: str, color: str) -> Clip:
    """Return the clip of a ready picture: no frame numbers, no frame rate, no action units.

    Parameters
    ----------
    dataset, subject, video, emotion : str
        As in ``Clip``.
    color : str
        The picture itself, below the root of the dataset.
    """
    return Clip(
        dataset=dataset,
        subject=subject,
        video=video,
        part="",
        expression="micro",
        onset=0,
        apex=NO_FRAME,
        offset=NO_FRAME,
        fps=0.0,
        aus="",
        emotion=emotion,
        objective="",
        color=color,
        depth="",
        notes="",
    )
