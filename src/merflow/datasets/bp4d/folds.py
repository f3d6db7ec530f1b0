"""BP4D folds: the three groups of people of public code for action units, each tested once."""

from collections.abc import Mapping

_TESTED: Mapping[str, str] = {
    "1": "F004 F006 F007 F012 F014 F015 F017 F019 F021 M003 M006 M009 M015",
    "2": "F003 F005 F011 F013 F020 F022 M002 M005 M010 M011 M013 M016 M017 M018",
    "3": "F001 F002 F008 F009 F010 F016 F018 F023 M001 M004 M007 M008 M012 M014",
}
"""As ME-GraphAU (Luo et al., IJCAI 2022) lists them: fold -> who is tested in it."""

FOLDS: Mapping[str, str] = {subject: fold for fold, people in _TESTED.items() for subject in people.split()}
"""Subject of BP4D -> fold. Other people have these names in BP4D+."""
