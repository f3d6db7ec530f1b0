"""From a recording to scores: load a model, run its stages on raw frames, and ask its networks."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.datasets.intrinsics import Intrinsics
from merflow.datasets.table.reader import read_table_of_clips
from merflow.datasets.table.settings import TableSettings
from merflow.errors import DatasetError
from merflow.prediction.answers import NO_ANSWER, Prediction, answers_of, without_answer
from merflow.prediction.chain import artefacts_of, check_chain, needs_depth, needs_meshes
from merflow.prediction.clips import Asked, DepthDefaults, Unit, clip_of
from merflow.prediction.loading import model_at, what_changed
from merflow.prediction.model_file import Model
from merflow.prediction.pictures import draw_clip
from merflow.settings import from_plain

logger = logging.getLogger(__name__)


class Predictor:
    """A model that predicts recordings; :func:`load_predictor` makes one.

    Attributes
    ----------
    model : Model
    changed : tuple of str
        In what the code and files here, or the data beside it, are not those that made it. Empty = in nothing.
    """

    def __init__(self, model: Model) -> None:
        check_chain(model)
        self.model = model
        self.changed = what_changed(model)
        for what in self.changed:
            logger.warning("%s: %s", model.path, what)

    def __call__(
        self,
        recording: str | Path,
        *,
        onset: float | None = None,
        apex: float | None = None,
        offset: float | None = None,
        unit: Unit = "frames",
        first_frame: int | None = None,
        fps: float | None = None,
        depth: str | Path | None = None,
        depth_unit_mm: float | None = None,
        intrinsics: str | Path | None = None,
        meshes: str | Path | None = None,
        picture: str | Path | None = None,
    ) -> Prediction:
        """Predict one clip of a recording.

        Parameters
        ----------
        recording, onset, apex, offset, unit, first_frame, fps, depth, meshes
            As for ``merflow.prediction.clips.Asked``.
        depth_unit_mm : float, optional
            Mm that 1 in the depth pictures stands for; by default that of the file of the camera, or else that of the
            dataset that the model was trained on.
        intrinsics : path, optional
            Camera of the depth, a file of fx, fy, cx, cy; by default that of the dataset, or of the model's clouds.
        picture : path, optional
            PNG file to draw the clip into, through every stage.

        Raises
        ------
        DatasetError
            When the recording cannot be read, the numbers are not those of its frames, the model needs depth or meshes
            and there are none, or a stage cannot use the clip: the message has its reason.
        """
        path = Path(recording)
        asked = Asked(
            recording=path if path.name not in ("", "..") else path.resolve(),
            onset=onset,
            apex=apex,
            offset=offset,
            unit=unit,
            first_frame=first_frame,
            fps=fps,
            depth=Path(depth) if depth else None,
            depth_unit_mm=depth_unit_mm,
            intrinsics=Path(intrinsics) if intrinsics else None,
            default=DepthDefaults(self._depth_unit_mm() if depth_unit_mm is None else 1.0, self._intrinsics),
            meshes=Path(meshes) if meshes else None,
        )
        clip, root = clip_of(asked, dataset=self.model.about.dataset, expressions=self._experiment["expressions"])
        self._check_depth([clip], root, advice="Give --depth FOLDER")
        self._check_meshes([clip], root, advice="Give --meshes FOLDER, with their textures and 3D landmarks")
        (found,) = self.clips([clip], root, pictures={clip.id: Path(picture)} if picture else None)
        if found.problem:
            raise DatasetError(f"{recording}: {found.problem}. Correct it, or name another recording.")
        return found

    def table(
        self,
        table: str | Path,
        *,
        root: str | Path | None = None,
        unit: Unit = "frames",
        first_frame: int | None = None,
        fps: float | None = None,
        pictures: str | Path | None = None,
    ) -> list[Prediction]:
        """Predict every clip of a table, in the order of subject, clip and onset.

        Parameters
        ----------
        table : path
            CSV, TSV or workbook with the columns of the reader ``table``; labels in it are not read by a network.
        root : path, optional
            Folder that the paths of the table start in; by default that of the table.
        unit, first_frame, fps
            As for the reader ``table``.
        pictures : path, optional
            Folder to draw a PNG file of each clip into.

        Returns
        -------
        list of Prediction
            One for each clip; of one that cannot be used, with its problem.

        Raises
        ------
        DatasetError
            With every fault of the table at once; and when the model needs depth and a row names none.
        """
        path = Path(table)
        folder = Path(root) if root else path.parent
        index = read_table_of_clips(
            self.model.about.dataset,
            self._table_settings(path, folder, unit=unit, first_frame=first_frame, fps=fps),
        )
        self._check_depth(index.clips, folder, advice="Fill in depth_path")
        self._check_meshes(
            index.clips, folder, advice="A table names none: predict each recording with --meshes FOLDER"
        )
        drawn = {clip.id: Path(pictures) / f"{clip.id}.png" for clip in index.clips} if pictures else None
        found = [*self.clips(index.clips, folder, pictures=drawn), *without_answer(index)]
        order = {clip.id: place for place, clip in enumerate(index.annotated)}
        return sorted(found, key=lambda one: order.get(one.clip, len(order)))

    def _table_settings(
        self, table: Path, root: Path, *, unit: Unit, first_frame: int | None, fps: float | None
    ) -> TableSettings:
        """Return how a table is read; what it does not say of depth is as in the training data."""
        if first_frame is None:
            raise DatasetError(
                f"{table}: expected what its numbers call the first frame, found nothing. Give --first-frame."
            )
        return TableSettings(
            root=root,
            unit=unit,
            first_frame=first_frame,
            annotation=table,
            fps=fps,
            depth_unit_mm=self._depth_unit_mm(),
            intrinsics=self._intrinsics,
            **self._words,
        )

    def clips(
        self, clips: Iterable[Clip], root: Path, *, pictures: Mapping[str, Path] | None = None
    ) -> Iterator[Prediction]:
        """Predict clips, subject by subject, as the workflow makes their artefacts.

        Parameters
        ----------
        clips : iterable of Clip
            Those of a subject side by side.
        root : Path
            Folder that their paths start in.
        pictures : mapping of str to Path, optional
            PNG file to draw into, by clip id.

        Yields
        ------
        Prediction
            One for each clip, with its problem where a stage cannot use it.
        """
        for _, group in groupby(clips, key=lambda clip: clip.subject):
            own = list(group)
            with (
                TemporaryDirectory(prefix="merflow-predict-") as folder,
                artefacts_of(self.model, own, root=root, folder=Path(folder)) as shards,
            ):
                found = self._of_shards(shards, own, root)
                for one in found:
                    if pictures and not one.problem:
                        draw_clip(shards, one.clip, pictures[one.clip], label=", ".join(one.answer.predicted))
            yield from found

    def _of_shards(self, shards: Mapping[str, Shard], clips: Sequence[Clip], root: Path) -> list[Prediction]:
        *_, last = shards.values()
        usable = [clip for clip in clips if clip.id in last]
        reasons = {row["clip"]: row["reason"] for shard in shards.values() for row in shard.exclusions}
        answers = answers_of(self.model, last, [clip.id for clip in usable]) if usable else {}
        return [
            Prediction(
                clip=clip.id,
                subject=clip.subject,
                recording=str(root / clip.color),
                frames=(clip.onset, clip.apex, clip.offset),
                answer=answers.get(clip.id, NO_ANSWER),
                notes=(*dict.fromkeys(_notes(clip, shards)), *self.changed),
                problem="" if clip.id in answers else reasons.get(clip.id, "a stage has left it out"),
            )
            for clip in clips
        ]

    def _check_depth(self, clips: Iterable[Clip], root: Path, *, advice: str) -> None:
        lacking = [clip for clip in clips if not clip.depth] if needs_depth(self.model) else []
        what = f"a recording with depth, which the model needs ({self._chain})"
        _refuse(lacking, root, what, f"{advice}, or take a model without depth.")

    def _check_meshes(self, clips: Iterable[Clip], root: Path, *, advice: str) -> None:
        lacking = [clip for clip in clips if not clip.meshes] if needs_meshes(self.model) else []
        what = f"meshes of the face, one a frame, which the model reads ({self._chain}) and a video does not have"
        _refuse(lacking, root, what, f"{advice}, or take a model of video.")

    @property
    def _chain(self) -> str:
        return " -> ".join(kind for kind, _ in self.model.about.chain)

    @property
    def _experiment(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.model.about.settings["experiment"]
        return found

    def _depth_unit_mm(self) -> float:
        """Return the unit of depth of the training data; refuse to choose one of several, where it is read."""
        units = self.model.about.depth_units_mm
        if len(units) > 1 and needs_depth(self.model):
            raise DatasetError(
                f"{self.model.path}: expected training data with depth in one unit, found units of "
                f"{' and '.join(f'{unit:g}' for unit in units)} mm. Give --depth-unit-mm, recording by recording."
            )
        return units[0]

    @property
    def _intrinsics(self) -> Intrinsics | None:
        """Return the camera of the training data, where its settings name one."""
        found = self.model.about.settings["dataset"].get("intrinsics")
        return from_plain(Intrinsics, found) if found else None

    @property
    def _words(self) -> dict[str, Any]:
        """The words of the column ``emotion`` that the dataset of the model knows, where it was a table too."""
        dataset = self.model.about.settings["dataset"]
        words = {"classes": tuple(dataset.get("classes", ())), "emotions": dataset.get("emotions", {})}
        return words if dataset.get("reader") == "table" else {}


def load_predictor(path: str | Path) -> Predictor:
    """Load a model.

    Parameters
    ----------
    path : path
        ``results/<dataset>/<experiment>/final/model.pt``; or the folder of a fold, ``.../folds/<fold>``, whose networks
        never saw its test subject.

    Raises
    ------
    ArtefactError
        When there is no such file or fold, or it is another or a damaged one.
    ConfigError
        When its network is a plug-in that is not at hand.

    Examples
    --------
    >>> predictor = load_predictor("results/demo/ststnet/final/model.pt")  # doctest: +SKIP
    >>> predictor("clip.mp4", onset=12, apex=20, offset=31, first_frame=0).answer.scores  # doctest: +SKIP
    """
    return Predictor(model_at(Path(path)))


def _refuse(lacking: Sequence[Clip], root: Path, what: str, advice: str) -> None:
    """Refuse clips that lack what a model needs, if there are any, by the first one."""
    if lacking:
        raise DatasetError(f"{root / lacking[0].color}: expected {what}, found none. {advice}")


def _notes(clip: Clip, shards: Mapping[str, Shard]) -> Iterator[str]:
    """Yield what the recording and the stages note of a clip."""
    yield from filter(None, clip.notes.split("; "))
    for shard in shards.values():
        if clip.id in shard:
            yield from filter(None, str(shard.attrs(clip.id).get("notes", "")).split("; "))
