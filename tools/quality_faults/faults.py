"""The faults: each is a function that changes one recording, or its row in the sheet."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
from tools.quality_faults.recording import Picture, Recording, write

from merflow.datasets.reading.frames import read_unchanged

Fault = Callable[[Recording, Recording], None]
"""(recording, a recording of the next subject) -> changed in place."""


def _gain(factor: float, picture: Picture) -> Picture:
    return np.clip(factor * picture.astype(np.float64), 0, 255).astype(np.uint8)


def _blur(sd: float, picture: Picture) -> Picture:
    return cv2.GaussianBlur(picture, (0, 0), sd)


def _noise(sd: float, picture: Picture) -> Picture:
    noise = np.random.default_rng(0).normal(0, sd, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _moved(
    picture: Picture, *, turn_deg: float = 0.0, scale: float = 1.0, shift: tuple[float, float] = (0, 0)
) -> Picture:
    """Turn, scale and shift a picture about its middle; depth is not mixed across edges."""
    height, width = picture.shape[:2]
    matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, scale), dtype=np.float64)
    matrix[:, 2] += shift
    flags = cv2.INTER_LINEAR if picture.ndim == 3 else cv2.INTER_NEAREST
    return cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _both(change: Callable[[Picture], Picture], one: Recording, numbers: list[int]) -> None:
    one.change(change, numbers)
    one.change_depth(change, numbers)


def copied_apex(one: Recording, _: Recording) -> None:
    """Put the file of the onset in the place of the apex."""
    one.take(one, one.clip.onset, one.clip.apex)


def encoded_apex(one: Recording, _: Recording) -> None:
    """Put the picture of the onset, encoded again, in the place of the apex; depth stays."""
    write(one.color(one.clip.apex), read_unchanged(one.color(one.clip.onset)), quality=88)


def apex_of_another_subject(one: Recording, other: Recording) -> None:
    """Take the apex of another subject."""
    one.take(other, other.clip.apex, one.clip.apex)


def wrong_apex(one: Recording, _: Recording) -> None:
    """Name the frame before the offset as the apex in the sheet."""
    one.clip = replace(one.clip, apex=one.clip.offset - 1)


def dark_apex(one: Recording, _: Recording) -> None:
    """Leave the apex 0.8 of its light."""
    one.change(partial(_gain, 0.8), [one.clip.apex])


def dark_clip(one: Recording, _: Recording) -> None:
    """Leave all frames 0.15 of their light."""
    one.change(partial(_gain, 0.15), one.numbers)


def bright_clip(one: Recording, _: Recording) -> None:
    """Give all frames 1.6 times their light."""
    one.change(partial(_gain, 1.6), one.numbers)


def blurred_apex(one: Recording, _: Recording) -> None:
    """Blur the apex by 1.2 px."""
    one.change(partial(_blur, 1.2), [one.clip.apex])


def blurred_clip(one: Recording, _: Recording) -> None:
    """Blur all frames by 2 px."""
    one.change(partial(_blur, 2.0), one.numbers)


def noisy_apex(one: Recording, _: Recording) -> None:
    """Add noise of 8 grey levels to the apex."""
    one.change(partial(_noise, 8.0), [one.clip.apex])


def compressed_apex(one: Recording, _: Recording) -> None:
    """Make the apex a JPEG of quality 10."""
    one.change(lambda picture: picture, [one.clip.apex], quality=10)


def shifted_depth(one: Recording, _: Recording) -> None:
    """Shift depth by 60 px to the right of colour."""
    one.change_depth(partial(_moved, shift=(60, 0)), one.numbers)


def depth_times_10(one: Recording, _: Recording) -> None:
    """Write depth in tenths of mm."""
    one.change_depth(lambda depth: np.minimum(10 * depth.astype(np.int64), 65535).astype(depth.dtype), one.numbers)


def depth_times_2(one: Recording, _: Recording) -> None:
    """Write depth in halves of mm."""
    one.change_depth(lambda depth: 2 * depth, one.numbers)


def depth_of_another_clip(one: Recording, other: Recording) -> None:
    """Take the depth of the apex of another subject."""
    content = other.depth(other.clip.apex).read_bytes()
    one.depth(one.clip.apex).unlink()
    one.depth(one.clip.apex).write_bytes(content)


def depth_holes(one: Recording, _: Recording) -> None:
    """Remove the depth of a cheek at the apex."""
    left, top = one.landmarks[3].astype(int)
    nose = one.landmarks[33].astype(int)

    def hole(depth: Picture) -> Picture:
        holed = depth.copy()
        holed[top - 60 : top + 60, left : nose[0] - 10] = 0
        return holed

    one.change_depth(hole, [one.clip.apex])


def second_face(one: Recording, other: Recording) -> None:
    """Put another face beside the subject in all frames, at 0.8 of the size."""
    left, top = np.maximum(other.landmarks.min(axis=0).astype(int) - (30, 90), 0)
    right, bottom = other.landmarks.max(axis=0).astype(int) + np.array((30, 30))
    picture = read_unchanged(other.color(other.clip.onset))
    face = cv2.resize(picture[top:bottom, left:right], None, fx=0.8, fy=0.8)

    def paste(picture: Picture) -> Picture:
        pasted = picture.copy()
        pasted[40 : 40 + face.shape[0], 20 : 20 + face.shape[1]] = face
        return pasted

    one.change(paste, one.numbers)


def hand_at_the_apex(one: Recording, _: Recording) -> None:
    """Cover a corner of the mouth by skin at the apex, in colour and depth."""
    x, y = one.landmarks[48].astype(int)

    def cover(picture: Picture) -> Picture:
        covered = picture.copy()
        value = (120, 150, 205) if picture.ndim == 3 else 520
        cv2.ellipse(covered, (int(x) - 20, int(y) + 20), (55, 30), -35, 0, 360, value, -1)
        return covered

    _both(cover, one, [one.clip.apex])


def blink_at_the_apex(one: Recording, _: Recording) -> None:
    """Stretch the skin above each eye over it at the apex."""

    def close(picture: Picture) -> Picture:
        closed = picture.copy()
        for eye in (slice(36, 42), slice(42, 48)):
            points = one.landmarks[eye]
            x0, x1 = int(points[:, 0].min()) - 6, int(points[:, 0].max()) + 6
            top, bottom = int(points[:, 1].min()) - 3, int(points[:, 1].max()) + 1
            lid = picture[top - 8 : top, x0:x1]
            closed[top - 8 : bottom, x0:x1] = cv2.resize(lid, (x1 - x0, bottom - top + 8))
            cv2.line(closed, (x0 + 8, bottom), (x1 - 8, bottom), (30, 40, 60), 2, cv2.LINE_AA)
        return closed

    one.change(close, [one.clip.apex])


def head_turn(one: Recording, _: Recording) -> None:
    """Tilt the head by 4 degrees and move it by 10 px at the apex."""
    _both(partial(_moved, turn_deg=4.0, shift=(10, 4)), one, [one.clip.apex])


def rolled_camera(one: Recording, _: Recording) -> None:
    """Tilt the camera by 25 degrees in all frames."""
    _both(partial(_moved, turn_deg=25.0), one, one.numbers)


def far_face(one: Recording, _: Recording) -> None:
    """Scale the picture to 0.4 of its size in all frames, as from farther away."""
    _both(partial(_moved, scale=0.4), one, one.numbers)


def mirrored_apex(one: Recording, _: Recording) -> None:
    """Mirror the apex."""
    _both(lambda picture: np.ascontiguousarray(picture[:, ::-1]), one, [one.clip.apex])


def duplicate_clip(one: Recording, other: Recording) -> None:
    """Take the frames of another clip, which has another label."""
    shift = other.clip.apex - one.clip.apex
    for number in one.numbers:
        theirs = min(max(number + shift, other.numbers[0]), other.numbers[-1])
        one.take(other, other.clip.onset if number == one.clip.onset else theirs, number)


def swapped_emotion(one: Recording, _: Recording) -> None:
    """Name an emotion of another class; the action units stay."""
    one.clip = replace(one.clip, emotion="anger" if one.clip.emotion == "happiness" else "happiness")


def swapped_label(one: Recording, other: Recording) -> None:
    """Take emotion, action units and objective class of another clip."""
    theirs = other.clip
    one.clip = replace(one.clip, emotion=theirs.emotion, aus=theirs.aus, objective=theirs.objective)


def missing_frames(one: Recording, _: Recording) -> None:
    """Remove three frames between apex and offset."""
    for number in range(one.clip.apex + 1, min(one.clip.apex + 4, one.clip.offset)):
        one.color(number).unlink()
        one.depth(number).unlink()


def repeated_frames(one: Recording, _: Recording) -> None:
    """Repeat the onset in the three frames after it."""
    for number in range(one.clip.onset + 1, one.clip.onset + 4):
        one.take(one, one.clip.onset, number)


FAULTS: Mapping[str, Fault] = {
    fault.__name__.replace("_", " "): fault
    for fault in (
        *(copied_apex, encoded_apex, apex_of_another_subject, wrong_apex, mirrored_apex, duplicate_clip),
        *(dark_apex, dark_clip, bright_clip, blurred_apex, blurred_clip, noisy_apex, compressed_apex),
        *(hand_at_the_apex, blink_at_the_apex, head_turn, rolled_camera, far_face, second_face),
        *(shifted_depth, depth_times_10, depth_times_2, depth_of_another_clip, depth_holes),
        *(missing_frames, repeated_frames, swapped_emotion, swapped_label),
    )
}
"""By name; the docstring of each says what is done."""
