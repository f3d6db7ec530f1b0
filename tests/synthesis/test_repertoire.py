from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.synthesis.repertoire import (
    NEGATIVE_EMOTIONS,
    REPERTOIRE,
    emotions_of_subject,
    sample_amplitudes,
    sample_display,
    shown_by_subject,
)

# Lite-Point-GCN Table VII / Davison et al. 2018, typed from the paper's class map, not from the module.
OFFICIAL = {
    "I": {"6", "12", "6+12", "6+7+12", "7+12"},
    "II": {"1+2", "5", "25", "1+2+25", "25+26", "5+24"},
    "III": {"23", "4", "4+7", "4+5", "4+5+7", "17+24", "4+6+7", "4+38"},
    "IV": {"10", "9", "4+9", "4+40", "4+5+40", "4+7+9", "4+9+17", "4+7+10", "4+5+7+9", "7+10"},
    "V": {"1", "15", "1+4", "6+15", "15+17"},
    "VI": {"1+2+4", "20"},
}


@pytest.mark.parametrize("emotion", REPERTOIRE)
def test_probabilities_sum_to_one_and_displays_carry_their_emotion(emotion):
    assert sum(p for _, p in REPERTOIRE[emotion]) == pytest.approx(1)
    assert {display.emotion for display, _ in REPERTOIRE[emotion]} == {emotion}


def test_objective_classes_agree_with_the_published_map():
    for choices in REPERTOIRE.values():
        for display, _ in choices:
            expected = next((name for name, sets in OFFICIAL.items() if display.au_string in sets), "VII")
            if display.aus == (1, 2, 5):  # surprise without a row of its own in the map
                expected = "II"
            assert display.objective == expected


def test_default_subject_shows_six_negative_three_happy_three_surprise():
    for subject in range(8):
        counts = Counter(emotions_of_subject(subject, clips=12))
        assert counts["happy"] == counts["surprise"] == 3
        assert sum(counts[e] for e in NEGATIVE_EMOTIONS) == 6
        assert set(NEGATIVE_EMOTIONS) <= set(counts)


def test_negative_emotions_are_equally_frequent_over_four_subjects():
    counts = Counter(e for s in range(4) for e in emotions_of_subject(s, clips=12))
    assert len({counts[e] for e in NEGATIVE_EMOTIONS}) == 1


@given(st.integers(0, 50), st.integers(3, 40), st.integers(0, 5))
def test_any_three_clips_hold_the_three_classes(subject, clips, others):
    emotions = emotions_of_subject(subject, clips=clips, others=others)
    assert len(emotions) == clips + others
    assert emotions.count("others") == others
    assert {"happy", "surprise"} <= set(emotions)
    assert set(emotions) & set(NEGATIVE_EMOTIONS)


def test_a_subject_shows_its_emotions_in_one_drawn_order_and_macro_expressions_in_turn():
    rng, again = np.random.default_rng(5), np.random.default_rng(5)
    shown = shown_by_subject(rng, 2, clips=4, others=1, macro=3)
    micro = again.permutation(emotions_of_subject(2, clips=4, others=1))
    assert shown[:5] == [(emotion, "micro") for emotion in micro]
    assert shown[5:] == [("surprise", "macro"), ("anger", "macro"), ("sad", "macro")]
    assert rng.random() == again.random()  # one draw: the bytes of the clips hang on what is drawn after it


def test_displays_are_drawn_as_often_as_stated():
    rng = np.random.default_rng(0)
    drawn = Counter(sample_display(rng, "disgust") for _ in range(4000))
    for display, probability in REPERTOIRE["disgust"]:
        assert drawn[display] / 4000 == pytest.approx(probability, abs=0.03)


def test_amplitudes_stay_in_range():
    rng = np.random.default_rng(0)
    values = [a for _ in range(200) for a in sample_amplitudes(rng, (6, 12), (0.9, 1.6)).values()]
    assert 0.9 <= min(values) < 0.95
    assert 1.55 < max(values) <= 1.6
