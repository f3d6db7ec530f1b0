"""Networks of one kind side by side: each weight of all is one tensor, a step of all is one step."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.nn.attention import SDPBackend, sdpa_kernel

from merflow.models.network import Network
from merflow.training.stacking.layers import Told, with_told_layers
from merflow.training.stacking.probe import Layout

Tensors = dict[str, Tensor]


class Stack:
    """Networks whose weights lie side by side.

    The networks themselves stay usable: their weights and running statistics become views of the stack, so that one
    of them is evaluated as ever.

    Parameters
    ----------
    nets : sequence of Network
        Of the same layers, each with its own weights.
    layout : Layout
        Of one of them; all have the same.
    objective : Module
        Makes ``(loss, logits)`` of a batch, by ``objective.net``, one of the networks.
    device : torch.device

    Attributes
    ----------
    parameters, buffers : dict of str to Tensor of shape (networks, ...)
    """

    def __init__(self, nets: Sequence[Network], layout: Layout, objective: nn.Module, *, device: torch.device) -> None:
        self.nets = list(nets)
        self.parameters: dict[str, nn.Parameter] = {
            name: nn.Parameter(_side_by_side([net.get_parameter(name) for net in nets], device))
            for name, _ in nets[0].named_parameters()
        }
        self.buffers: Tensors = {
            name: _side_by_side([net.get_buffer(name) for net in nets], device) for name, _ in nets[0].named_buffers()
        }
        objective, self._tell = with_told_layers(objective, _inside(layout))
        self._objective = objective.to(device).train()
        for number, net in enumerate(nets):
            _give(net, {name: value.detach()[number] for name, value in self._all().items()})

    def losses(self, batch: Mapping[str, Tensor], *, real: Tensor, kept: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return the loss of each network (networks,), and its logits (networks, clips, classes).

        Running statistics follow, as in a training step.

        Parameters
        ----------
        batch : mapping of str to Tensor of shape (networks, clips, ...)
            Arguments of the objective.
        real : Tensor of shape (networks, clips), float
            1 for a clip, 0 for padding, which must be finite.
        kept : sequence of Tensor of shape (networks, clips, ...), bool
            What each call of a dropout layer keeps.
        """
        with sdpa_kernel(SDPBackend.MATH):  # vmap has no rule for the other kernels of attention
            found: tuple[Tensor, Tensor] = vmap(self._of_one)(
                dict(self.parameters), self.buffers, dict(batch), real, tuple(kept)
            )
        return found

    def evaluating(self) -> None:
        """Set the networks, not the stack, to evaluation mode."""
        for net in self.nets:
            net.eval()

    def release(self, number: int) -> None:
        """Give a network weights of its own, as they are now; what the stack does later does not reach it."""
        _give(self.nets[number], {name: value.detach()[number].clone() for name, value in self._all().items()})

    def _of_one(
        self, parameters: Tensors, buffers: Tensors, batch: Tensors, real: Tensor, kept: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor]:
        self._tell(Told(real, kept))
        state = {f"net.{name}": value for name, value in (parameters | buffers).items()}
        found: tuple[Tensor, Tensor] = functional_call(self._objective, state, kwargs=batch)
        return found

    def _all(self) -> Tensors:
        return {**self.parameters, **self.buffers}


def _inside(layout: Layout) -> Layout:
    return Layout({f"net.{name}": rows for name, rows in layout.rows.items()}, layout.drops)


def _side_by_side(values: Sequence[Tensor], device: torch.device) -> Tensor:
    """Return tensors as one on the device, without a second copy where they are."""
    found = torch.empty((len(values), *values[0].shape), dtype=values[0].dtype, device=device)
    for place, value in zip(found, values, strict=True):
        place.copy_(value.detach())
    return found


def _give(net: nn.Module, values: Mapping[str, Tensor]) -> None:
    """Make tensors the weights and buffers of a network, without a copy."""
    for name, value in values.items():
        path, _, leaf = name.rpartition(".")
        owner = net.get_submodule(path)
        if leaf in owner._parameters:
            owner._parameters[leaf] = nn.Parameter(value)
        else:
            owner._buffers[leaf] = value
