"""One style sheet for browsers out of one file per component.

`css/app.css` imports every sheet into its layer, which works as it stands, at the price of some
thirty requests behind one another. When files are collected the imports are put in place.
"""

import posixpath
import re

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

ENTRY = "css/app.css"
_IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\) layer\((\w+)\);')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def bundle(storage: Storage, path: str) -> str:
    """The sheet with the text of what it imports, without comments."""

    def read(name: str) -> str:
        with storage.open(name) as file:
            return _COMMENT.sub("", file.read().decode())

    folder = posixpath.dirname(path)
    return _IMPORT.sub(
        lambda found: f"@layer {found[2]} {{\n{read(posixpath.join(folder, found[1])).strip()}\n}}",
        read(path),
    )


class Bundled:
    """Stands in for the storage that a sheet is collected from."""

    def __init__(self, storage: Storage):
        self.storage = storage

    def open(self, path: str) -> "ContentFile[bytes]":
        return ContentFile(bundle(self.storage, path).encode(), name=path)
