"""Why an index is made anew, of Snakemake's own words, which name parameters by their values."""

import pytest

from merflow.costs.stale_index import why_stale

A, B, C = (letter * 64 for letter in "abc")
PARAMS = "Params have changed since last execution: Union of exclusive params before and now across all output: "


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            f"{PARAMS}before: {{'clips.csv': '{A}', 'folders': '{C}'}} now: {{'clips.csv': '{B}', 'folders': '{C}'}} ",
            "clips.csv changed since it was made",
        ),
        (f"{PARAMS}before: {{}} now: {{'mine_apexes.csv': '{A}'}} ", "mine_apexes.csv changed since it was made"),
        (f"{PARAMS}before: {A} now: {B} ", "the code that makes it changed"),
        (f"{PARAMS}before: {{'fps': 30}} now: {{'fps': 25}} ", "settings of the dataset changed since it was made"),
        ("Updated input files: clips.csv", "Updated input files: clips.csv"),
    ],
)
def test_reasons_in_words(reason, told):
    assert why_stale(reason) == told
