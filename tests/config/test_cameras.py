"""One dataset has one depth camera, whichever stage is told of it."""

import pytest

from merflow.errors import ConfigError


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"clouds": {"denoised": {"focal_px": 900.0}}},
            ("projections.rgbd64.rgbd.focal_px", "clouds.denoised.focal_px", "of demo", "1324.65 and 900"),
        ),
        (
            {"projections": {"rgbd224": {"rgbd": {"focal_px": 900.0}}}},
            ("projections.rgbd224.rgbd.focal_px", "clouds.denoised.focal_px", "of casme3", "900 and 1324.65"),
        ),
        (
            {"clouds": {"denoised": {"cx_px": 600.0}}},
            ("projections.rgbd64.rgbd.cx_px", "clouds.denoised.cx_px", "of demo", "639.5 and 600"),
        ),
    ],
)
def test_two_cameras_of_one_dataset_are_refused_with_both_settings(load, shipped, changes, told):
    with pytest.raises(ConfigError) as refused:
        load(changed(shipped, changes))
    for part in told:
        assert part in str(refused.value)


def test_one_camera_in_every_block_is_accepted_and_used(load, shipped):
    blocks = {
        "clouds": {name: {"focal_px": 900.0} for name in ("denoised", "raw", "raw_robust_affine")},
        "projections": {name: {"rgbd": {"focal_px": 900.0}} for name in ("rgbd224", "rgbd64")},
    }
    config = load(changed(shipped, blocks))
    assert config.variant("clouds", "denoised").settings.focal_px == 900.0
    assert config.variant("projections", "rgbd224").settings.rgbd.focal_px == 900.0


def test_variants_of_one_stage_may_vary_the_camera_on_purpose(load, shipped):
    short = {"clouds": {"short": {"depth_flow": "denoised", "focal_px": 900.0}}}
    regions = {"regions": {"short": {"clouds": "short"}}}
    own = {
        "experiments": {"short": {"extends": "lite_point_gcn", "artefact": "regions/short", "datasets": ["benchmark"]}}
    }
    assert load(changed(shipped, short | regions | own)).experiment("short").datasets == ("benchmark",)


def test_a_composite_sees_its_members_through_their_own_camera(load, shipped):
    """Its clouds are those of its members, whose other experiments read projections."""
    blocks = {
        "clouds": {"short": {"depth_flow": "denoised", "focal_px": 900.0}},
        "regions": {"short": {"clouds": "short"}},
        "datasets": {"pair": {"reader": "composite", "members": ["demo", "demo_samm"]}},
        "experiments": {"short": {"extends": "lite_point_gcn", "artefact": "regions/short", "datasets": ["pair"]}},
    }
    with pytest.raises(ConfigError, match=r"clouds\.short\.focal_px.* of demo,"):
        load(changed(shipped, blocks))


def changed(raw, blocks):
    """Lay settings over a raw configuration, two levels deep."""
    for section, variants in blocks.items():
        for name, settings in variants.items():
            raw.setdefault(section, {}).setdefault(name, {}).update(settings)
    return raw
