"""Vendored files are the published ones, byte for byte, with their licences."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "static" / "vendor", ROOT / "tests" / "browser" / "vendor"]
PACKAGES = [
    pytest.param(folder, package, id=package["name"])
    for folder in FOLDERS
    for package in json.loads((folder / "manifest.json").read_text())["packages"]
]


@pytest.mark.parametrize(("folder", "package"), PACKAGES)
def test_each_file_has_the_hash_in_the_manifest(folder, package):
    for name, fact in package["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == fact["sha256"], name


@pytest.mark.parametrize(("folder", "package"), PACKAGES)
def test_each_package_brings_its_licence(folder, package):
    home = f"{package['name']}-{package['version']}"

    assert (folder / home / "LICENSE").stat().st_size > 100
    assert package["licence"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_no_file_is_vendored_without_an_entry(folder):
    listed = {
        name
        for package in json.loads((folder / "manifest.json").read_text())["packages"]
        for name in package["files"]
    }

    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    assert found == listed | {"manifest.json"}


def test_pages_load_the_htmx_that_the_manifest_names():
    frame = (ROOT / "templates" / "base.html").read_text()

    assert "vendor/htmx.org-4.0.1/htmx.min.js" in frame
    assert "vendor/htmx.org-4.0.1/hx-ptag.min.js" in frame
