"""The library: tags, duplicates, the starter set, versions, and where a layout is used."""

import pytest
from django.urls import reverse

from recorder.contract.layouts import BEST_FIT, CUSTOM, Canvas
from recorder.contract.layouts import Layout as Picture
from recorder.contract.starter_layouts import STARTERS
from recorder.models import AuditEntry, Layout, ShownLayout, User
from tests.dashboard.test_layouts import HALVES, WIDE, session_with


@pytest.fixture
def halves(db, person):
    return Layout.create("Halves", WIDE, Picture(CUSTOM, HALVES), by=person, tags=["panel"])


def gallery(signed_in, **asked):
    return signed_in.get(reverse("layouts"), asked).content.decode()


class TestGallery:
    def test_search_finds_names_and_tags_in_any_letters(self, signed_in, halves):
        grid = Layout.create("Grid", WIDE, Picture(BEST_FIT), by=None, tags=["课堂", "größe"])

        assert "Halves" in gallery(signed_in, q="PANE")
        assert "Grid" not in gallery(signed_in, q="PANE")
        assert "Halves" not in gallery(signed_in, q="课堂")
        assert f'id="layout-{grid.pk}"' in gallery(signed_in, q="GRÖSSE")

    def test_a_tag_filters_by_the_whole_word(self, signed_in, halves):
        Layout.create("Grid", WIDE, Picture(BEST_FIT), by=None, tags=["panels"])

        page = gallery(signed_in, tag="panel")

        assert "Halves" in page
        assert "Grid" not in page
        assert "<option selected>panel</option>" in page

    def test_a_filter_without_result_names_all_of_it(self, signed_in, halves):
        page = gallery(signed_in, tag="none", q="x")

        assert "Nothing with the tag “none” is called “x”." in page

    def test_a_card_counts_past_recordings(self, signed_in, halves):
        session_with(halves, status="stopped")

        assert "1 recording" in gallery(signed_in)

    def test_a_card_tells_of_a_background_image_and_does_not_fetch_it(self, signed_in, halves):
        """Whoever gave the address would learn who opens the gallery, and each time."""
        plain = gallery(signed_in)
        image = "https://example.org/wall.png"
        picture = Picture(CUSTOM, HALVES, background_image=image)
        halves.add_version(WIDE, picture, by=None, seen=1)

        page = gallery(signed_in)

        assert "background image" not in plain
        assert "background image" in page
        assert image not in page

    def test_an_empty_gallery_offers_the_starter_set(self, signed_in, db):
        page = gallery(signed_in)

        assert f"Add {len(STARTERS)} starter layouts" in page

    def test_the_set_is_added_at_once_and_then_no_longer_offered(self, signed_in, person):
        answer = signed_in.post(reverse("layout_starters"), follow=True)

        page = answer.content.decode()
        assert f"{len(STARTERS)} layouts were added." in page
        assert "starter layout" not in page.replace("starter layouts were", "")
        assert Layout.objects.count() == len(STARTERS)
        assert Layout.objects.first().latest.created_by == person


class TestDuplicate:
    def test_it_has_the_picture_the_tags_and_a_name_of_its_own(self, signed_in, halves):
        answer = signed_in.post(reverse("layout_duplicate", args=[halves.pk]))

        copy = Layout.objects.get(name="Halves (copy)")
        assert answer["Location"] == reverse("layout_edit", args=[copy.pk])
        assert (copy.latest.parsed(), copy.tags) == (Picture(CUSTOM, HALVES), ["panel"])
        assert AuditEntry.objects.get(action="layout.create").details["copy_of"] == "Halves"


class TestHistory:
    @pytest.fixture
    def changed(self, halves):
        halves.add_version(Canvas(640, 640), Picture(BEST_FIT), by=None, seen=1)
        halves.add_version(WIDE, Picture(BEST_FIT), by=User.objects.create_user("jun"), seen=2)
        return halves

    def page(self, signed_in, layout, **asked):
        return signed_in.get(reverse("layout_history", args=[layout.pk]), asked)

    def test_the_newest_two_are_compared_at_first(self, signed_in, changed):
        page = self.page(signed_in, changed).content.decode()

        assert "Version 2 and version 3" in page
        assert "640 × 640 (1:1)" in page
        assert "jun" in page

    def test_any_two_can_be_compared(self, signed_in, changed, asking):
        url = reverse("layout_history", args=[changed.pk])

        part = signed_in.get(url, {"a": 1, "b": 3}, headers=asking).content.decode()

        assert "<html" not in part
        assert "Version 1 and version 3" in part
        assert part.count('<svg class="thumbnail"') == 2
        assert "2 regions" in part

    def test_one_version_has_nothing_to_be_compared_with(self, signed_in, halves):
        assert "There is only this version" in self.page(signed_in, halves).content.decode()

    @pytest.mark.parametrize(
        "asked", [{"a": "9"}, {"a": "1", "b": "٣"}, {"a": "x"}, {"b": "9" * 30}]
    )
    def test_a_version_that_never_was_is_none(self, signed_in, changed, asked):
        assert self.page(signed_in, changed, **asked).status_code in {200, 404}

    def test_restoring_makes_a_new_version_and_keeps_all_others(self, signed_in, changed, person):
        url = reverse("layout_version_restore", args=[changed.pk, 1])

        answer = signed_in.post(url, {"seen": "3"}, follow=True)

        changed.refresh_from_db()
        assert "Version 1 is back, as version 4." in answer.content.decode()
        assert changed.version == 4
        assert changed.latest.parsed() == Picture(CUSTOM, HALVES)
        assert changed.latest.created_by == person
        assert changed.versions.get(number=3).parsed() == Picture(BEST_FIT)

    def test_restoring_over_somebody_elses_save_is_refused(self, signed_in, changed):
        url = reverse("layout_version_restore", args=[changed.pk, 1])

        answer = signed_in.post(url, {"seen": "2"}, follow=True)

        changed.refresh_from_db()
        assert "Somebody else saved this layout meanwhile" in answer.content.decode()
        assert changed.version == 3

    def test_restoring_what_is_shown_already_makes_nothing(self, signed_in, changed):
        url = reverse("layout_version_restore", args=[changed.pk, 3])

        signed_in.post(url, {"seen": "3"})

        changed.refresh_from_db()
        assert changed.version == 3

    def test_it_names_the_recordings_that_show_or_showed_it(self, signed_in, halves):
        live = session_with(halves, status="recording")
        other = Layout.create("Other", WIDE, Picture(BEST_FIT), by=None)
        live.layout_version = other.latest
        live.save()
        ShownLayout.objects.create(session=live, picture={}, layout_version=halves.latest)

        page = self.page(signed_in, halves).content.decode()

        assert "all-hands" in page
        assert "shown before" in page

    def test_one_that_nobody_used_says_so(self, signed_in, halves):
        assert "No recording has shown it yet." in self.page(signed_in, halves).content.decode()
