"""The demo dataset: synthetic subjects with micro-expressions, laid out as a real set is, ground truth beside it."""

import multiprocessing.connection
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from merflow.errors import DatasetError
from merflow.synthesis.actor import Actor, sample_actor
from merflow.synthesis.conditions import Conditions, deal_difficulties, sample_conditions, sample_worn
from merflow.synthesis.conditions_table import write_conditions
from merflow.synthesis.disturbances import disturbed, lit, settings_under
from merflow.synthesis.filming import Scene, film_clip
from merflow.synthesis.identity import sample_identity
from merflow.synthesis.layout import ClipRecord, Layout, layout_named
from merflow.synthesis.layouts import declared_layouts
from merflow.synthesis.occluders import Wardrobe
from merflow.synthesis.performance import Performance, sample_performance
from merflow.synthesis.render import Studio
from merflow.synthesis.sensors import NoiseBank
from merflow.synthesis.settings import SynthesisSettings

__all__ = ["SynthesisSettings", "generate_demo", "generate_subject"]

_GROUND_TRUTH = "gt"


@dataclass(frozen=True, slots=True)
class _Plan:
    """One clip to film: what is shown, in which video, from which frame number."""

    performance: Performance
    record: ClipRecord
    conditions: Conditions | None


class _Seeds(NamedTuple):
    """What a subject is drawn from: who it is, the studio and its noise, the clips one by one, their conditions."""

    identity: int
    studio: np.random.SeedSequence
    noise: np.random.SeedSequence
    plan: np.random.SeedSequence
    films: list[np.random.SeedSequence]
    draws: np.random.SeedSequence
    wardrobe: np.random.SeedSequence
    scenes: list[np.random.SeedSequence]


def generate_demo(
    root: Path,
    settings: SynthesisSettings,
    processes: int = 1,
    progress: Callable[[str], object] | None = None,
) -> list[ClipRecord]:
    """Make the whole dataset: frames, ground truth and label sheets.

    Parameters
    ----------
    root : Path
        Folder of the dataset; it must not hold a dataset yet.
    settings : SynthesisSettings
        Size, difficulty and layout.
    processes : int
        Subjects made at the same time. The files do not depend on it.
    progress : callable, optional
        Called with one line of text after each subject, such as a logger's ``info``.

    Returns
    -------
    list of ClipRecord
        All clips, by subject.

    Raises
    ------
    DatasetError
        `root` holds a dataset already.
    """
    root = Path(root)
    present = [name for name in _entries_of_any_layout() if (root / name).exists()]
    if present:
        raise DatasetError(
            f"expected no dataset in {root} yet, found {', '.join(present)}; remove it or choose another folder"
        )
    by_subject: dict[int, list[ClipRecord]] = {}
    for index, records in _generate_subjects(root, settings, processes):
        by_subject[index] = records
        if progress is not None:
            progress(
                f"{records[0].subject}: {len(records)} clips ({len(by_subject)} of {settings.n_subjects} subjects)"
            )
    everything = [record for index in sorted(by_subject) for record in by_subject[index]]
    layout_named(settings.layout).write_sheets(root, everything)
    if settings.conditions is not None:
        write_conditions(root, everything)
    return everything


def _entries_of_any_layout() -> list[str]:
    """Return the files and folders, each once, that a dataset of the generator can have in its root."""
    entries = (entry for name in declared_layouts() for entry in layout_named(name).entries)
    return list(dict.fromkeys([*entries, _GROUND_TRUTH]))


def _generate_subjects(
    root: Path, settings: SynthesisSettings, processes: int
) -> Iterator[tuple[int, list[ClipRecord]]]:
    """Yield (index, clips) of each subject as it is finished."""
    if processes <= 1:
        for index in range(settings.n_subjects):
            yield index, generate_subject(root, settings, index)
        return
    context = multiprocessing.get_context("spawn")  # forking a process that has threads can deadlock
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_end_with_parent) as pool:
        jobs = {pool.submit(generate_subject, root, settings, i): i for i in range(settings.n_subjects)}
        for job in as_completed(jobs):
            yield jobs[job], job.result()


def _end_with_parent() -> None:
    """End this process when the one that started it is killed, so that it writes nothing into a later run's folder."""
    parent = multiprocessing.parent_process()
    if parent is None:
        raise RuntimeError("only a process that another one started can end with it")
    sentinel = parent.sentinel

    def wait() -> None:
        multiprocessing.connection.wait([sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def generate_subject(root: Path, settings: SynthesisSettings, index: int) -> list[ClipRecord]:
    """Make the frames and the ground truth of one subject.

    Parameters
    ----------
    root : Path
        Folder of the dataset.
    settings : SynthesisSettings
        Size, difficulty and layout; ``n_subjects`` plays no part.
    index : int
        0-based; the subject depends on the seed and on this number only.

    Returns
    -------
    list of ClipRecord
        Its clips, for the label sheets.
    """
    layout, seeds = layout_named(settings.layout), _seeds_of_subject(settings, index)
    actor = sample_actor(seeds.identity)
    studio = Studio.sample(np.random.default_rng(seeds.studio))
    height, width = layout.camera.height, layout.camera.width
    bank = NoiseBank.sample(np.random.default_rng(seeds.noise), height=height, width=width, grey=layout.grey)
    plans = _plan_clips(np.random.default_rng(seeds.plan), actor, layout, settings, index, seeds.draws)
    wardrobe = None
    if settings.conditions is not None:
        rng = np.random.default_rng(seeds.wardrobe)
        wardrobe = Wardrobe(actor.neutral, actor.head.triangles, sample_identity(seeds.identity), rng)
    for plan, seed, scene_seed in zip(plans, seeds.films, seeds.scenes, strict=True):
        film_clip(
            Path(root),
            plan.record,
            plan.performance,
            scene=_scene(actor, studio, plan.conditions, wardrobe, np.random.default_rng(scene_seed)),
            layout=layout,
            bank=bank,
            rng=np.random.default_rng(seed),
            settings=settings if plan.conditions is None else settings_under(settings, plan.conditions),
        )
    return [plan.record for plan in plans]


def frames_planned(settings: SynthesisSettings, index: int) -> list[tuple[ClipRecord, range]]:
    """Return the clips of a subject, and the numbers of the frames that would be written of each: nothing is rendered.

    Parameters
    ----------
    settings : SynthesisSettings
    index : int
        Of the subject, from 0.
    """
    layout, seeds = layout_named(settings.layout), _seeds_of_subject(settings, index)
    actor = sample_actor(seeds.identity)
    plans = _plan_clips(np.random.default_rng(seeds.plan), actor, layout, settings, index, seeds.draws)
    found = []
    for plan in plans:
        timing = plan.performance.timing
        kept, first = layout.kept(timing), plan.record.onset - timing.onset
        found.append((plan.record, range(first + kept.start, first + kept.stop)))
    return found


def _seeds_of_subject(settings: SynthesisSettings, index: int) -> _Seeds:
    """Return what is drawn from what: everything depends on the seed of the dataset and the number of the subject."""
    identity, studio, noise, clips, conditions = np.random.SeedSequence([settings.seed, index]).spawn(5)
    n_clips = settings.clips + settings.others + settings.macro
    plan, *films = clips.spawn(1 + n_clips)
    draws, wardrobe, *scenes = conditions.spawn(2 + n_clips)
    return _Seeds(int(identity.generate_state(1)[0]), studio, noise, plan, films, draws, wardrobe, scenes)


def _scene(
    actor: Actor,
    studio: Studio,
    conditions: Conditions | None,
    wardrobe: Wardrobe | None,
    rng: np.random.Generator,
) -> Scene:
    """Return who is filmed where; `rng` places the lamp and the hand of a clip with conditions."""
    if conditions is None or wardrobe is None:
        return Scene(actor, studio)
    return Scene(actor, lit(rng, studio, conditions), wardrobe.for_clip(conditions, rng), conditions)


def _draw_conditions(
    seed: np.random.SeedSequence, settings: SynthesisSettings, shown: list[tuple[str, str]]
) -> list[Conditions | None]:
    """Draw the conditions of each clip of a subject: none in a dataset without."""
    ranges = settings.conditions
    if ranges is None:
        return [None] * len(shown)
    rng = np.random.default_rng(seed)
    worn = sample_worn(rng, ranges)
    return [
        sample_conditions(rng, ranges, difficulty, worn)
        for difficulty in deal_difficulties(rng, [emotion for emotion, _ in shown])
    ]


def _plan_clips(
    rng: np.random.Generator,
    actor: Actor,
    layout: Layout,
    settings: SynthesisSettings,
    index: int,
    conditions_seed: np.random.SeedSequence,
) -> list[_Plan]:
    """Draw the clips of a subject: emotions shuffled over the videos, frame numbers rising within each video."""
    shown = layout.shown(rng, index, clips=settings.clips, others=settings.others, macro=settings.macro)
    subject = layout.subject(index)
    videos = layout.videos(subject, [emotion for emotion, _ in shown])
    next_free = {video: int(rng.integers(*layout.first_frames, endpoint=True)) for video in videos}
    conditions_of = _draw_conditions(conditions_seed, settings, shown)
    disturbing = [np.random.default_rng(seed) for seed in conditions_seed.spawn(len(shown))]
    plans = []
    for number, ((emotion, expression), conditions) in enumerate(zip(shown, conditions_of, strict=True)):
        performance = sample_performance(
            rng,
            layout.display(rng, emotion),
            expression=expression,
            aus=actor.aus,
            pivot_behind_eyes_mm=-float(actor.head.pivot[2]),
            settings=settings if conditions is None else settings_under(settings, conditions),
            recording=layout.recording,
            unit_factors=layout.unit_factors,
        )
        if conditions is not None:
            performance = disturbed(disturbing[number], performance, conditions, layout.recording.fps)
        video = videos[number % len(videos)]
        record = _record(layout, performance, subject, video, expression, first=next_free[video])
        next_free[video] += performance.timing.n_frames + int(rng.integers(*layout.pause_frames))
        plans.append(_Plan(performance, record, conditions))
    return plans


def _record(
    layout: Layout, performance: Performance, subject: str, video: str, expression: str, *, first: int
) -> ClipRecord:
    """Return the row of the label sheet of a clip whose first frame has the number `first`."""
    timing = performance.timing
    return ClipRecord(
        subject=subject,
        video=video,
        onset=first + timing.onset,
        apex=first + timing.apex,
        offset=first + timing.offset,
        **layout.labels(performance.display, performance.amplitudes)._asdict(),
        expression=expression,
    )
