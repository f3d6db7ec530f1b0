"""BU-4DFE with its meshes, whose textures are the pictures, and the 83 landmarks of each frame."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.bu4dfe.generator import LANDMARKS, PICTURES, Bu4dfeLayout
from merflow.meshes.files import write_binghamton, write_mesh
from merflow.synthesis.binghamton import binghamton_vertices
from merflow.synthesis.camera import Camera
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.scanning import ORIGIN_MM, WORLD_FROM_CAMERA, Scanner, scan_frame, to_world
from merflow.synthesis.shot import Shot

_NOTHING_AROUND = np.empty((0, 4, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bu4dfe4DLayout(Bu4dfeLayout):
    """BU-4DFE with its meshes, whose textures are the pictures, and the landmarks in the folder of these.

    Parameters
    ----------
    scanner : Scanner
        Of the meshes.
    """

    scanner: Scanner

    def film_beside(self, root: Path, record: ClipRecord, shot: Shot, rng: np.random.Generator) -> None:
        """Write ``F001/Angry/000.wrl`` and ``BU4DFE_BND_V1.1/F001/Angry/000.bnd`` of each frame."""
        pictures = root / record.subject / record.video
        landmarks = root / LANDMARKS / record.subject / record.video
        landmarks.mkdir(parents=True, exist_ok=True)
        for number, step in enumerate(shot.kept):
            scan = scan_frame(shot.frames[step], shot.actor.head, self.scanner, rng, _NOTHING_AROUND)
            uv = _picture_coordinates(self.camera, scan.mesh.vertices)
            name = f"{number:03d}"
            write_mesh(pictures / f"{name}.wrl", replace(scan.mesh, uv=uv, texture=f"{name}.jpg"))
            marked = to_world(shot.frames[step][binghamton_vertices()])
            noise = rng.normal(0.0, self.scanner.landmark_noise_mm, marked.shape)
            write_binghamton(landmarks / f"{name}.bnd", marked + noise)


def _picture_coordinates(camera: Camera, vertices: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return where vertices (V, 3) of the frame of the meshes are in the picture, as shares (V, 2) of its size."""
    xy = camera.project(vertices @ WORLD_FROM_CAMERA + ORIGIN_MM)
    return np.clip((xy + 0.5) / [camera.width, camera.height], 0.0, 1.0).astype(np.float32)


WITH_MESHES = Bu4dfe4DLayout(
    entries=PICTURES.entries,
    first_frames=PICTURES.first_frames,
    recording=PICTURES.recording,
    camera=PICTURES.camera,
    scanner=Scanner(debris=0),
)
