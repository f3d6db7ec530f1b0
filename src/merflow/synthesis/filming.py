"""Film one clip: pose the face, render and sense each frame, and keep what is known exactly."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.actor import Actor
from merflow.synthesis.camera import Camera
from merflow.synthesis.conditions import Conditions
from merflow.synthesis.ground_truth import (
    GroundTruth,
    face_window,
    landmark_rows,
    still_visible,
    surface_motion,
    write_ground_truth,
)
from merflow.synthesis.layout import ClipRecord, Layout
from merflow.synthesis.occluders import Occluders, sample_drift
from merflow.synthesis.occlusion import Layer, hidden, lay_over, layers_of, nearest_depth
from merflow.synthesis.performance import Performance, pose_face
from merflow.synthesis.rasterise import rasterise
from merflow.synthesis.render import Studio, render_color
from merflow.synthesis.sensors import NoiseBank, sense_color, sense_depth
from merflow.synthesis.settings import SynthesisSettings
from merflow.synthesis.shot import Shot
from merflow.synthesis.writer import ground_truth_path, write_frame

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is filmed where, and under which conditions.

    Parameters
    ----------
    actor : Actor
        Who shows the expression.
    studio : Studio
        Where.
    occluders : Occluders or None
        What is before the face.
    conditions : Conditions or None
        Of the clip, for the record.
    """

    actor: Actor
    studio: Studio
    occluders: Occluders | None = None
    conditions: Conditions | None = None


def film_clip(
    root: Path,
    record: ClipRecord,
    performance: Performance,
    *,
    scene: Scene,
    layout: Layout,
    bank: NoiseBank,
    rng: np.random.Generator,
    settings: SynthesisSettings,
) -> None:
    """Render one clip and write its frames and its ground truth.

    Parameters
    ----------
    root : Path
        Folder of the dataset.
    record : ClipRecord
        Names the clip and numbers its frames.
    performance : Performance
        What is shown.
    scene : Scene
        Who shows it, and where.
    layout : Layout
        Camera, what is written of the clip and where. The colour and depth cameras share one pixel grid.
    bank : NoiseBank
        The sensors' noise.
    rng : numpy.random.Generator
        Draws the noise, and how a hand slides on the face.
    settings : SynthesisSettings
        Sensors.
    """
    timing, actor = performance.timing, scene.actor
    faces = pose_face(actor.neutral, actor.bases, performance)
    frames = [pose.to_camera(face, actor.head.pivot) for face, pose in zip(faces, performance.poses, strict=True)]
    camera = layout.clip_camera(landmark_rows(frames[timing.onset], actor.head.landmarks, layout.camera)[:, :2])
    kept = layout.kept(timing)
    layers = _layers(scene, performance, camera, rng, layout.recording.fps)  # of a frame, made when it is asked for
    for step in kept:
        vertices, light = frames[step], float(performance.light[step])
        raster, before = rasterise(vertices, actor.head.triangles, camera), layers(step)
        image = render_color(vertices, raster, actor, scene.studio, camera, light=light, ss=settings.ss)
        lay_over(image, raster, before, scene.studio, camera, light=light)
        image = _grey(image) if layout.grey else image
        color = sense_color(image, bank, rng, noise_sd=settings.noise_sd, blur_px=settings.blur_px)
        depth = None
        if layout.has_depth:
            depth = sense_depth(
                nearest_depth(raster, before),
                bank,
                rng,
                f=camera.f,
                depth_sub=settings.depth_sub,
                noise=settings.depth_noise,
                hole_share=settings.depth_holes,
            )
        write_frame(layout.frame_paths(root, record, record.onset + step - timing.onset), color, depth)
    truth = exact_truth(frames[: kept.stop], faces[timing.apex], performance, scene, camera, layers)
    path = ground_truth_path(root, record.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_ground_truth(path, truth)
    shot = Shot(frames=frames, kept=kept, performance=performance, actor=actor, studio=scene.studio, settings=settings)
    layout.film_beside(root, record, shot, rng.spawn(1)[0])  # spawned: the draws above are those of every layout


def _layers(
    scene: Scene, performance: Performance, camera: Camera, rng: np.random.Generator, fps: float
) -> Callable[[int], list[Layer]]:
    """Return what gives the layers before the face in a frame; without occluders nothing is drawn of `rng`."""
    if scene.occluders is None:
        return lambda step: []
    drift = sample_drift(rng, len(performance.poses), fps)
    occluders, pivot = scene.occluders, scene.actor.head.pivot
    return lambda step: layers_of(occluders, performance.poses[step], pivot, drift[step], camera)


def _grey(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the luma (H, W) of an RGB image (H, W, 3)."""
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32, copy=False)


def exact_truth(
    frames: list[FloatArray],
    apex_face: FloatArray,
    performance: Performance,
    scene: Scene,
    camera: Camera,
    layers: Callable[[int], list[Layer]],
) -> GroundTruth:
    """Return the ground truth of a clip; its rows of landmarks and intensity start at the onset.

    Parameters
    ----------
    frames : list of ndarray of shape (V, 3)
        Vertices of each frame from the first one filmed to the last one kept, camera frame, mm.
    apex_face : ndarray of shape (V, 3)
        Vertices of the apex in the head frame: put into the onset's pose they give the expression-only motion.
    performance : Performance
        What is shown.
    scene : Scene
        Who shows it, and under which conditions.
    camera : Camera
        Projection.
    layers : callable
        Gives what is before the face in a frame.

    Returns
    -------
    GroundTruth
    """
    head, timing, conditions = scene.actor.head, performance.timing, scene.conditions
    triangles, shown = head.triangles, slice(timing.onset, len(frames))
    onset, apex = (rasterise(frames[i], triangles, camera) for i in (timing.onset, timing.apex))
    landmarks = np.stack([landmark_rows(vertices, head.landmarks, camera) for vertices in frames[shown]])
    window = face_window(landmarks[0, :, :2], camera)
    flow, points_after = surface_motion(onset, frames[timing.apex], triangles, camera, window)
    held = performance.poses[timing.onset].to_camera(apex_face, head.pivot)
    expression_flow, _ = surface_motion(onset, held, triangles, camera, window)
    x0, y0, x1, y1 = window
    occluded = hidden(onset, layers(timing.onset))[y0:y1, x0:x1]
    seen = replace(apex, depth=np.where(hidden(apex, layers(timing.apex)), np.float32(0), apex.depth))
    return GroundTruth(
        bbox=window,
        flow=flow.astype(np.float16),
        expression_flow=expression_flow.astype(np.float16),
        visible=still_visible(points_after, seen, camera) & ~occluded,
        occluded=occluded,
        landmarks=landmarks.astype(np.float32),
        intensity=timing.intensity()[shown].astype(np.float32),
        aus={f"{au}": round(mm, 4) for au, mm in performance.amplitudes.items()},
        conditions={} if conditions is None else conditions.record(),
    )
