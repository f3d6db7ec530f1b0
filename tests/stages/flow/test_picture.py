import numpy as np

from merflow.stages.flow.picture import affine_flow, plot_flow


def test_head_motion_field_by_hand():
    # u = 0.5 + 0.1 x, v = -1 + 0.2 y: at (x, y) = (3, 2) that is (0.8, -0.6).
    field = affine_flow(np.array([[0.1, 0.0, 0.5], [0.0, 0.2, -1.0]]), 5)
    assert field.shape == (2, 5, 5)
    np.testing.assert_allclose(field[:, 2, 3], [0.8, -0.6])


def test_expression_flow_is_drawn_and_counted_on_the_face_only():
    flow = np.full((2, 32, 32), 1.0)
    flow[:, :, 16:] = 9.0
    mask = np.zeros((32, 32), dtype=bool)
    mask[:, :16] = True
    face = np.full((32, 32, 3), 150, dtype=np.uint8)
    figure = plot_flow(flow, flow, np.zeros((2, 3)), face, mask, title="t")
    total, _, expression = (figure.axes[i].images[0].get_array() for i in range(3))
    np.testing.assert_array_equal(total[:, :16], expression[:, :16])
    assert np.ptp(expression[:, 16:], axis=2).max() == 0
    assert np.ptp(total[:, 16:], axis=2).max() > 50
    table = figure.texts[-1].get_text().splitlines()
    assert table[0] == "on the face"
    # The length of (1, 1) px; of (9, 9) px nothing is counted.
    assert table[2].split() == ["total", "1.41", "1.41"]
