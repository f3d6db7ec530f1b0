"""Flow images: a dataset of pictures of u, v and strain that came ready, in place of recordings."""

from merflow.datasets.declaration import Dataset

DATASET = Dataset(
    title="ready flow images",
    licence="That of the recordings which the pictures were made of.",
    settings="merflow.datasets.flow_images.reader:FlowImagesSettings",
    read="merflow.datasets.flow_images.reader:read_flow_images",
    annotation="merflow.datasets.flow_images.reader:flow_images_annotation",
    ready="flow_images",
    people_by_name=True,
)
