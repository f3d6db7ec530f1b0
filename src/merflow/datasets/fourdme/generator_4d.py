"""4DME with its other cameras: textured meshes, and colour and depth of a second camera, beside the grey frames.

How the release names and stores them is in no public source. The names here are merflow's own, and those that the
reader looks for unless its settings say others.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.fourdme.generator import CLIPS, FourdmeLayout
from merflow.meshes.files import write_landmarks, write_mesh
from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_npz
from merflow.synthesis.layout import ClipRecord, FramePaths
from merflow.synthesis.scanning import (
    ORIGIN_MM,
    WORLD_FROM_CAMERA,
    Scan,
    Scanner,
    draw_debris,
    scan_frame,
    texture_jpeg,
    to_world,
    world_from_head,
)
from merflow.synthesis.second_camera import SecondCamera, film_with
from merflow.synthesis.shot import Shot
from merflow.synthesis.writer import ground_truth_path

MESHES, COLOR, DEPTH = "mesh_micro", "rgb_micro", "depth_micro"
CAMERAS = "cameras.json"
_MAX_DELAY = 0.5  # of a grey frame: software starts the cameras together


@dataclass(frozen=True, slots=True, kw_only=True)
class Fourdme4DLayout(FourdmeLayout):
    """The layout of the clips, with what the other cameras record.

    Parameters
    ----------
    scanner : Scanner
        Of the meshes.
    changing : Scanner
        Of the second clip of each subject, whose meshes have another topology in each frame.
    second : SecondCamera
        Of colour and depth.
    """

    scanner: Scanner
    changing: Scanner
    second: SecondCamera

    def film_beside(self, root: Path, record: ClipRecord, shot: Shot, rng: np.random.Generator) -> None:
        """Write the meshes of a clip, its frames of the second camera, and the truth of both.

        The first clip of the first subject has its meshes as OBJ, all others as PLY.
        """
        scans_rng, frames_rng = rng.spawn(2)
        delay = float(frames_rng.uniform(0.0, _MAX_DELAY))
        below = Path(record.subject, record.video)
        film_with(
            self.second,
            shot,
            delay,
            frames_rng,
            lambda number: FramePaths(
                root / COLOR / below / f"img_{number:05d}.jpg", root / DEPTH / below / f"img_{number:05d}.png"
            ),
        )
        film = record.video.partition("_")[0]
        scans = _film_scans(
            root / MESHES / below,
            ".obj" if record.subject == self.subject(0) and film == "001" else ".ply",
            shot,
            self.changing if film == "002" else self.scanner,
            scans_rng,
        )
        _write_truth(ground_truth_path(root, f"{record.id}_scans"), shot, scans, delay / self.recording.fps)

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the sheet of micro-expressions, and the cameras."""
        FourdmeLayout.write_sheets(self, root, records)
        second = self.second.from_first()
        world = np.column_stack([WORLD_FROM_CAMERA.T, ORIGIN_MM])
        grey_from_world = np.vstack([world, [0, 0, 0, 1]])
        cameras = {
            "unit": "mm",
            "world": "frame of the meshes and of their landmarks: x right, y up, z towards the viewer",
            "gray": _described(self.camera, self.recording.fps, grey_from_world[:3]),
            "rgb, depth": _described(
                self.second.camera, self.recording.fps / self.second.every, second @ grey_from_world
            ),
        }
        (root / CAMERAS).write_text(json.dumps(cameras, indent=2) + "\n")


def _described(camera: Camera, fps: float, camera_from_world: NDArray[np.float64]) -> dict[str, object]:
    return {
        "f_px": camera.f,
        "cx_px": camera.cx,
        "cy_px": camera.cy,
        "width": camera.width,
        "height": camera.height,
        "fps": fps,
        "camera_from_world": (camera_from_world.round(9) + 0.0).tolist(),
    }


def _film_scans(folder: Path, suffix: str, shot: Shot, scanner: Scanner, rng: np.random.Generator) -> list[Scan]:
    """Write mesh, texture and landmarks of each frame, and return what was scanned."""
    folder.mkdir(parents=True, exist_ok=True)
    first = shot.frames[shot.kept.start]
    debris = draw_debris(scanner, to_world(first[shot.actor.head.landmarks]).mean(axis=0), rng)
    scans = []
    for number, step in enumerate(shot.kept, start=1):
        scan = scan_frame(shot.frames[step], shot.actor.head, scanner, rng, debris)
        name = f"{number:05d}"
        jpeg = texture_jpeg(shot.actor.texture, scanner, float(shot.performance.light[step]))
        (folder / f"{name}.jpg").write_bytes(jpeg)
        write_mesh(folder / f"{name}{suffix}", replace(scan.mesh, texture=f"{name}.jpg"))
        write_landmarks(folder / f"{name}.lm3", scan.landmarks)
        scans.append(scan)
    return scans


def _write_truth(path: Path, shot: Shot, scans: Sequence[Scan], delay_s: float) -> None:
    """Write ``gt/<clip>_scans.npz``; n frames, in the frame of the meshes, mm.

    ================  ==============  ==============================================================
    name              dtype, shape    meaning
    ================  ==============  ==============================================================
    world_from_head   f8 (n, 3, 4)    pose of the head: takes (x, y, z, 1) of the head frame
    landmarks         f8 (n, 68, 3)   without noise
    spike_frame       i4 (s,)         frame and vertex of the mesh of each vertex off the surface
    spike_vertex      i4 (s,)
    delay_s           f8 ()           of the second camera after the first
    ================  ==============  ==============================================================
    """
    head = shot.actor.head
    poses = [shot.performance.poses[step] for step in shot.kept]
    write_npz(
        path,
        {
            "world_from_head": np.stack([world_from_head(pose, head.pivot) for pose in poses]),
            "landmarks": np.stack([to_world(shot.frames[step][head.landmarks]) for step in shot.kept]),
            "spike_frame": np.repeat(np.arange(len(scans)), [len(one.spikes) for one in scans]).astype(np.int32),
            "spike_vertex": np.concatenate([one.spikes for one in scans]).astype(np.int32),
            "delay_s": np.array(delay_s),
        },
    )


CLIPS_4D = Fourdme4DLayout(
    entries=(*CLIPS.entries, MESHES, COLOR, DEPTH, CAMERAS),
    first_frames=CLIPS.first_frames,
    recording=CLIPS.recording,
    camera=CLIPS.camera,
    grey=CLIPS.grey,
    whole_video=CLIPS.whole_video,
    unit_factors=CLIPS.unit_factors,
    folder=CLIPS.folder,
    scanner=Scanner(),
    changing=Scanner(holes=6),
    second=SecondCamera(camera=Camera(f=525.0, cx=319.5, cy=239.5, width=640, height=480)),
)
