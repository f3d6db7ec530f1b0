"""Faces at the scale of the aligned crop that move only by one expression, whose motion is known exactly."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from merflow.landmarks.alignment import ANCHORS, align_to_mean, transform_points
from merflow.stages.faces.settings import FaceSettings
from merflow.synthesis.actor import Actor, sample_actor
from merflow.synthesis.camera import Camera
from merflow.synthesis.ground_truth import landmark_rows, surface_motion
from merflow.synthesis.pose import Pose, sample_base_pose
from merflow.synthesis.rasterise import Raster, rasterise
from merflow.synthesis.render import Studio, render_color

FloatArray = NDArray[np.float64]

SUPERSAMPLING = 2
"""An aligned pixel gathers the light of more than one pixel of the recording; so does a pixel here."""

SOFTNESS_SD_PX = 0.45
"""Standard deviation of the blur of an aligned crop, aligned px: what alignment smooths as it shrinks the demo's
recording, and what it loses between pixels. Without it, hairs alias, and their jumps are no motion."""

REFERENCE_MM = 1.0
"""Displacement at which the moving region is found; where a display moves the face does not depend on how far."""

MOVING_SHARE = 0.25
"""What moves at least this share of the farthest is the moving region."""

SIZE_QUANTILE = 0.95
"""The size of a motion is this quantile of its length over the moving region: the farthest, but for single pixels."""

SIZE_TOLERANCE_PX = 1e-6
SIZE_ITERATIONS = 20


@dataclass(frozen=True)
class Scene:
    """One face and one display, seen by a camera whose picture is the aligned crop.

    Parameters
    ----------
    actor : Actor
    pose : Pose
        Of the head, in every frame.
    studio : Studio
    camera : Camera
        As ``aligned_camera`` makes it.
    aus : tuple of int
        Action units of the display.
    """

    actor: Actor
    pose: Pose
    studio: Studio
    camera: Camera
    aus: tuple[int, ...]

    @cached_property
    def rest(self) -> FloatArray:
        """Vertices (V, 3) of the onset, camera frame, mm."""
        return self.vertices(0.0)

    @cached_property
    def rest_raster(self) -> Raster:
        """What the pixels of the onset see."""
        return self.raster(self.rest)

    @cached_property
    def landmarks(self) -> FloatArray:
        """Landmarks (68, 2) of the onset, px."""
        return landmark_rows(self.rest, self.actor.head.landmarks, self.camera)[:, :2]

    @cached_property
    def moving(self) -> NDArray[np.bool_]:
        """The moving region (H, W) on the onset's pixels."""
        return moving_region(self.motion(REFERENCE_MM))

    def vertices(self, amount_mm: float) -> FloatArray:
        """Return the vertices (V, 3) with each action unit `amount_mm` from rest, camera frame, mm."""
        push = np.sum([self.actor.bases[au] for au in self.aus], axis=0)
        return self.pose.to_camera(self.actor.neutral + amount_mm * push, self.actor.head.pivot)

    def raster(self, vertices: FloatArray) -> Raster:
        """Return what each pixel sees."""
        return rasterise(vertices, self.actor.head.triangles, self.camera)

    def picture(self, vertices: FloatArray) -> NDArray[np.float32]:
        """Render vertices: (H, W, 3), grey levels, neither noisy nor rounded.

        Skin keeps the light that falls on it at rest. Smooth skin that turns brightens or darkens by as much as a
        motion of its texture does, and no multiple of a motion could explain the re-render then.
        """
        import cv2

        fine = self.camera.scaled(SUPERSAMPLING)
        seen = rasterise(vertices, self.actor.head.triangles, fine)
        image = render_color(self.rest, seen, self.actor, self.studio, fine, light=1.0)  # normals are those at rest
        image = cv2.GaussianBlur(image, (0, 0), SUPERSAMPLING * SOFTNESS_SD_PX).astype(np.float32)
        size = (self.camera.width, self.camera.height)
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.float32)

    def motion(self, amount_mm: float) -> FloatArray:
        """Return the motion (2, H, W) from rest to `amount_mm`, px, on the onset's pixels; background stays."""
        return self.motion_between(self.rest_raster, self.vertices(amount_mm))

    def motion_between(self, seen: Raster, vertices: FloatArray) -> FloatArray:
        """Return how far what each pixel sees is from where it lies in `vertices`, px; background stays."""
        window = (0, 0, self.camera.width, self.camera.height)
        motion, _ = surface_motion(seen, vertices, self.actor.head.triangles, self.camera, window)
        return np.nan_to_num(motion[:2], nan=0.0)

    def size_of(self, motion: FloatArray) -> float:
        """Return the size of a motion: the ``SIZE_QUANTILE`` of its length over the moving region, px."""
        return float(np.quantile(np.hypot(*motion)[self.moving], SIZE_QUANTILE))

    def amount_for(self, size_px: float) -> float:
        """Return the displacement of the action units, mm, whose motion has a size of `size_px`.

        Motion is all but proportional to displacement, so that a rule of three repeated ends at once.
        """
        if size_px == 0:
            return 0.0
        amount = REFERENCE_MM * size_px
        for _ in range(SIZE_ITERATIONS):
            found = self.size_of(self.motion(amount))
            if abs(found - size_px) <= SIZE_TOLERANCE_PX:
                return amount
            amount *= size_px / found
        raise ArithmeticError(f"no displacement of AU {self.aus} moves its region by {size_px:g} px, found {found:g}")


def moving_region(motion: FloatArray) -> NDArray[np.bool_]:
    """Return the pixels (H, W) that move at least ``MOVING_SHARE`` as far as the farthest."""
    length = np.hypot(*motion)
    return np.asarray(length >= MOVING_SHARE * length.max())


def sample_scenes(*, faces: int, displays: tuple[tuple[int, ...], ...], seed: int) -> list[Scene]:
    """Draw faces, each in one pose and one light, and let each show every display.

    Parameters
    ----------
    faces : int
    displays : tuple of tuple of int
        Action units that move together.
    seed : int
        The same seed gives the same scenes.

    Returns
    -------
    list of Scene
        Displays of a face lie next to each other.
    """
    scenes: list[Scene] = []
    for index in range(faces):
        identity_seed, pose_seed, studio_seed = np.random.SeedSequence([seed, index]).spawn(3)
        actor = sample_actor(int(identity_seed.generate_state(1)[0]))
        behind_eyes = -float(actor.head.pivot[2])
        pose = replace(sample_base_pose(np.random.default_rng(pose_seed), behind_eyes), roll=0.0)
        studio = Studio.sample(np.random.default_rng(studio_seed))
        camera = aligned_camera(actor, pose)
        scenes.extend(Scene(actor, pose, studio, camera, aus) for aus in displays)
    return scenes


def aligned_camera(actor: Actor, pose: Pose) -> Camera:
    """Return the camera that sees of a face what alignment would cut out of the recording.

    Parameters
    ----------
    actor : Actor
    pose : Pose
        Without roll: a camera has scale and shift, but does not turn the picture.

    Returns
    -------
    Camera
        Its pixels are aligned px of the default ``FaceSettings``.
    """
    settings, recording = FaceSettings(), Camera()
    landmarks = landmark_rows(pose.to_camera(actor.neutral, actor.head.pivot), actor.head.landmarks, recording)[:, :2]
    matrix = align_to_mean(landmarks, size_px=settings.size_px, margin=settings.margin)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    centre = landmarks[list(ANCHORS)].mean(axis=0)
    cx, cy = transform_points(matrix, centre) + scale * (np.array([recording.cx, recording.cy]) - centre)
    return Camera(f=scale * recording.f, cx=float(cx), cy=float(cy), width=settings.size_px, height=settings.size_px)
