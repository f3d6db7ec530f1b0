"""Frames of videos: each once, in order and by its number, and every fault of a file named."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from tests.datasets.reading.video_fixture import number_of, pattern, write_video

from merflow.datasets.clip import Clip
from merflow.datasets.reading import videos
from merflow.datasets.reading.clip_frames import annotated_frame_hashes
from merflow.datasets.reading.video_times import video_times
from merflow.datasets.reading.videos import VideoFrames
from merflow.errors import BadClipError

OPEN_GROUPS = {"x264-params": "open-gop=1:keyint=12:min-keyint=12:scenecut=0"}
KINDS = {
    "h264 with B-frames.mp4": ("libx264", "yuv420p", {"b_frames": 3}),
    "h264 of open groups.mp4": ("libx264", "yuv420p", {"b_frames": 3, "options": OPEN_GROUPS}),
    "h264 with B-frames.mkv": ("libx264", "yuv420p", {"b_frames": 3}),
    "h264 with B-frames.avi": ("libx264", "yuv420p", {"b_frames": 2}),
    "h264.mov": ("libx264", "yuv420p", {"b_frames": 0}),
    "h264 with B-frames.ts": ("libx264", "yuv420p", {"b_frames": 2}),
    "hevc.mp4": ("libx265", "yuv420p10le", {"options": {"x265-params": "log-level=none"}}),
    "mpeg4 with B-frames.avi": ("mpeg4", "yuv420p", {"b_frames": 2}),
    "mpeg2 with B-frames.mpg": ("mpeg2video", "yuv420p", {"b_frames": 2}),
    "vp9.webm": ("libvpx-vp9", "yuv420p", {}),
    "mjpeg.avi": ("mjpeg", "yuvj420p", {}),
    "huffyuv.avi": ("huffyuv", "yuv422p", {}),
    "uncompressed.avi": ("rawvideo", "bgr24", {}),
    "ffv1.mkv": ("ffv1", "gray", {}),
    "prores.mov": ("prores_ks", "yuv422p10le", {}),
    "wmv2.wmv": ("wmv2", "yuv420p", {}),
}
N = 40


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a function that writes a kind of video once."""
    folder = tmp_path_factory.mktemp("videos")

    def write(name: str) -> Path:
        path = folder / name
        codec, pixels, more = KINDS[name]
        return path if path.exists() else write_video(path, codec, pixels, **more)

    return write


def opencv_frames(path):
    """Return all frames in the order in which OpenCV's own FFmpeg decodes them."""
    capture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        there, bgr = capture.read()
        if not there:
            return frames
        frames.append(bgr[..., ::-1])


@pytest.mark.parametrize("name", KINDS)
def test_a_number_names_the_same_frame_however_it_is_come_to(written, name):
    path = written(name)
    frames = VideoFrames(path, first_frame=1)
    in_order = {number: frames.read(number).rgb for number in frames.numbers}
    assert [number_of(rgb) for rgb in in_order.values()] == list(range(N))
    assert [number_of(rgb) for rgb in opencv_frames(path)] == list(range(N))
    jumps = [*np.random.default_rng(0).permutation(N) + 1, 40, 1, 26, 27, 13, 12]
    for number in map(int, jumps):
        np.testing.assert_array_equal(frames.read(number).rgb, in_order[number])
    np.testing.assert_array_equal(VideoFrames(path, first_frame=1).read(34).rgb, in_order[34])


@pytest.mark.parametrize("name", ["open.mp4", "closed.mkv", "order.mpg", "order.ts"])
def test_far_jumps_in_a_long_video_end_at_the_right_frame(tmp_path, name):
    """In MPEG containers a seek of FFmpeg is now and then wrong by a frame."""
    codec, options = ("mpeg2video", None) if name.startswith("order") else ("libx264", OPEN_GROUPS)
    options = None if name.startswith("closed") else options
    frames = VideoFrames(write_video(tmp_path / name, codec, times=range(200), b_frames=2, options=options))
    jumps = (150, 100, 187, 62, 119, 199, 0)
    assert [number_of(frames.read(number).rgb) for number in jumps] == list(jumps)


def test_colours_are_those_that_were_written(tmp_path):
    path = write_video(tmp_path / "x.mkv", "ffv1", "bgr0")
    np.testing.assert_array_equal(VideoFrames(path).read(37).rgb, pattern(37))


@pytest.mark.parametrize("options", [None, OPEN_GROUPS])
def test_only_what_a_frame_needs_is_decoded(tmp_path, monkeypatch, options):
    path = write_video(tmp_path / "long.mp4", times=range(250), b_frames=2, keys_every=10, options=options)
    decoded = []
    step = videos.Decoder._step
    monkeypatch.setattr(videos.Decoder, "_step", lambda self: decoded.append(step(self)) or decoded[-1])
    frames = VideoFrames(path)
    assert [number_of(frames.read(number).rgb) for number in (231, 232, 239)] == [231, 232, 239]
    assert len(decoded) <= 24
    with pytest.raises(BadClipError, match="frame 250 is missing: expected frames 0 to 249"):
        frames.read(250)


def test_the_rate_and_the_times_are_those_of_the_file(written):
    assert {video_times(written(name)).fps for name in KINDS} == {25.0}


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("fps", [24, 30, 120, 240])
def test_a_rate_that_the_clock_of_a_container_cannot_write_is_no_variable_one(tmp_path, suffix, fps):
    times = video_times(write_video(tmp_path / f"x.{suffix}", fps=fps))
    assert times.n_frames == N
    assert times.fps == pytest.approx(fps, rel=0.003)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_variable_rate_is_refused(tmp_path, suffix):
    uneven = np.cumsum(1 + np.random.default_rng(0).integers(0, 3, N)).tolist()
    with pytest.raises(BadClipError, match=r"expected a constant frame rate, found a variable one.*40 to 120 ms"):
        video_times(write_video(tmp_path / f"x.{suffix}", times=uneven))


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_missing_frames_are_told_with_their_place(tmp_path, suffix):
    times = [*range(20), *range(22, 42)]
    with pytest.raises(BadClipError, match=r"2 are missing, the first of them after frame 19 \(counted from 0\)"):
        video_times(write_video(tmp_path / f"x.{suffix}", times=times, b_frames=0))


def copied(source, target, *, without=0, from_frame=0):
    """Copy a video without coding it anew: without its first packets, or to be shown from a frame on."""
    with av.open(str(source)) as read, av.open(str(target), "w") as write:
        stream = read.streams.video[0]
        out = write.add_stream_from_template(stream)
        packets = [packet for packet in read.demux(stream) if packet.dts is not None]
        ticks = round(from_frame / 25 / float(packets[0].time_base))
        for packet in packets[without:]:
            packet.pts, packet.dts, packet.stream = packet.pts - ticks, packet.dts - ticks, out
            write.mux(packet)
    return target


@pytest.mark.parametrize(
    "name", ["h264 with B-frames.mp4", "h264 with B-frames.mkv", "h264 with B-frames.ts", "mpeg4 with B-frames.avi",
             "mpeg2 with B-frames.mpg"]
)  # fmt: skip
def test_a_video_that_was_cut_behind_a_key_frame_is_refused(written, tmp_path, name):
    """FFmpeg makes pictures of the rest of MPEG-4, which show nothing, and counts on from another one in H.264."""
    path = copied(written(name), tmp_path / f"cut{written(name).suffix}", without=5)
    with pytest.raises(BadClipError, match="expected a video that begins with a key frame, found one that was cut"):
        video_times(path)


@pytest.mark.parametrize("first", [1, 5, 14])
def test_an_mp4_that_is_shown_from_another_frame_on_is_counted_from_it(written, tmp_path, first):
    """As ``ffmpeg -ss`` and telephones cut: the key frame before is kept, and an edit list says where to begin."""
    path = copied(written("h264 with B-frames.mp4"), tmp_path / "cut.mp4", from_frame=first)
    frames = VideoFrames(path)
    expected = list(range(first, N))
    assert [number_of(frames.read(number).rgb) for number in frames.numbers] == expected
    assert [number_of(rgb) for rgb in opencv_frames(path)] == expected
    alone = [number_of(VideoFrames(path).read(number).rgb) for number in (0, 3, N - first - 1, 9)]
    assert alone == [first, first + 3, N - 1, first + 9]


def test_interlaced_pictures_are_refused(tmp_path):
    path = write_video(tmp_path / "x.mp4", options={"x264-params": "tff=1"}, interlaced=True)
    with pytest.raises(BadClipError, match="found interlaced ones"):
        video_times(path)


def shown_by(path, *matrix):
    """Write the matrix by which an MP4 is to be shown: of the columns (a, c) and (b, d)."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 44
    a, b, c, d = (one * 2**16 for one in matrix)
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 2**30)
    path.with_name("shown.mp4").write_bytes(data)
    return path.with_name("shown.mp4")


@pytest.mark.parametrize("mirror", [(-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0)])
def test_a_mirror_image_is_refused(tmp_path, mirror):
    """FFmpeg calls the first turned by 180 degrees and the second not turned: faces would stand on their head."""
    path = shown_by(write_video(tmp_path / "x.mp4"), *mirror)
    with pytest.raises(BadClipError, match="shown as a mirror image"):
        video_times(path)


def test_pixels_that_are_no_squares_are_noted(tmp_path):
    path = write_video(tmp_path / "x.mp4", sides=Fraction(4, 3))
    assert video_times(path).notes == ["pixels of 4:3 are read as squares: the face is 25 % narrower than it was"]
    assert video_times(shown_by(path, 0, 1, -1, 0)).notes[1:] == [
        "pixels of 3:4 are read as squares: the face is 25 % lower than it was"
    ]


def test_a_video_that_says_so_is_turned(tmp_path):
    path = write_video(tmp_path / "x.mp4")
    stored = VideoFrames(path).read(5).rgb
    frames = VideoFrames(shown_by(path, 0, 1, -1, 0))
    np.testing.assert_array_equal(frames.read(5).rgb, np.rot90(stored, -1))  # clockwise, as telephones film upright
    assert frames.times.size == (48, 64)
    assert frames.times.notes == ["turned by 270 degrees counter-clockwise, as the video says"]


def test_ten_bits_are_noted_and_grey_has_three_equal_channels(written):
    ten, grey = video_times(written("hevc.mp4")), VideoFrames(written("ffv1.mkv")).read(3)
    assert ten.notes == ["video of 10 bits (yuv420p10le), brought to 8"]
    assert (grey.rgb == grey.rgb[..., :1]).all()


def test_what_is_no_video_is_said(tmp_path):
    told = {
        b"": "an empty file",
        b"path,subject\na,b\n" * 50: "a text",
        b"#EXTM3U\n#EXTINF:1\nother.mp4\n": "a playlist",
        b"version https://git-lfs.github.com": "a pointer of Git LFS",
        bytes(4000): "zeros",
    }
    for number, (data, found) in enumerate(told.items()):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(data)
        with pytest.raises(BadClipError, match=f"expected a video, found {found}"):
            video_times(path)
    with pytest.raises(BadClipError, match="No such file"):
        video_times(tmp_path / "none.mp4")


def test_a_playlist_opens_no_other_file(tmp_path):
    """FFmpeg would decode the file that it names."""
    write_video(tmp_path / "other.mkv", "ffv1", "gray")
    path = tmp_path / "x.mp4"
    path.write_text("ffconcat version 1.0\nfile other.mkv\n")
    with av.open(str(path)) as container:
        assert len(list(container.decode(video=0))) == N
    with pytest.raises(BadClipError, match="expected a video, found a text"):
        video_times(path)


def test_a_broken_tail_is_told_and_what_lies_before_it_is_read(tmp_path):
    whole = write_video(tmp_path / "x.mp4", "mjpeg", "yuvj420p", mux={"movflags": "faststart"}).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) * 3 // 4])
    frames = VideoFrames(tmp_path / "cut.mp4")
    assert number_of(frames.read(20).rgb) == 20
    with pytest.raises(BadClipError, match=r"expected 40 frames, as the file says, found that it ends after|decode"):
        frames.read(39)
    plain = write_video(tmp_path / "y.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(plain[: len(plain) // 2])
    with pytest.raises(BadClipError, match="the index at its end is missing, so the file was cut off"):
        video_times(tmp_path / "cut.mp4")
    whole = write_video(tmp_path / "x.mkv", "mjpeg", "yuvj420p").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) * 3 // 4])
    frames = VideoFrames(tmp_path / "cut.mkv")
    assert 20 < frames.times.n_frames < N
    assert number_of(frames.read(20).rgb) == 20


@pytest.mark.parametrize("name", ["h264 with B-frames.mp4", "mjpeg.avi", "mpeg2 with B-frames.mpg"])
def test_damaged_code_is_an_error_and_never_another_picture(written, tmp_path, name):
    """Forty bytes of zeros or of noise, at twelve places; without strict decoding one MJPEG in twelve passes."""
    data, rng = written(name).read_bytes(), np.random.default_rng(1)
    whole = VideoFrames(written(name))
    pictures = [whole.read(number).rgb for number in whole.numbers]
    told = 0
    for turn in range(12):
        spoilt, place = bytearray(data), int(rng.integers(len(data) * 0.15, len(data) * 0.7))
        spoilt[place : place + 40] = rng.bytes(40) if turn % 2 == 0 else bytes(40)
        path = tmp_path / f"{turn}{written(name).suffix}"
        path.write_bytes(spoilt)
        try:
            frames = VideoFrames(path)
            for number in frames.numbers:
                np.testing.assert_array_equal(frames.read(number).rgb, pictures[number])
        except BadClipError:
            told += 1
    assert told >= 6


def bytes_read():
    return int(Path("/proc/self/io").read_text().split("rchar: ")[1].split()[0])


def grown(path, size=20 * 2**30):
    """Append a hole: 20 GB of zeros that take no room."""
    with path.open("ab") as file:
        file.truncate(size)
    return path


def test_a_large_file_is_never_read_whole(tmp_path):
    path = write_video(tmp_path / "x.mp4", b_frames=2)
    with path.open("ab") as file:
        file.write(struct.pack(">I4sQ", 1, b"free", 20 * 2**30 - path.stat().st_size))
    before = bytes_read()
    frames = VideoFrames(grown(path))
    assert number_of(frames.read(33).rgb) == 33
    frames.digest([30, 33])
    zeros = tmp_path / "zeros.mp4"
    zeros.touch()
    with pytest.raises(BadClipError, match="zeros: the file was not copied whole"):
        video_times(grown(zeros))
    with pytest.raises(BadClipError, match="would be read as a whole to number its frames"):
        video_times(grown(write_video(tmp_path / "x.mkv")))
    assert bytes_read() - before < 64 * 2**20


def clip_of(video, **more):
    named = {"dataset": "d", "subject": "s", "video": "v", "part": "", "expression": "micro", "fps": 25.0, "aus": ""}
    frames = {"onset": 2, "apex": 4, "offset": 6}
    return Clip(**named | frames | more, emotion="", objective="", color=video, depth="", notes="")


def test_the_digest_follows_what_is_decoded_and_nothing_else(tmp_path):
    """An intra-only video: a frame that a clip does not read may change."""
    numbers = list(range(N))

    def digest(**more):
        return annotated_frame_hashes([clip_of("x.avi", **more)], tmp_path)

    write_video(tmp_path / "x.avi", "mjpeg", "yuvj420p", numbers=numbers)
    before = digest()
    write_video(tmp_path / "x.avi", "mjpeg", "yuvj420p", numbers=[*numbers[:30], 9, *numbers[31:]])
    assert digest() == before
    write_video(tmp_path / "x.avi", "mjpeg", "yuvj420p", numbers=[*numbers[:4], 9, *numbers[5:]])
    assert digest() != before
    assert digest(first_frame=1) != digest()
