"""Emotions: the words that every reader translates those of its sheet to."""

EMOTIONS = (
    "anger",
    "contempt",
    "disgust",
    "fear",
    "happiness",
    "negative",
    "others",
    "positive",
    "repression",
    "sadness",
    "surprise",
)
"""Canonical emotions; readers translate a sheet's own words to these. Negative and positive are those of SMIC, of
part C of CAS(ME)^3 and of ready flow images, which tell no finer: label sets of single emotions leave such clips out on
purpose."""
