import json
from pathlib import Path

import pytest

from recorder.contract.states import Mode, ProviderName
from recorder.providers.client import Credentials, Handle, client_for
from tests.recorder.providers.scripted import ScriptedServer

ANSWERS = Path(__file__).parents[2] / "provider_answers"
SECRET = "customer-secret-of-the-tests"


def load_answer(name: str) -> tuple[int, dict]:
    """Status (the first number in the name) and body of `provider_answers/<name>.json`."""
    status = next(int(part) for part in name.split("_") if part.isdigit())
    return status, json.loads((ANSWERS / f"{name}.json").read_text())


@pytest.fixture
def serve():
    """Start scripted servers that end with the test."""
    servers = []

    def start(script, wrap=None):
        servers.append(ScriptedServer(script, wrap))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def credentials():
    def make(*base_urls, provider=ProviderName.AGORA):
        urls = base_urls or ("https://api.agora.io",)
        return Credentials(provider, urls, "0123456789abcdef" * 2, "customer", SECRET)

    return make


@pytest.fixture
def handle():
    return Handle("resource-1", "5f" * 16, "room one", "527841", Mode.MIX)


@pytest.fixture
def calls():
    """The records that the clients of `make_client` left."""
    return []


@pytest.fixture
def make_client(credentials, calls):
    def make(*base_urls, provider=ProviderName.AGORA, **options):
        options = {"on_call": calls.append, **options}
        return client_for(credentials(*base_urls, provider=provider), **options)

    return make
