from dashboard.layout_changes import layout_changes
from recorder.contract.layouts import BEST_FIT, CUSTOM, VERTICAL, Layout, Region, UserBackground

LEFT = Region(0, 0, 500_000, 1_000_000)
RIGHT = Region(500_000, 0, 500_000, 1_000_000)


def told(before: Layout, after: Layout) -> dict[str, tuple[str, str]]:
    return {change.what: (change.before, change.after) for change in layout_changes(before, after)}


def test_the_same_layout_changes_nothing():
    layout = Layout(CUSTOM, (LEFT, RIGHT), background_color="#123456")

    assert layout_changes(layout, layout) == ()


def test_another_arrangement_is_told_with_its_regions():
    assert told(Layout(BEST_FIT), Layout(CUSTOM, (LEFT,))) == {
        "Arrangement": ("Best fit", "Custom"),
        "Regions": ("as many as users", "1 region"),
    }


def test_each_region_that_changes_is_told_by_its_number():
    moved = Region(500_000, 0, 333_333, 1_000_000, uid="7", alpha=500_000, render_mode=1)

    assert told(Layout(CUSTOM, (LEFT, RIGHT)), Layout(CUSTOM, (LEFT, moved))) == {
        "Region 2": (
            "50 × 100 % at 50, 0, cropped",
            "33.3333 × 100 % at 50, 0, uid 7, 50 % opaque, fitted",
        )
    }


def test_a_change_of_one_millionth_is_told():
    moved = Region(1, 0, 500_000, 1_000_000)

    assert "Region 1" in told(Layout(CUSTOM, (LEFT,)), Layout(CUSTOM, (moved,)))


def test_what_the_new_layout_leaves_open_is_reset():
    full = Layout(
        VERTICAL,
        max_resolution_uid="7",
        background_image="https://example.org/a.png",
        default_user_background_image="https://example.org/b.png",
        backgrounds=(UserBackground("7", "https://example.org/c.png"),),
    )

    changes = layout_changes(full, Layout(VERTICAL))

    assert {change.what for change in changes if change.reset} == {
        "Large picture",
        "Background image",
        "Picture of users without video",
        "Pictures of single users",
    }
    assert all(change.after == "none" for change in changes)


def test_setting_something_is_no_reset():
    [change] = layout_changes(
        Layout(BEST_FIT), Layout(BEST_FIT, background_image="https://e.org/a")
    )

    assert not change.reset
