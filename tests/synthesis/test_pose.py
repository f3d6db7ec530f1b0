import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from merflow.synthesis.pose import SWAY_SD_AFTER_1S, Pose, sample_base_pose, sample_sway, swayed

PIVOT = np.array([0.0, -40.0, -75.0])


def test_frontal_head_keeps_left_and_right_and_turns_up_into_minus_y():
    pose = Pose(yaw=0, pitch=0, roll=0, x=0, y=0, z=700)
    nose_right_up = np.array([[10.0, -20.0, -55.0]])
    np.testing.assert_allclose(pose.to_camera(nose_right_up, PIVOT), [[10.0, -20.0, 680.0]])


@pytest.mark.parametrize(
    ("angle", "moved_axis", "sign"),
    [("yaw", 0, 1.0), ("pitch", 1, 1.0)],
)
def test_positive_yaw_turns_the_nose_right_and_positive_pitch_down(angle, moved_axis, sign):
    angles = {"yaw": 0.0, "pitch": 0.0, "roll": 0.0, angle: 5.0}
    nose = PIVOT + np.array([0.0, 0.0, 100.0])
    moved = Pose(**angles, x=0, y=0, z=700).to_camera(nose[None], PIVOT)[0]
    assert sign * moved[moved_axis] == pytest.approx(100 * np.sin(np.radians(5)))


def test_positive_roll_turns_clockwise_in_the_image():
    top = PIVOT + np.array([0.0, 100.0, 0.0])
    moved = Pose(yaw=0, pitch=0, roll=5, x=0, y=0, z=700).to_camera(top[None], PIVOT)[0]
    assert moved[0] > 0
    assert moved[1] < 0


def test_rotation_agrees_with_scipy():
    pose = Pose(yaw=4.0, pitch=-3.0, roll=2.0, x=0, y=0, z=700)
    expected = Rotation.from_euler("ZYX", [-2.0, 4.0, -3.0], degrees=True).as_matrix()
    np.testing.assert_allclose(pose.rotation(), expected, atol=1e-12)


def test_pivot_lands_on_the_position_whatever_the_angles():
    pose = Pose(yaw=11, pitch=-7, roll=5, x=12, y=-9, z=690)
    np.testing.assert_allclose(pose.to_camera(PIVOT[None], PIVOT), [[12.0, -9.0, 690.0]], atol=1e-9)


def test_sway_starts_at_zero_and_spreads_as_stated_after_one_second():
    walks = np.stack([sample_sway(np.random.default_rng(i), 31, fps=30.0, head_motion=1.0) for i in range(1500)])
    assert not walks[:, 0].any()
    np.testing.assert_allclose(walks[:, 30].std(axis=0), SWAY_SD_AFTER_1S, rtol=0.08)


def test_the_head_sways_as_far_in_a_tenth_of_a_second_at_200_frames_a_second():
    slow = np.stack([sample_sway(np.random.default_rng(i), 4, fps=30.0, head_motion=1.0) for i in range(1500)])
    fast = np.stack([sample_sway(np.random.default_rng(i), 21, fps=200.0, head_motion=1.0) for i in range(1500)])
    np.testing.assert_allclose(fast[:, 20].std(axis=0), slow[:, 3].std(axis=0), rtol=0.12)


def test_sway_is_smooth_and_scales_with_head_motion():
    whole = sample_sway(np.random.default_rng(0), 60, fps=30.0, head_motion=1.0)
    np.testing.assert_allclose(sample_sway(np.random.default_rng(0), 60, fps=30.0, head_motion=0.5), whole / 2)
    steps = np.diff(whole, axis=0)
    assert np.abs(np.diff(steps, axis=0)).max() < np.abs(steps).max()


def test_base_pose_keeps_the_eyes_600_to_720_mm_away():
    rng = np.random.default_rng(0)
    distances = np.array([sample_base_pose(rng, 75.0).z - 75.0 for _ in range(200)])
    assert 600 <= distances.min() < 610
    assert 710 < distances.max() <= 720


def test_swayed_adds_each_row_to_the_base_pose():
    base = Pose(yaw=1, pitch=2, roll=3, x=4, y=5, z=6)
    first, second = swayed(base, np.array([[0.0] * 6, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]))
    assert first == base
    assert second == Pose(yaw=2, pitch=4, roll=6, x=8, y=10, z=12)
