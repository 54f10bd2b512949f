import pytest

from recorder.contract.states import ProviderName
from recorder.providers.errors import MalformedCredential
from recorder.providers.hosts import AREAS, base_url_problem, base_urls_for, repeat_order


@pytest.mark.parametrize(
    ("area", "urls"),
    [
        ("global", ("https://api.agora.io", "https://api.sd-rtn.com")),
        (
            "eu",
            (
                "https://api-eu-west-1.agora.io",
                "https://api-eu-west-1.sd-rtn.com",
                "https://api-eu-central-1.agora.io",
            ),
        ),
        (
            "cn",
            (
                "https://api-cn-east-1.sd-rtn.com",
                "https://api-cn-east-1.agora.io",
                "https://api-cn-north-1.sd-rtn.com",
            ),
        ),
    ],
)
def test_an_area_of_agora_names_its_hosts_in_the_documented_order(area, urls):
    assert base_urls_for(ProviderName.AGORA, area) == urls


def test_every_host_is_a_fit_address():
    for area in AREAS:
        for url in base_urls_for(ProviderName.AGORA, area):
            assert base_url_problem(url) is None
    assert base_url_problem(base_urls_for(ProviderName.ANYRTC)[0]) is None


def test_an_address_of_ones_own_replaces_all_others():
    assert base_urls_for(ProviderName.AGORA, "us", "https://proxy.example/") == (
        "https://proxy.example",
    )


def test_anyrtc_has_one_host():
    assert base_urls_for(ProviderName.ANYRTC) == ("https://www.anyrtc.io",)


def test_a_sandbox_needs_its_address():
    with pytest.raises(MalformedCredential, match="sandbox"):
        base_urls_for(ProviderName.SANDBOX)


def test_an_unknown_area_is_refused():
    with pytest.raises(MalformedCredential, match="area"):
        base_urls_for(ProviderName.AGORA, "mars")


def test_a_name_not_found_is_looked_for_under_the_other_domain_first():
    near, other, neighbour = base_urls_for(ProviderName.AGORA, "us")

    assert repeat_order((near, other, neighbour), resolved=False) == (near, other, neighbour)


def test_trouble_in_the_network_leads_to_the_neighbouring_region():
    near, other, neighbour = base_urls_for(ProviderName.AGORA, "us")

    assert repeat_order((near, other, neighbour), resolved=True) == (near, neighbour)


def test_without_a_neighbour_the_other_domain_is_tried_all_the_same():
    urls = base_urls_for(ProviderName.AGORA)

    assert repeat_order(urls, resolved=True) == urls


@pytest.mark.parametrize(
    "url",
    [
        "https://api.agora.io",
        "https://h.example:8443/base",
        "http://127.0.0.1:9000",
        "http://localhost:9000",
        "http://[::1]:9000",
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_fit(url):
    assert base_url_problem(url) is None


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://api.agora.io", "https"),
        ("http://127.0.0.1.example", "https"),
        ("ftp://h", "https://"),
        ("api.agora.io", "https://"),
        ("", "https://"),
        ("https://user:pw@h", "password"),
        ("https://h/?a=b", "query"),
        ("https://h:99999", "valid"),
        ("https://[::1", "valid"),
    ],
)
def test_an_unfit_address_gets_a_sentence(url, named):
    assert named in base_url_problem(url)
