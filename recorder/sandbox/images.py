"""Background images: kept by name as people put them, and frozen by content for the recordings that
name them.

A picture made tomorrow, or once more after a crash, must be today's. So when a layout comes into
force, the images it names are copied to files named by their SHA-256, and the layout remembers
those: what is put under the name later changes nothing. Only addresses below `/_sandbox/images/`
are ours, on whatever host and port the client has found the sandbox; nothing else is looked at.
"""

import hashlib
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from recorder.sandbox.disk import write_whole

FOLDER = "/_sandbox/images/"
MOST_BYTES = 6_000_000
FROZEN = "frozenImages"  # the key in a layout of ours: address -> SHA-256
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TYPES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"BM", "image/bmp"),
)
# One process writes, in several threads; two drafts of one file must not meet.
_WRITING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Images:
    """The images of the sandbox whose data directory is `data`."""

    data: Path

    def put(self, name: str, content: bytes) -> str:
        """Keep an image; returns its path below the sandbox. ValueError says what is wrong."""
        if content_type(content) is None:
            raise ValueError("An image must be JPG, PNG or BMP.")
        path = self._named(name)
        with _WRITING:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, content)
        return FOLDER + name

    def get(self, name: str) -> bytes | None:
        """What is kept under this name now. ValueError when it cannot be a name."""
        try:
            return self._named(name).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            return None

    def freeze(self, layout: object) -> dict[str, str]:
        """Our images that a layout on the wire names: address -> SHA-256 of what is kept there now.

        From here on `read` knows the content, whatever happens to the name.
        """
        frozen = {}
        for address in set(_addresses(layout)):
            name = own_name(address)
            content = self.get(name) if name else None
            if content is None or len(content) > MOST_BYTES or content_type(content) is None:
                continue
            frozen[address] = digest = hashlib.sha256(content).hexdigest()
            path = self._frozen(digest)
            with _WRITING:
                if not path.is_file():
                    path.parent.mkdir(exist_ok=True)
                    write_whole(path, content)
        return frozen

    def read(self, digest: str) -> bytes:
        """A frozen image's content. Raises LookupError when there is none."""
        try:
            return self._frozen(digest).read_bytes()
        except FileNotFoundError as error:
            raise LookupError(f"No image {digest} is kept") from error

    def thaw(self) -> None:
        """Forget what was frozen, when no recording is left; the images stay under their names."""
        with _WRITING:
            shutil.rmtree(self.data / "frozen", ignore_errors=True)

    def _named(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name.endswith(".part"):
            raise ValueError("An image's name is made of letters, digits, dots, - and _.")
        return self.data / "images" / name

    def _frozen(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise LookupError(f"{digest!r} is no SHA-256")
        return self.data / "frozen" / digest


def content_type(content: bytes) -> str | None:
    """What the first bytes say it is; None for everything that is not kept."""
    return next((kind for magic, kind in _TYPES if content.startswith(magic)), None)


def own_name(address: str) -> str | None:
    """The name of the image of ours at this address; None when it lies elsewhere."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return None
    name = path.removeprefix(FOLDER)
    return name if name != path and _NAME.fullmatch(name) and not name.endswith(".part") else None


def _addresses(layout: object) -> Iterator[str]:
    """Every image address in a transcodingConfig or an updateLayout, also in a malformed one."""
    if not isinstance(layout, Mapping):
        return
    users: Any = layout.get("backgroundConfig")
    values = [layout.get("backgroundImage"), layout.get("defaultUserBackgroundImage")]
    for user in users if isinstance(users, list) else ():
        values.append(user.get("image_url") if isinstance(user, Mapping) else None)
    yield from (value for value in values if isinstance(value, str) and value)
