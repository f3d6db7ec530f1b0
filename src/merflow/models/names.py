"""Which class each network is: a new network is a file in this folder and a line here.

The table holds names, not classes. So a job loads one network only, and the fingerprint of its code
(`merflow.artefacts.fingerprint`) holds no other network: adding or editing one leaves all results of the others.
"""

from collections.abc import Mapping

MODELS: Mapping[str, str] = {
    "lite_point_gcn": "merflow.models.lite_point_gcn:LitePointGCN",
    "gts_gn": "merflow.models.gts_gn:GTSGN",
    "ss_gn": "merflow.models.ss_gn:SSGN",
    "gcn": "merflow.models.plain_gcn:PlainGCN",
    "resnet18": "merflow.models.resnet18:ResNet18",
    "capsule": "merflow.models.capsule:CapsuleNet",
    "ststnet": "merflow.models.ststnet:STSTNet",
    "off_apexnet": "merflow.models.off_apexnet:OFFApexNet",
    "atm_gcn": "merflow.models.atm_gcn:ATMGCN",
}
"""Name in the configuration -> ``module:class``. Each class is called as ``model(input_shape, classes, **params)``:
shape of one example, number of classes."""
