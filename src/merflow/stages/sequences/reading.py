"""Reading: the frames of a clip on the face's aligned grid at the size of the sequence, head motion off if asked for.

As recorded, a frame is resampled once, by one matrix that joins alignment and size. With head motion off
it is aligned as the faces shard has it, steadied there as magnification does it, and brought to size. One bilinear
resampling of all three would blur each frame otherwise where a small face is enlarged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.datasets.reading.frame_source import FrameSource
from merflow.datasets.reading.frames import is_grey
from merflow.landmarks.alignment import transform_points, warp_aligned
from merflow.stages.faces.crops import read_alike
from merflow.stages.faces.reading import role_index
from merflow.stages.flow.dense_flow import dense_flow
from merflow.stages.flow.head_motion import Affine
from merflow.stages.magnified.steady import FramePair, estimate_head_motion, steady_frame
from merflow.stages.sequences.settings import SequenceSettings

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class AlignedFace:
    """What the faces shard knows of a clip's onset, and all that its frames are aligned by.

    Attributes
    ----------
    aligned_from_image : ndarray of shape (2, 3)
        Full-image px to aligned px.
    color : ndarray of shape (S, S, 3), uint8
        The aligned onset.
    landmarks : ndarray of shape (68, 2)
        Of the onset, aligned px.
    """

    aligned_from_image: Affine
    color: Image
    landmarks: NDArray[np.float64]


def aligned_face(faces: Shard, clip: str) -> AlignedFace:
    """Read the onset of a clip from a shard of kind ``faces``.

    Raises
    ------
    BadClipError
        When the shard keeps no onset.
    """
    onset = role_index(faces, clip, "onset")
    matrix = faces.read(clip, "aligned_from_image")
    landmarks = transform_points(matrix, faces.read(clip, "landmarks")[onset])
    return AlignedFace(matrix, faces.read(clip, "aligned_color")[onset], landmarks)


class FrameReader:
    """Decode the frames of one clip, and put them onto the grid of its sequence.

    Parameters
    ----------
    source : FrameSource
        Of the colour frames.
    onset : int
        Frame number of the onset, which is decoded here: the others must be like it.
    face : AlignedFace
    settings : SequenceSettings
        Reads ``size_px``, ``head_motion`` and ``flow``.

    Raises
    ------
    BadClipError
        When the onset is missing or does not decode.
    """

    def __init__(self, source: FrameSource, onset: int, face: AlignedFace, settings: SequenceSettings) -> None:
        self._source, self._onset, self._face, self._settings = source, onset, face, settings
        onset_picture = source.read(onset)
        self._onset_image, self._bits = onset_picture.rgb, onset_picture.bits
        self._grey = is_grey(self._onset_image)

    def decode(self, number: int) -> Image:
        """Return a full frame (H, W, 3); the onset is in memory already.

        Raises
        ------
        BadClipError
            When the frame is missing, does not decode, or differs from the onset in size, in bits or in having colours.
        """
        if number == self._onset:
            return self._onset_image
        height, width = self._onset_image.shape[:2]
        return read_alike(self._source, number, (height, width), grey=self._grey, bits=self._bits)

    def align(self, number: int, image: Image) -> Image:
        """Return the face (size_px, size_px, 3) of a full frame.

        Raises
        ------
        BadClipError
            When the face is too small for the fit of the head's motion.
        """
        matrix, size_px = self._face.aligned_from_image, self._settings.size_px
        if self._settings.head_motion != "none":
            image, matrix = self._steady(number, image), np.eye(2, 3)
        return warp_aligned(image, scaled_transform(matrix, size_px / len(self._face.color)), size_px=size_px)

    def _steady(self, number: int, image: Image) -> Image:
        """Return the face on the aligned grid of the faces shard, on the onset's head pose."""
        face = self._face
        if number == self._onset:
            return face.color
        aligned = warp_aligned(image, face.aligned_from_image, size_px=len(face.color))
        flow = dense_flow(face.color, aligned, self._settings.flow)
        head_motion = estimate_head_motion(flow, face.landmarks, self._settings.head_motion)
        steady = steady_frame(FramePair(face.color, aligned, head_motion))
        return np.asarray(np.rint(steady.clip(0, 255)), dtype=np.uint8)


def scaled_transform(matrix: Affine, scale: float) -> Affine:
    """Change the size of the grid that a (2, 3) transform leads to.

    Parameters
    ----------
    matrix : ndarray of shape (2, 3)
        Source px to px of a grid of S.
    scale : float
        New size / S.

    Returns
    -------
    ndarray of shape (2, 3), float64
        Source px to px of a grid of scale S that covers the same square. Pixel centres are integers, so that x becomes
        (x + .5) scale - .5: by hand, at half the size, 0.5 between the first two pixels is pixel 0.
    """
    scaled = np.asarray(matrix, dtype=np.float64) * scale
    scaled[:, 2] += 0.5 * scale - 0.5
    return scaled
