"""The whole way from seed to dataset, judged by programs that know nothing of how it was made: dlib, OpenCV, pandas."""

import cv2
import numpy as np
import pandas as pd
import pytest

from merflow.datasets.casme3.generator import MACRO_SHEET, MICRO_SHEET
from merflow.errors import DatasetError
from merflow.synthesis.demo import SynthesisSettings, generate_demo, generate_subject
from merflow.synthesis.ground_truth import read_ground_truth

pytestmark = pytest.mark.slow

CLASS_OF = {"happy": "positive", "surprise": "surprise"}


def rows(root):
    return pd.read_excel(root / MICRO_SHEET, dtype={"AU": str})


def clip_files(root, row):
    video = root / "part_A" / "data" / "part_A" / row.Subject / row.Filename
    truth = read_ground_truth(root / "gt" / f"{row.Subject}_{row.Filename}_{row.Onset}.npz")
    return video / "color", video / "depth", truth


def files_by_name(root):
    return {path.relative_to(root): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_each_subject_shows_each_class_once_with_all_frames_on_disk(tiny_demo):
    table = rows(tiny_demo)
    for _, clips in table.groupby("Subject"):
        assert sorted(CLASS_OF.get(e, "negative") for e in clips["emotion"]) == ["negative", "positive", "surprise"]
    for row in table.itertuples():
        assert row.Onset < row.Apex < row.Offset <= row.Onset + 14
        color, depth, truth = clip_files(tiny_demo, row)
        numbers = {int(path.stem) for path in color.glob("*.jpg")}
        assert numbers == {int(path.stem) for path in depth.glob("*.png")}
        assert numbers == set(range(row.Onset, row.Onset + len(truth.intensity)))
        assert truth.intensity.argmax() == row.Apex - row.Onset
        assert "+".join(truth.aus) == row.AU


def test_dlib_finds_one_face_and_its_landmarks(tiny_demo, dlib_models):
    detector, predictor = dlib_models
    errors, found = [], []
    for row in rows(tiny_demo).itertuples():
        color, _, truth = clip_files(tiny_demo, row)
        for number in (row.Onset, row.Apex, row.Offset):
            image = cv2.cvtColor(cv2.imread(str(color / f"{number}.jpg")), cv2.COLOR_BGR2RGB)
            faces = detector(image, 0)
            found.append(len(faces))
            shape = predictor(image, faces[0])
            detected = np.array([(p.x, p.y) for p in shape.parts()], dtype=float)
            errors.append(np.linalg.norm(detected - truth.landmarks[number - row.Onset, :, :2], axis=1)[17:])
    assert found == [1] * len(found)
    assert np.mean(errors) < 6


def test_optical_flow_of_the_jpegs_agrees_with_the_truth(tiny_demo):
    errors, sizes = [], []
    for row in rows(tiny_demo).itertuples():
        color, _, truth = clip_files(tiny_demo, row)
        x0, y0, x1, y1 = truth.bbox
        onset, apex = (cv2.imread(str(color / f"{n}.jpg"), cv2.IMREAD_GRAYSCALE) for n in (row.Onset, row.Apex))
        dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        flow = dis.calc(onset, apex, None)[y0:y1, x0:x1]
        exact = np.moveaxis(truth.flow[:2].astype(float), 0, -1)
        errors.append(np.linalg.norm(flow - exact, axis=-1)[truth.visible].mean())
        sizes.append(np.linalg.norm(exact, axis=-1)[truth.visible].mean())
    assert np.mean(errors) < 0.4
    assert np.mean(errors) < np.mean(sizes)


def test_depth_is_the_landmarks_distance_to_a_millimetre(tiny_demo):
    for row in rows(tiny_demo).itertuples():
        _, depth, truth = clip_files(tiny_demo, row)
        image = cv2.imread(str(depth / f"{row.Apex}.png"), cv2.IMREAD_UNCHANGED)
        assert image.dtype == np.uint16
        assert image.shape == (720, 1280)
        x, y, z = truth.landmarks[row.Apex - row.Onset, 27:36].T  # the nose: no edges, no holes
        error = image[np.rint(y).astype(int), np.rint(x).astype(int)] - z
        assert np.abs(np.median(error)) < 1.5


def test_removing_the_head_motion_leaves_the_expression(tiny_demo):
    median = {"flow": [], "expression_flow": []}
    for row in rows(tiny_demo).itertuples():
        truth = clip_files(tiny_demo, row)[2]
        for name, values in median.items():
            size = np.linalg.norm(getattr(truth, name)[:2].astype(float), axis=0)
            values.append(np.nanmedian(size))
            assert np.nanmax(size) > 0.5
    assert np.mean(median["expression_flow"]) < np.mean(median["flow"]) / 2  # most of a face does not take part


def test_bytes_do_not_depend_on_the_run_or_on_the_number_of_processes(tiny_demo, tmp_path):
    done = []
    generate_demo(tmp_path, SynthesisSettings(n_subjects=2, clips=3), processes=2, progress=done.append)
    assert [line.partition("(")[2] for line in done] == ["1 of 2 subjects)", "2 of 2 subjects)"]
    again, first = files_by_name(tmp_path), files_by_name(tiny_demo)
    assert list(again) == list(first)
    assert [name for name in first if again[name] != first[name]] == []


def test_macro_clips_others_and_the_clip_pack(tmp_path):
    settings = SynthesisSettings(n_subjects=1, clips=0, others=1, macro=1, layout="clips")
    micro, macro = generate_demo(tmp_path, settings)
    assert list(rows(tmp_path)["emotion"]) == ["others"]
    assert len(pd.read_excel(tmp_path / MACRO_SHEET)) == 1
    assert (tmp_path / "Part_A_ME_clip" / "frame" / micro.id / f"{micro.apex}.jpg").is_file()
    assert (tmp_path / "Part_A_MaE_clip" / "depth" / macro.id / f"{macro.offset}.png").is_file()
    assert (macro.offset - macro.onset) / 30 > 0.5
    assert not (tmp_path / "part_A" / "data").exists()


def test_macro_clips_show_others_where_micro_clips_do_and_change_no_micro_clip(tmp_path, monkeypatch):
    filmed = []
    monkeypatch.setattr(
        "merflow.synthesis.demo.film_clip", lambda _, record, *__, rng, **___: filmed.append(rng.random())
    )
    six, seven = (
        generate_subject(tmp_path, SynthesisSettings(clips=4, others=others, macro=7), 2) for others in (0, 1)
    )
    emotions = [[record.emotion for record in records if record.expression == "macro"] for records in (six, seven)]
    assert emotions[0] == ["surprise", "anger", "sad", "fear", "happy", "disgust", "surprise"]
    assert emotions[1] == ["surprise", "anger", "sad", "fear", "others", "happy", "disgust"]
    with_macro, filmed[:] = filmed[11:15], []
    assert generate_subject(tmp_path, SynthesisSettings(clips=4, others=1), 2) == seven[:5]
    assert filmed[:4] == with_macro


def test_an_existing_dataset_is_not_overwritten(tiny_demo):
    before = files_by_name(tiny_demo)
    with pytest.raises(DatasetError, match="found part_A, gt"):
        generate_demo(tiny_demo, SynthesisSettings(n_subjects=1))
    assert files_by_name(tiny_demo) == before


def test_a_dataset_of_another_layout_is_not_mixed_with_a_new_one(tmp_path):
    (tmp_path / "Cropped").mkdir()
    with pytest.raises(DatasetError, match="found Cropped"):
        generate_demo(tmp_path, SynthesisSettings(n_subjects=1))
    assert list(tmp_path.rglob("*")) == [tmp_path / "Cropped"]
