"""Eulerian magnification (Wu et al. 2012, section 3): what changed at a pixel is multiplied.

To first order a picture that moves by d changes by minus its gradient times d, so that a multiple of the change is a
multiple of the motion. That holds while the multiple stays well below the finest wavelength: beyond, edges overshoot
and the gain falls. There are two frames only, so that the paper's filter over time has no counterpart here.
"""

import numpy as np

from merflow.stages.magnified.sampling import Image
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.steady import FramePair, steady_frame


def linear(pair: FramePair, settings: MagnificationSettings) -> Image:
    """Add `factor` - 1 times the band-limited difference between the steady frame and the onset to that frame.

    Parameters
    ----------
    pair : FramePair
    settings : MagnificationSettings
        Reads ``factor`` and ``linear``.

    Returns
    -------
    ndarray of shape (H, W, 3), float32
        Grey levels, not rounded.
    """
    steady = steady_frame(pair)
    change = steady - pair.onset
    band = _smooth(change, settings.linear.fine_sd_px) - _smooth(change, settings.linear.coarse_sd_px)
    return steady + (settings.factor - 1) * band


def _smooth(image: Image, sd_px: float) -> Image:
    import cv2

    if sd_px == 0:
        return image
    smooth = cv2.GaussianBlur(image, (0, 0), sd_px, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(smooth, dtype=np.float32)
