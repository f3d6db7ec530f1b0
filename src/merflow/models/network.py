"""The contract of a network: what it declares, what it must compute, and what it may compute in addition.

A network is one file with one class, a subclass of :class:`Network`: in this folder, or a plug-in of the user
(docs/adding-a-model.md). Nothing else names it: the configuration, the plan and the pictures are told by its class
attributes.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from torch import Tensor, nn

from merflow.models.losses import binary_loss, focal_loss


class Network(nn.Module):
    """A network that a configuration can name.

    The constructor takes the shape of one example and the number of classes, then keyword-only parameters with
    defaults: they are ``model_params`` of an experiment, and the schema of the configuration is made from them and
    from the docstring of the class. What the examples decide, and not the configuration, a network asks for by name:
    ``au_numbers`` (FACS numbers of the action units that the training clips show), ``n_aus`` (how many these are) and
    ``edges`` (pairs of nodes of a graph).

    The attributes are plain values, written out in the class: planning reads them from the source, since it loads no
    torch.

    Attributes
    ----------
    name : str
        Of the network in the configuration: ``model: <name>``. A plug-in needs none: ``model: <module>:<class>``.
    reads : tuple of str
        Kinds of artefact whose examples it can read.
    size_px : int
        The one side of pictures that it can read; 0 for any.
    clip_ms : float
        Milliseconds of one core for a clip in a training step, forward and backward, at the size that is shipped: how
        many folds are worth the start of a job follows from it (``folds_per_job``). 0: not known, a job has one fold.
    needs_apex_and_length : bool
        Whether it is called as ``forward(x, apex_and_length)``, the second (batch, 2): frame of the apex (0: the onset
        itself), and frames that are no padding. For sequences only.
    shows : mapping of str to mapping
        What can be drawn of it once it is trained -> parameters, and their values (a tuple: one of them), without which
        it does not learn that. ``layers``: ``layer_features(x)``, a list of (batch, n). ``graph``: ``adjacencies()``, a
        list of (stream, layer from 1, matrix). ``units``: ``au_weights()`` and ``au_layers``, the weight of each layer
        in the loss of the action units. ``attention``: ``attention_maps(x, apex_and_length, block=0)``, (batch, frames
        after the onset, h, w) from 0 to 1. ``activation``: ``last_block()``, the module whose output (batch, channels,
        h, w), or (batch, channels, frames, h, w), everything after it reads, or a list of such modules, one a view, and
        ``seen(x)``, the part of the picture that this output covers, (batch, height, width, 3) of 0 to 255, views side
        by side.
    effective_with : mapping of str to mapping, optional
        Parameter that others may switch off -> those, and their values (a tuple: one of them), without which it is not
        read. An experiment that gives it all the same is refused.
    """

    name: ClassVar[str] = ""
    reads: ClassVar[tuple[str, ...]] = ()
    size_px: ClassVar[int] = 0
    clip_ms: ClassVar[float] = 0.0
    needs_apex_and_length: ClassVar[bool] = False
    shows: ClassVar[Mapping[str, Mapping[str, object]]] = {}

    def promise_whole_clips(self) -> None:
        """Be told that all clips that will come are sound and none is padded.

        A network that reads `apex_and_length` then need not look at it to know the shape of its tensors. Most networks
        do nothing with it.
        """

    def begin_training(self, aus: Tensor, *, known: Tensor) -> None:
        """Be told that training begins with the fresh weights: take those that were trained elsewhere.

        It is called once, before the first step, and never of a network that is rebuilt from its own weights: a file
        need not be there then, and what is taken from the clips must be a buffer. Most networks do nothing.

        Parameters
        ----------
        aus : Tensor of shape (clips, a), float
            Of the training clips: 1 where the clip shows the unit, else 0.
        known : Tensor of shape (clips,), bool
            Whether the clip's units are known.
        """

    def notes(self) -> list[str]:
        """Return what the log must say of a training once it has ended; most networks say nothing."""
        return []

    def class_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float = 0.0) -> Tensor:
        """Return the loss of the classes: training minimises it, and early stopping looks at it.

        In training mode it is called after the forward pass of the batch, once, and a network may add a term of that
        pass (PointNet does). In evaluation mode, which early stopping looks at, it is of the logits alone: they may be
        of several batches.

        Parameters
        ----------
        logits : Tensor of shape (b, classes)
            Output for a batch.
        target : Tensor of shape (b,), int64
        weight : Tensor of shape (classes,) or None
            Of each class.
        focal_gamma : float
            Of the focal loss; 0 is cross-entropy. A network with a loss of its own ignores it.
        """
        if focal_gamma > 0:
            return focal_loss(logits, target, gamma=focal_gamma, weight=weight)
        return nn.functional.cross_entropy(logits, target, weight)

    def label_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float = 0.0) -> Tensor:
        """Return the loss of labels that are told one by one: binary cross-entropy, mean over clips and labels.

        Parameters
        ----------
        logits, target : Tensor of shape (b, labels)
            Output for a batch; 1 where the clip shows the label, else 0.
        weight : Tensor of shape (labels,) or None
            How many times a clip that shows the label counts.
        focal_gamma : float
            Of the focal loss; 0 is cross-entropy.
        """
        return binary_loss(logits, target, weight, gamma=focal_gamma)

    def label_scores(self, logits: Tensor) -> Tensor:
        """Return the probability of each label, (b, labels): above one half it is predicted."""
        return logits.sigmoid()

    def forward_with_aus(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the logits (b, classes), and those of the action units (b, a) after each layer that tells them.

        Most networks tell none: the list is then empty, and `au_loss` is not asked.
        """
        return self(x), []

    def au_loss(self, au_logits: Sequence[Tensor], aus: Tensor, *, known: Tensor) -> Tensor:
        """Return the loss of the action units over the clips whose units are known.

        Parameters
        ----------
        au_logits : sequence of Tensor of shape (b, a)
            Of `forward_with_aus`; not empty.
        aus : Tensor of shape (b, a)
            1 where the clip shows the unit, else 0.
        known : Tensor of shape (b,), bool
            Whether the clip's units are known; a clip of which they are not has no part in the loss.
        """
        raise NotImplementedError(f"{type(self).__name__} predicts action units and has no loss for them")
