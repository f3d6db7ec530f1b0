"""A scene filmed for the measurement of magnification: what a method is given, and what it should give back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.verification.magnification_folds import fold_depth, fold_lines, fold_map, paint_folds
from merflow.verification.magnification_scenes import REFERENCE_MM, Scene, moving_region

FloatArray = NDArray[np.float64]
Image = NDArray[np.float32]

TEAR = 0.2
"""Neighbouring pixels whose motions differ by this share of its size see two surfaces; skin stretches by a tenth."""

EDGE_MARGIN_PX = 3.0
"""Half the width of the cubic spline that reads a picture between its pixels, and one pixel."""


@dataclass(frozen=True, slots=True)
class MotionClip:
    """An onset, a frame in which something has moved, and the same frame rendered with the motion magnified.

    Attributes
    ----------
    size_px : float
        Size of the motion, px; 0: nothing moves.
    onset, frame : ndarray of shape (H, W, 3), uint8
        As a camera sees them: with noise, then rounded.
    clean_onset, clean_frame : ndarray of shape (H, W, 3), float32
        Before noise and rounding, grey levels.
    target : ndarray of shape (H, W, 3), float32
        The exact re-render: each action unit displaced `factor` times as far. Neither noisy nor rounded.
    motion : ndarray of shape (2, H, W)
        True motion from onset to frame on the onset's pixels, px.
    pixels : ndarray of shape (H, W), bool
        Where a method is judged: the moving region of the onset, and where the re-render has carried it, away from
        edges of the skin.
    """

    size_px: float
    onset: NDArray[np.uint8]
    frame: NDArray[np.uint8]
    clean_onset: Image
    clean_frame: Image
    target: Image
    motion: FloatArray
    pixels: NDArray[np.bool_]


def film_pair(
    scene: Scene, *, size_px: float, factor: float, noise_sd: float, seed: tuple[int, ...]
) -> dict[bool, MotionClip]:
    """Film a motion twice: without wrinkles and with them.

    Parameters
    ----------
    scene : Scene
    size_px : float
        Size of the motion, as ``Scene.size_of`` measures it, px.
    factor : float
        How many times as far things have moved in the exact re-render.
    noise_sd : float
        Standard deviation of the camera's noise, white, grey levels; added before rounding to 8 bit.
    seed : tuple of int
        Of the noise, which is the same in both clips.

    Returns
    -------
    dict of bool to MotionClip
        True: with wrinkles.
    """
    amount = scene.amount_for(size_px)
    near, far = scene.vertices(amount), scene.vertices(factor * amount)
    onset, frame, target = (scene.picture(vertices) for vertices in (scene.rest, near, far))
    near_to_onset, far_to_onset = (scene.motion_between(scene.raster(v), scene.rest) for v in (near, far))
    carried = moving_region(far_to_onset) if size_px > 0 else scene.moving
    pixels = (scene.moving | carried) & whole_skin(scene, reach_px=factor * size_px)
    motion = scene.motion(amount)
    lines = fold_map(fold_lines(scene.landmarks, scene.aus), (scene.camera.height, scene.camera.width))
    clips = {}
    for wrinkles in (False, True):
        depths = [fold_depth(size_px * times) if wrinkles else 0.0 for times in (1.0, factor)]
        clean = paint_folds(frame, lines, near_to_onset, depth=depths[0])
        wanted = paint_folds(target, lines, far_to_onset, depth=depths[1])
        rng = np.random.default_rng(seed)
        sensed = [sense(picture, rng, noise_sd=noise_sd) for picture in (onset, clean)]
        clips[wrinkles] = MotionClip(size_px, sensed[0], sensed[1], onset, clean, wanted, motion, pixels)
    return clips


def whole_skin(scene: Scene, *, reach_px: float) -> NDArray[np.bool_]:
    """Tell which pixels no edge of the skin comes near: the head's outline, the lips' where they part.

    There a motion covers or lays bare what is behind, of which the onset tells nothing.

    Parameters
    ----------
    scene : Scene
    reach_px : float
        How far the skin moves.

    Returns
    -------
    ndarray of shape (H, W), bool
    """
    from scipy.ndimage import distance_transform_edt

    motion = scene.motion(REFERENCE_MM)
    jump = np.zeros(motion.shape[1:])
    for axis in (1, 2):
        step = np.linalg.norm(np.diff(motion, axis=axis), axis=0)
        before, after = ((0, 1), (0, 0)), ((1, 0), (0, 0))
        for pad in (before, after):
            jump = np.maximum(jump, np.pad(step, pad if axis == 1 else pad[::-1]))
    skin = scene.rest_raster.covered & (jump < TEAR * scene.size_of(motion))
    return np.asarray(distance_transform_edt(skin) > reach_px + EDGE_MARGIN_PX)


def sense(picture: Image, rng: np.random.Generator, *, noise_sd: float) -> NDArray[np.uint8]:
    """Add white noise to a picture and round it to 8 bit."""
    noisy = picture + rng.normal(0.0, noise_sd, picture.shape)
    return np.rint(np.clip(noisy, 0, 255)).astype(np.uint8)
