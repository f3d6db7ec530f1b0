import numpy as np

from merflow.stages.faces.copied_frames import repeat_notes


def test_repeats_are_counted_beyond_the_first_ten_and_roles_of_one_frame_are_none():
    frames = [(number, "") for number in range(100, 400)]
    still = np.zeros((300, 2, 2, 3), dtype=np.uint8)
    first = ", ".join(map(str, range(101, 111)))
    expected = [f"depth of frame {first} and 289 more is that of the frame kept before it"]
    assert repeat_notes(frames, still, what="depth") == expected
    assert repeat_notes([(7, "onset"), (7, "apex")], still[:2], what="picture") == []
