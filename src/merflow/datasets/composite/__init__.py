"""Composite: a dataset that is made of others, such as that of MEGC 2019."""

from merflow.datasets.declaration import Dataset

DATASET = Dataset(
    title="composite",
    citation="J. See et al., MEGC 2019 - The Second Facial Micro-Expressions Grand Challenge, FG 2019",
    licence="Those of its members.",
    settings="merflow.datasets.composite.reader:CompositeSettings",
    read="merflow.datasets.composite.reader:compose",
)
