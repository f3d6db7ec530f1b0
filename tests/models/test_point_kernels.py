import pytest
import torch

from merflow.models.point_kernels import largest_of_points, sum_of_products, times


@pytest.mark.parametrize("points", [1, 3, 40])  # from 16 on torch takes oneDNN
@pytest.mark.parametrize("channels", [6, 64])
def test_products_are_those_of_matrices(points, channels):
    torch.manual_seed(0)
    h, weight, bias = torch.randn(points, 5, channels), torch.randn(7, channels), torch.randn(7)
    expected = h.double() @ weight.double().T
    torch.testing.assert_close(times(h, weight), expected.float())
    torch.testing.assert_close(times(h, weight, bias), (expected + bias).float())
    assert times(h, weight).is_contiguous()


def test_points_in_another_order_of_axes_are_multiplied_too():
    x = torch.randn(2, 3, 20, 4)
    h = x.permute(2, 0, 1, 3).reshape(20, 6, 4)  # a view
    assert not h.is_contiguous()
    weight = torch.randn(5, 4)
    torch.testing.assert_close(times(h, weight), h @ weight.T)


@pytest.mark.parametrize(("m", "n"), [(3, 8), (8, 3), (4, 4)])
def test_sum_of_products(m, n):
    a, b = torch.randn(30, 5, m, dtype=torch.float64), torch.randn(30, 5, n, dtype=torch.float64)
    torch.testing.assert_close(sum_of_products(a, b), torch.einsum("pgm,pgn->mn", a, b))
    assert sum_of_products(a[:0], b[:0]).tolist() == torch.zeros(m, n).tolist()


def test_the_first_of_equal_points_is_the_largest():
    z = torch.tensor([1.0, 5.0, 5.0, 2.0])[:, None, None].expand(4, 2, 3).contiguous()
    largest, winner = largest_of_points(z)
    assert largest.tolist() == [[5.0] * 3] * 2
    assert winner.tolist() == [[1] * 3] * 2
