"""The layouts pages: gallery, the form of numbers, versions, conflicts, archive."""

import re

import pytest
from django.urls import reverse

from recorder.contract.layouts import BEST_FIT, CUSTOM, FLOATING, UNIT, VERTICAL, Canvas, Region
from recorder.contract.layouts import Layout as Picture
from recorder.models import AuditEntry, Layout, Project, RecordingSession, StorageConfig, User

WIDE = Canvas(1280, 720)
HALVES = (Region(0, 0, UNIT // 2, UNIT), Region(UNIT // 2, 0, UNIT // 2, UNIT))
ROOT = "clientRequest"
REGIONS = f"{ROOT}.layoutConfig"


@pytest.fixture
def halves(db, person):
    return Layout.create("Halves", WIDE, Picture(CUSTOM, HALVES), by=person)


def region(position, **values):
    whole = {"x_axis": "0", "y_axis": "0", "width": "0.5", "height": "0.5", "alpha": "1"}
    whole |= {"render_mode": "0", "uid": ""} | values
    return {f"{REGIONS}.{position}.{name}": value for name, value in whole.items()}


def fields(*regions, **more):
    values = {
        "name": "Mine",
        "width": "1280",
        "height": "720",
        "seen": "0",
        f"{ROOT}.mixedVideoLayout": "3",
        f"{ROOT}.backgroundColor": "#102030",
    }
    for each in regions:
        values |= each
    return values | more


LEFT, RIGHT = region(0, height="1"), region(1, x_axis="0.5", height="1", uid="77")


def refused(signed_in, posted):
    answer = signed_in.post(reverse("layout_new"), posted)
    assert answer.status_code == 422
    assert not Layout.objects.exists()
    return answer.content.decode()


def error_at(page, place):
    """The sentence shown at a field."""
    found = re.search(rf'id="id_{re.escape(place)}_error">.*?<span>(.*?)</span>', page, re.S)
    assert found, f"no error at {place}"
    return found[1]


def session_with(layout, **more):
    project = Project.objects.create(
        name="P", provider="sandbox", app_id="a", customer_id="c", customer_secret="s"
    )
    storage = StorageConfig.objects.create(
        name="S", vendor=6, bucket="b", access_key="a", secret_key="s"
    )
    values = {"mode": "mix", "cname": "all-hands", "uid": "1", "request": {}, "storage": {}}
    return RecordingSession.objects.create(
        project=project, storage_config=storage, layout_version=layout.latest, **values | more
    )


class TestGallery:
    def test_an_empty_one_says_what_a_layout_is(self, signed_in):
        page = signed_in.get(reverse("layouts")).content.decode()

        assert "No layouts yet" in page
        assert reverse("layout_new") in page

    def test_a_card_shows_picture_name_regions_ratio_and_use(self, signed_in, halves):
        page = signed_in.get(reverse("layouts")).content.decode()

        assert "Halves" in page
        assert "2 regions" in page
        assert "16:9" in page
        assert "Not used yet" in page
        assert "Custom layout, 2 regions on 1280 by 720 pixels" in page

    def test_a_card_names_the_channels_that_are_recorded_with_it(self, signed_in, halves):
        session_with(halves, status="recording")

        page = signed_in.get(reverse("layouts")).content.decode()

        assert "all-hands" in page

    def test_a_card_says_when_it_was_last_used(self, signed_in, halves):
        session_with(halves, status="stopped")

        assert "Last used" in signed_in.get(reverse("layouts")).content.decode()

    def test_search_finds_by_a_part_of_the_name(self, signed_in, halves, asking):
        Layout.create("Grid", WIDE, Picture(BEST_FIT), by=None)

        page = signed_in.get(reverse("layouts"), {"q": "alv"}, headers=asking).content.decode()

        assert "Halves" in page
        assert "Grid" not in page
        assert "1 layout" in page
        assert "<html" not in page

    def test_a_search_without_result_names_what_was_sought(self, signed_in, halves):
        page = signed_in.get(reverse("layouts"), {"q": "<b>x"}).content.decode()

        assert "No layout matches" in page
        assert "&lt;b&gt;x" in page
        assert "Clear filters" in page

    def test_many_layouts_cost_no_more_queries_than_one(
        self, signed_in, halves, django_assert_max_num_queries
    ):
        for number in range(12):
            Layout.create(f"Grid {number}", WIDE, Picture(BEST_FIT), by=None)

        with django_assert_max_num_queries(10):
            signed_in.get(reverse("layouts"))


class TestSaving:
    def test_a_layout_is_created_with_its_first_version(self, signed_in, person):
        answer = signed_in.post(reverse("layout_new"), fields(LEFT, RIGHT))

        layout = Layout.objects.get()
        entry = AuditEntry.objects.get()
        assert answer["Location"] == reverse("layouts")
        assert (layout.version, layout.latest.canvas) == (1, WIDE)
        assert layout.latest.parsed() == Picture(
            CUSTOM,
            (Region(0, 0, UNIT // 2, UNIT), Region(UNIT // 2, 0, UNIT // 2, UNIT, uid="77")),
            background_color="#102030",
        )
        assert (entry.action, entry.user) == ("layout.create", person)

    def test_saving_again_makes_a_new_version_and_keeps_the_old(self, signed_in, halves):
        url = reverse("layout_edit", args=[halves.pk])

        signed_in.post(url, fields(LEFT, RIGHT, seen="1"))

        halves.refresh_from_db()
        assert (halves.version, halves.name) == (2, "Mine")
        assert halves.versions.get(number=1).parsed() == Picture(CUSTOM, HALVES)

    def test_a_new_name_alone_makes_no_version(self, signed_in, halves):
        plain = fields(LEFT, region(1, x_axis="0.5", height="1"), seen="1")
        plain[f"{ROOT}.backgroundColor"] = "#000000"

        signed_in.post(reverse("layout_edit", args=[halves.pk]), plain)

        halves.refresh_from_db()
        assert (halves.version, halves.name) == (1, "Mine")

    def test_saving_what_is_there_already_makes_nothing_new(self, signed_in, halves):
        same = fields(LEFT, region(1, x_axis="0.5", height="1"), seen="1", name="Halves")
        same[f"{ROOT}.backgroundColor"] = "#000000"

        answer = signed_in.post(reverse("layout_edit", args=[halves.pk]), same, follow=True)

        assert "Nothing was changed" in answer.content.decode()
        assert not AuditEntry.objects.exists()

    def test_numbers_survive_to_the_last_of_six_decimals(self, signed_in):
        odd = region(0, x_axis="0.000001", y_axis="0.333333", width="0.999999", height=".666667")

        signed_in.post(reverse("layout_new"), fields(odd))

        kept = Layout.objects.get().latest.parsed().regions[0]
        assert (kept.x, kept.y, kept.width, kept.height) == (1, 333_333, 999_999, 666_667)

    @pytest.mark.parametrize("kind", [FLOATING, BEST_FIT, VERTICAL])
    def test_a_predefined_layout_needs_no_regions_and_forgets_them(self, signed_in, kind):
        broken = region(0, x_axis="abc")
        posted = fields(broken, **{f"{ROOT}.mixedVideoLayout": str(kind)})

        signed_in.post(reverse("layout_new"), posted)

        assert Layout.objects.get().latest.picture["mixedVideoLayout"] == kind
        assert "layoutConfig" not in Layout.objects.get().latest.picture

    def test_the_large_window_belongs_to_the_vertical_layout(self, signed_in):
        large = {f"{ROOT}.maxResolutionUid": "527841"}
        kind = f"{ROOT}.mixedVideoLayout"

        signed_in.post(reverse("layout_new"), fields(**{kind: "2"}, **large))
        signed_in.post(reverse("layout_new"), fields(**{kind: "1", "name": "Other"}, **large))

        vertical, best_fit = Layout.objects.get(name="Mine"), Layout.objects.get(name="Other")
        assert vertical.latest.parsed().max_resolution_uid == "527841"
        assert best_fit.latest.parsed().max_resolution_uid is None

    def test_images_of_users_are_kept(self, signed_in):
        images = {
            f"{ROOT}.backgroundConfig.0.uid": "77",
            f"{ROOT}.backgroundConfig.0.image_url": "https://example.org/a.jpg",
            f"{ROOT}.backgroundConfig.0.render_mode": "1",
        }

        signed_in.post(reverse("layout_new"), fields(LEFT, RIGHT, **images))

        background = Layout.objects.get().latest.parsed().backgrounds[0]
        assert (background.uid, background.render_mode) == ("77", 1)

    def test_warnings_are_shown_and_do_not_stop_saving(self, signed_in):
        answer = signed_in.post(reverse("layout_new"), fields(region(0), region(1)))

        assert answer.status_code == 303


class TestErrors:
    @pytest.mark.parametrize(
        ("posted", "place", "sentence"),
        [
            (
                fields(LEFT, region(1, x_axis="0.6", width="0.5")),
                f"{REGIONS}.1.width",
                "The region reaches over the edge of the canvas.",
            ),
            (
                fields(region(0, width="0,5")),
                f"{REGIONS}.0.width",
                "Write the fraction with a point, as in 0.5.",
            ),
            (fields(region(0, x_axis="NaN")), f"{REGIONS}.0.x_axis", "The left edge is a fraction"),
            (fields(region(0, alpha="1e309")), f"{REGIONS}.0.alpha", "Opacity is a number from 0"),
            (fields(region(0, height="0")), f"{REGIONS}.0.height", "The region has no extent."),
            (
                fields(region(0, uid="7"), region(1, uid="7")),
                f"{REGIONS}.1.uid",
                "This user has more than one entry.",
            ),
            (fields(region(0, uid="007")), f"{REGIONS}.0.uid", "The user of a region is a uid"),
            (fields(region(0, uid="٣")), f"{REGIONS}.0.uid", "The user of a region is a uid"),
            (
                fields(LEFT, **{f"{ROOT}.backgroundColor": "red"}),
                f"{ROOT}.backgroundColor",
                "The background colour is # and six hexadecimal digits.",
            ),
            (
                fields(LEFT, **{f"{ROOT}.backgroundImage": "javascript:alert(1)"}),
                f"{ROOT}.backgroundImage",
                "The background image is the http or https address",
            ),
            (
                fields(LEFT, **{f"{ROOT}.backgroundConfig.0.uid": "1"}),
                f"{ROOT}.backgroundConfig.0.image_url",
                "A user&#x27;s background image needs the http or https address",
            ),
            (fields(LEFT, width="1921"), "width", "Each side of the picture has 1 to 1920 pixels."),
            (fields(LEFT, height="٣"), "height", "Each side of the picture has 1 to 1920 pixels."),
            (
                fields(LEFT, width="1920", height="1920"),
                "width",
                "The picture has at most 1920 × 1080 pixels in all.",
            ),
            (fields(LEFT, name=""), "name", "This field is required."),
        ],
    )
    def test_each_is_shown_at_its_field(self, signed_in, posted, place, sentence):
        page = refused(signed_in, posted)

        assert error_at(page, place).startswith(sentence)
        assert f'href="#id_{place}"' in page

    def test_eighteen_regions_are_one_too_many(self, signed_in):
        page = refused(signed_in, fields(*(region(k) for k in range(18))))

        assert "A custom layout is a list of at most 17 regions." in page
        assert f'href="#id_{REGIONS}"' in page
        assert f'name="{REGIONS}.17.x_axis"' in page

    def test_a_custom_layout_without_regions_is_none(self, signed_in):
        assert "A custom layout needs at least one region." in refused(signed_in, fields())

    def test_everything_typed_is_still_there(self, signed_in):
        page = refused(signed_in, fields(region(0, x_axis="half", uid="12")))

        assert 'value="half"' in page
        assert 'value="12"' in page

    def test_a_taken_name_is_refused_also_when_archived(self, signed_in, halves):
        halves.archived_at = halves.created_at
        halves.save()

        answer = signed_in.post(reverse("layout_new"), fields(LEFT, name="Halves"))

        assert "There is a layout of this name" in answer.content.decode()

    @pytest.mark.parametrize("seen", ["", "abc", "9" * 4000, "-1"])
    def test_a_mangled_version_is_a_conflict_and_no_crash(self, signed_in, halves, seen):
        answer = signed_in.post(
            reverse("layout_edit", args=[halves.pk]), fields(LEFT, RIGHT, seen=seen)
        )

        halves.refresh_from_db()
        assert answer.status_code == 422
        assert "maria saved version 1 while you were editing" in answer.content.decode()
        assert halves.version == 1

    @pytest.mark.parametrize("number", ["0", "7", "9" * 40, "٣", "x"])
    def test_a_version_that_never_was_is_not_found_or_the_newest(self, signed_in, halves, number):
        url = reverse("layout_edit", args=[halves.pk])

        assert signed_in.get(url, {"version": number}).status_code in {200, 404}


class TestConflict:
    @pytest.fixture
    def overtaken(self, halves):
        other = User.objects.create_user("jun")
        halves.add_version(WIDE, Picture(BEST_FIT), by=other, seen=1)
        return halves

    def test_it_says_who_was_faster_and_keeps_the_edit(self, signed_in, overtaken, asking):
        url = reverse("layout_edit", args=[overtaken.pk])

        answer = signed_in.post(url, fields(LEFT, RIGHT, seen="1"), headers=asking)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "jun saved version 2 while you were editing" in page
        assert "Best fit layout" in page  # theirs, drawn
        assert 'value="77"' in page  # mine, kept
        assert 'name="seen" value="2"' in page
        overtaken.refresh_from_db()
        assert overtaken.version == 2

    def test_saving_once_more_puts_mine_on_top_of_theirs(self, signed_in, overtaken):
        url = reverse("layout_edit", args=[overtaken.pk])

        signed_in.post(url, fields(LEFT, RIGHT, seen="2"))

        overtaken.refresh_from_db()
        assert overtaken.version == 3
        assert overtaken.versions.get(number=2).parsed() == Picture(BEST_FIT)

    def test_mine_can_be_kept_as_a_copy(self, signed_in, overtaken):
        url = reverse("layout_edit", args=[overtaken.pk])

        signed_in.post(url, fields(LEFT, RIGHT, seen="1", name="Halves", edit="copy"))

        overtaken.refresh_from_db()
        assert overtaken.version == 2
        assert Layout.objects.get(name="Halves (copy)").latest.parsed().regions[1].uid == "77"

    def test_a_copy_that_is_refused_goes_on_editing_the_layout_itself(self, signed_in, overtaken):
        url = reverse("layout_edit", args=[overtaken.pk])

        answer = signed_in.post(url, fields(region(0, width="x"), name="Halves", edit="copy"))

        page = answer.content.decode()
        assert answer.status_code == 422
        assert f'action="{url}"' in page
        assert "Save as version 3" in page
        assert Layout.objects.get().version == 2


class TestRows:
    """Every button works as a plain form too; the answer is the form, nothing is saved."""

    def change(self, signed_in, edit, *regions, **more):
        answer = signed_in.post(reverse("layout_new"), fields(*regions, edit=edit, **more))
        assert answer.status_code == 200
        assert not Layout.objects.exists()
        return answer.content.decode()

    def lefts(self, page):
        return re.findall(rf'name="{re.escape(REGIONS)}\.\d+\.x_axis" value="([^"]*)"', page)

    def test_a_region_is_added_and_takes_the_focus(self, signed_in):
        page = self.change(signed_in, f"add:{REGIONS}", LEFT)

        assert self.lefts(page) == ["0", "0.32"]
        assert re.search(rf'name="{re.escape(REGIONS)}\.1\.x_axis"[^>]*data-focus', page)

    def test_a_region_is_removed_and_the_others_close_up(self, signed_in):
        rows = [region(k, x_axis=f"0.{k}") for k in range(3)]

        page = self.change(signed_in, f"remove:{REGIONS}:1", *rows)

        assert self.lefts(page) == ["0.0", "0.2"]

    def test_what_is_typed_is_kept_even_when_it_is_wrong(self, signed_in):
        page = self.change(signed_in, f"add:{REGIONS}", region(0, x_axis="half"), name="")

        assert self.lefts(page)[0] == "half"
        assert "field__error" not in page

    @pytest.mark.parametrize(("edit", "order"), [("up", ["0.1", "0.0"]), ("down", ["0.0", "0.1"])])
    def test_a_region_moves_among_the_others(self, signed_in, edit, order):
        rows = [region(k, x_axis=f"0.{k}") for k in range(2)]

        assert self.lefts(self.change(signed_in, f"{edit}:{REGIONS}:1", *rows)) == order

    def test_an_eighteenth_is_not_added(self, signed_in):
        page = self.change(signed_in, f"add:{REGIONS}", *(region(k) for k in range(17)))

        assert len(self.lefts(page)) == 17
        assert "The service records at most 17 users." in page

    @pytest.mark.parametrize(
        "edit",
        [
            "remove",
            f"remove:{REGIONS}",
            f"remove:{REGIONS}:9",
            f"remove:{REGIONS}:²",
            f"up:{REGIONS}:-1",
            "add:name",
            "add:clientRequest",
            "nonsense",
            "look",
        ],
    )
    def test_a_button_nobody_drew_changes_nothing(self, signed_in, edit):
        assert self.lefts(self.change(signed_in, edit, LEFT, RIGHT)) == ["0", "0.5"]

    def test_a_predefined_layout_becomes_regions(self, signed_in):
        kind = {f"{ROOT}.mixedVideoLayout": str(BEST_FIT), "users": "3"}

        page = self.change(signed_in, "convert", **kind)

        assert self.lefts(page) == ["0", "0.5", "0"]
        assert re.search(r'mixedVideoLayout" value="3" checked', page)

    def test_an_image_of_a_user_is_added(self, signed_in):
        page = self.change(signed_in, f"add:{ROOT}.backgroundConfig", LEFT)

        assert f'name="{ROOT}.backgroundConfig.0.image_url"' in page


class TestPreview:
    def draw(self, signed_in, asking, posted):
        answer = signed_in.post(reverse("layout_preview"), posted, headers=asking)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_it_draws_what_is_typed(self, signed_in, asking):
        page = self.draw(signed_in, asking, fields(LEFT, RIGHT))

        assert "Custom layout, 2 regions on 1280 by 720 pixels" in page
        assert 'fill="#102030"' in page

    def test_a_region_that_is_none_yet_is_left_out_and_named(self, signed_in, asking):
        page = self.draw(signed_in, asking, fields(LEFT, region(1, width="1/"), region(2)))

        assert "Custom layout, 2 regions" in page
        assert ">3</text>" in page
        assert "Region 2 is not drawn" in page
        assert "Region 2, Width: The width is a fraction" in page

    def test_notes_are_folded_away_below_what_is_wrong(self, signed_in, asking):
        """With 17 regions there are about 30 of them."""
        posted = fields(region(0, width="0.9", height="0.9"), region(1, x_axis="0.5"))

        wrong, notes = self.draw(signed_in, asking, posted).split('id="preview-notes"')

        assert "Other regions cover" in wrong
        assert "upright phone" not in wrong
        assert notes.count("upright phone") == 2
        assert "2 notes" in notes

    @pytest.mark.parametrize(
        "more",
        [
            {"width": "", "height": "x"},
            {"width": "9" * 400},
            {f"{ROOT}.backgroundColor": '"/><script>alert(1)</script>'},
            {f"{ROOT}.mixedVideoLayout": "7"},
            {f"{ROOT}.mixedVideoLayout": "2", f"{ROOT}.maxResolutionUid": "x"},
            {"users": "9" * 400},
            {f"{REGIONS}.99999.x_axis": "0"},
            {f"{REGIONS}.0.x_axis.deeper": "0"},
        ],
    )
    def test_nonsense_is_survived(self, signed_in, asking, more):
        page = self.draw(signed_in, asking, fields(LEFT, **more))

        assert "<script>" not in page
        assert '<svg class="thumbnail"' in page

    @pytest.mark.parametrize(("kind", "users"), [(0, 5), (1, 9), (2, 17)])
    def test_predefined_layouts_are_drawn_with_so_many_users(self, signed_in, asking, kind, users):
        posted = fields(**{f"{ROOT}.mixedVideoLayout": str(kind), "users": str(users)})

        page = self.draw(signed_in, asking, posted)

        assert f"{users} regions on 1280 by 720 pixels" in page

    def test_the_large_window_is_filled_by_whom_it_waits_for(self, signed_in, asking):
        posted = fields(
            **{f"{ROOT}.mixedVideoLayout": "2", f"{ROOT}.maxResolutionUid": "527841", "users": "3"}
        )

        assert "527841</text>" in self.draw(signed_in, asking, posted)

    def test_warnings_are_listed_with_links(self, signed_in, asking):
        page = self.draw(signed_in, asking, fields(region(0), region(1)))

        assert "Region 1: The region is fully covered by others." in page
        assert f'href="#id_{REGIONS}.0"' in page


class TestArchive:
    def test_a_layout_is_used_in_a_recording_from_its_menu_until_it_is_archived(
        self, signed_in, halves
    ):
        use = f'href="{reverse("start")}?layout={halves.pk}"'
        assert use in signed_in.get(reverse("layouts")).content.decode()

        signed_in.post(reverse("layout_archive", args=[halves.pk]))

        assert use not in signed_in.get(reverse("layouts"), {"archived": "1"}).content.decode()

    def test_an_archived_layout_leaves_the_gallery_and_can_come_back(self, signed_in, halves):
        signed_in.post(reverse("layout_archive", args=[halves.pk]))

        gallery = signed_in.get(reverse("layouts"))
        archived = signed_in.get(reverse("layouts"), {"archived": "1"})
        signed_in.post(reverse("layout_restore", args=[halves.pk]))

        assert "No layouts yet" in gallery.content.decode()
        assert "Restore" in archived.content.decode()
        assert f'id="layout-{halves.pk}"' in signed_in.get(reverse("layouts")).content.decode()
        assert [entry.action for entry in AuditEntry.objects.all()] == [
            "layout.restore",
            "layout.archive",
        ]

    def test_archiving_one_that_is_recorded_with_loses_nothing(self, signed_in, halves):
        session = session_with(halves, status="recording")

        signed_in.post(reverse("layout_archive", args=[halves.pk]))

        session.refresh_from_db()
        assert session.layout_version == halves.latest

    def test_archiving_twice_is_filed_once(self, signed_in, halves):
        for _again in range(2):
            signed_in.post(reverse("layout_archive", args=[halves.pk]))

        assert AuditEntry.objects.count() == 1


def test_a_copy_begins_with_the_same_picture(signed_in, halves):
    page = signed_in.get(reverse("layout_new"), {"from": halves.pk}).content.decode()

    assert 'value="Halves (copy)"' in page
    assert f'name="{REGIONS}.1.x_axis" value="0.5"' in page


def test_an_old_version_can_be_looked_at_and_saved_again(signed_in, halves):
    halves.add_version(WIDE, Picture(BEST_FIT), by=None, seen=1)
    url = reverse("layout_edit", args=[halves.pk])

    page = signed_in.get(url, {"version": 1}).content.decode()

    assert "This is version 1, not the newest." in page
    assert 'name="seen" value="2"' in page
    assert f'name="{REGIONS}.1.x_axis" value="0.5"' in page


def test_a_name_given_in_another_tab_stays_where_this_one_changes_the_picture(signed_in, halves):
    Layout.objects.filter(pk=halves.pk).update(name="Renamed meanwhile")
    mine = fields(region(0), name="Halves", named="Halves", seen="1")

    signed_in.post(reverse("layout_edit", args=[halves.pk]), mine)

    halves.refresh_from_db()
    assert (halves.name, halves.version) == ("Renamed meanwhile", 2)


def test_two_tabs_that_rename_a_layout_are_told_of_each_other(signed_in, halves):
    url = reverse("layout_edit", args=[halves.pk])
    mine = fields(region(0), name="Mine", named="Halves", seen="1")
    assert 'name="named" value="Halves"' in signed_in.get(url).content.decode()
    Layout.objects.filter(pk=halves.pk).update(name="Theirs")

    told = signed_in.post(url, mine).content.decode()
    halves.refresh_from_db()

    assert "Somebody else named this layout “Theirs” while you were editing." in told
    assert 'name="named" value="Theirs"' in told
    assert (halves.name, halves.version) == ("Theirs", 1)
    signed_in.post(url, mine | {"named": "Theirs"})
    halves.refresh_from_db()
    assert halves.name == "Mine"
