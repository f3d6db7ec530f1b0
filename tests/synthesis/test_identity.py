import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from merflow.synthesis.hair import HairTraits, hair_offsets
from merflow.synthesis.head import load_head
from merflow.synthesis.identity import eye_centres, identity_geometry, linear_rgb, sample_identity

HEAD = load_head()
CROWD = [sample_identity(seed) for seed in range(400)]


def test_a_seed_is_a_person():
    assert sample_identity(7) == CROWD[7]
    assert CROWD[7].pairs != CROWD[8].pairs
    np.testing.assert_array_equal(identity_geometry(HEAD, CROWD[7]), identity_geometry(HEAD, sample_identity(7)))


def test_a_head_does_not_depend_on_the_threads_of_a_job():
    """NumPy's sums are split by threads: the exact flow of a clip had other last digits with --cores 2 than with 1."""
    heads = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            heads.append([identity_geometry(HEAD, person) for person in CROWD[:5]])
    np.testing.assert_array_equal(*heads)


def test_shape_coefficients_follow_their_distribution():
    pairs = np.array([person.pairs for person in CROWD])
    tamed = np.array(["trans" in name or "age" in name for name in HEAD.pair_names])
    assert tamed.sum() == 6
    assert np.abs(pairs[:, ~tamed]).max() == pytest.approx(0.7)
    assert np.abs(pairs[:, tamed]).max() <= 0.42 + 1e-12
    # N(0, .3) clipped at .7 has a standard deviation of .294; 14 000 draws know it to .002
    assert pairs[:, ~tamed].std() == pytest.approx(0.294, abs=0.007)
    assert abs(pairs.mean()) < 0.01


def test_race_and_gender_follow_their_distribution():
    race, gender = np.array([p.race for p in CROWD]), np.array([p.gender for p in CROWD])
    np.testing.assert_allclose(race.sum(axis=1), 1)
    np.testing.assert_allclose(race.mean(axis=0), np.array([0.7, 0.7, 0.5]) / 1.9, atol=0.06)
    assert gender.mean() == pytest.approx(0.5, abs=0.06)


def test_traits_stay_in_their_ranges():
    for person in CROWD:
        assert 4 <= person.skin.n_moles <= 13
        assert 4.0 <= person.hair.volume_mm <= 13.0
        assert 5.7 <= person.eyes.iris_mm <= 6.5
        assert 2.0 <= person.eyes.pupil_mm <= 2.5
        assert all(0 < c < 1 for c in (*person.skin.tone, *person.hair.colour, *person.cloth))
    assert all(person.skin.stubble == 0 for person in CROWD if person.gender < 0.01)


def test_tones_span_the_list_and_follow_the_african_share():
    lightness = np.array([np.mean(p.skin.tone) for p in CROWD])
    assert lightness.max() > 0.6
    assert lightness.min() < 0.11
    assert np.corrcoef(lightness, [p.race[2] for p in CROWD])[0, 1] < -0.7


def test_everyone_is_centred_on_the_eyes_and_human_sized():
    for person in CROWD[:40]:
        vertices = identity_geometry(HEAD, person)
        left, right = eye_centres(HEAD, vertices)
        np.testing.assert_allclose((left + right) / 2, 0, atol=1e-9)
        assert 48 < right[0] - left[0] < 70
        chin = vertices[HEAD.landmarks[8]]
        assert 80 < -chin[1] < 140


def test_hair_lifts_the_crown_and_nothing_of_the_face():
    hair = HairTraits(volume_mm=10.0, front_mm=58.0, temple_mm=5.0, colour=(0.01, 0.01, 0.01))
    lift = np.linalg.norm(hair_offsets(HEAD, hair, HEAD.mean), axis=1)
    assert lift.max() == pytest.approx(10.0)
    assert lift[HEAD.mean[:, 1].argmax()] == pytest.approx(10.0, abs=0.01)
    assert lift[HEAD.landmarks[1:16]].max() == 0
    assert lift[HEAD.landmarks[17:]].max() == 0
    assert lift[HEAD.masks["ears"] > 0.5].max() == 0


def test_eyeballs_stay_behind_the_lids():
    # the lower lid's margin must lie in front of the eyeball's surface at its place, or the eye would show through it
    for person in CROWD[:20]:
        vertices = identity_geometry(HEAD, person)
        for centre, lids in zip(eye_centres(HEAD, vertices), (slice(36, 42), slice(42, 48)), strict=True):
            distance = np.linalg.norm(vertices[HEAD.landmarks[lids]] - centre, axis=1)
            assert (distance > 11.0).all()


def test_linear_rgb_by_hand():
    # sRGB 0 and 255 are the ends; 188 is the level whose light is half
    assert linear_rgb(0, 0, 0) == (0, 0, 0)
    assert linear_rgb(255, 188, 10) == pytest.approx((1.0, 0.5029, 0.003035), abs=1e-4)
