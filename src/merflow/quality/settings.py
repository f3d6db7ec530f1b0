"""Settings of the quality pages; of their own file, since planning reads them."""

from dataclasses import dataclass

from merflow.checks import check_setting


@dataclass(frozen=True, slots=True)
class QcSettings:
    """What the quality pages of a dataset show.

    Parameters
    ----------
    artefacts : tuple of str
        ``<kind>/<variant>``, which are made for the pages with all that they are computed from, as far as the dataset
        has what they need. Of every other kind that is built the first variant is read too.
    experiments : tuple of str
        Whose predictions are shown beside the numbers, as the share of seeds that miss a clip; they are trained first.
        A dataset shows those that name it among theirs.
    reference : str
        ``clips.tsv`` of another dataset, such as ``results/demo/qc/clips.tsv``: a line under each strip shows where its
        values lie. Empty = none.
    faces : bool
        Whether the pages, and Snakemake's report, contain pictures of faces.
    deviations : float
        Scaled median absolute deviations from the median of the dataset beyond which a value is an outlier, where no
        limit is declared.
    """

    artefacts: tuple[str, ...] = ("regions/sort1024",)
    experiments: tuple[str, ...] = ()
    reference: str = ""
    faces: bool = True
    deviations: float = 5.0

    def __post_init__(self) -> None:
        wrong = [name for name in self.artefacts if name.count("/") != 1]
        check_setting(not wrong, "qc.artefacts", expected="<kind>/<variant>, such as flow/tvl1", found=wrong)
        check_setting(self.deviations > 0, "qc.deviations", expected="a number above 0", found=self.deviations)
