"""Registry: every layout by the name that the configuration uses."""

from collections.abc import Mapping

from merflow.synthesis.layouts import casme2, casme3, samm, smic
from merflow.synthesis.layouts.layout import Layout

LAYOUTS: Mapping[str, Layout] = {
    "raw": casme3.VIDEOS,
    "clips": casme3.CLIP_PACK,
    "casme2_raw": casme2.RAW,
    "casme2_selected": casme2.SELECTED,
    "casme2_cropped": casme2.CROPPED,
    "samm": samm.GREY,
    "smic_cropped": smic.CROPPED,
    "smic_raw": smic.RAW,
    "smic_e": smic.LONG,
}
