import re

import pytest

from recorder.contract.vendors import VENDORS, endpoint_for


def test_exactly_the_documented_vendors_are_known():
    assert set(VENDORS) == {0, 1, 2, 3, 4, 5, 6, 7, 8, 11}
    assert {code: len(vendor.regions) for code, vendor in VENDORS.items()} == {
        0: 5, 1: 28, 2: 28, 3: 20, 4: 10, 5: 1, 6: 1, 7: 16, 8: 8, 11: 1,
    }  # fmt: skip


def test_region_numbers_and_names_are_unique_within_a_vendor():
    for vendor in VENDORS.values():
        codes = [region.code for region in vendor.regions]
        names = [region.name for region in vendor.regions]
        assert len(set(codes)) == len(codes)
        assert len(set(names)) == len(names)


def test_every_region_has_a_name_in_both_languages_and_a_bare_host():
    for vendor in VENDORS.values():
        assert vendor.name_zh
        for region in vendor.regions:
            assert region.label
            assert region.name_zh
            assert region.endpoint is None or re.fullmatch(r"[a-z0-9.-]+", region.endpoint)
            assert region.endpoint or not region.usable or vendor.code in {5, 11}


@pytest.mark.parametrize(
    ("vendor", "region", "url"),
    [
        (0, 0, "https://s3-cn-east-1.qiniucs.com"),
        (1, 7, "https://s3.eu-central-1.amazonaws.com"),
        (1, 15, "https://s3.cn-north-1.amazonaws.com.cn"),
        (2, 1, "https://s3.oss-cn-shanghai.aliyuncs.com"),
        (3, 10, "https://cos.ap-singapore.myqcloud.com"),
        (6, None, "https://storage.googleapis.com"),
        (6, 77, "https://storage.googleapis.com"),
        (5, 0, None),  # no S3 interface
        (11, 0, None),  # the owner names the host
        (1, 26, None),  # no region at all
        (1, 27, None),
        (9, 0, None),
    ],
)
def test_the_endpoint_follows_from_vendor_and_region(vendor, region, url):
    assert endpoint_for(vendor, region) == url


def test_what_only_some_vendors_support():
    def codes(attribute: str) -> set[int]:
        return {code for code, vendor in VENDORS.items() if getattr(vendor, attribute)}

    assert codes("supports_sse") == {1}
    assert codes("supports_tag") == {1, 2}
    assert codes("supports_sts") == {1, 2, 3}
    assert codes("region_ignored") == {5, 6, 11}
    assert codes("endpoint_required") == {11}
    assert set(VENDORS) - codes("s3_compatible") == {5}


def test_the_end_marker_of_a_list_is_accepted_but_never_offered():
    assert not VENDORS[1].region(26).usable
    assert VENDORS[1].region(27) is None
