"""ListObjectsV2 and its predecessor: keys in byte order, rolled up at a delimiter, a page at a
time.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping

from recorder.sandbox import s3xml
from recorder.sandbox.sigv4 import S3Error
from recorder.sandbox.store import ObjectRow
from recorder.sandbox.store.objects import Objects

_LAST = "\U0010ffff"  # sorts after every character of a key
_BATCH = 500


def answer(index: Objects, bucket: str, query: Mapping[str, str]) -> bytes:
    """The XML of one page. Raises S3Error for a malformed parameter."""
    newer = query.get("list-type") == "2"
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    most = _max_keys(query.get("max-keys", "1000"))
    encode = s3xml.encoder(query.get("encoding-type", ""))
    token = query.get("continuation-token", "")
    after = (
        _read_token(token)
        if newer and token
        else query.get("start-after" if newer else "marker", "")
    )
    entries = list(_entries(index, bucket, prefix, delimiter, after, most + 1)) if most else []
    more, entries = len(entries) > most, entries[:most]

    rows = [s3xml.object_node(entry, encode) for entry in entries if isinstance(entry, ObjectRow)]
    prefixes: list[s3xml.Node] = [
        ("CommonPrefixes", [("Prefix", encode(entry))])
        for entry in entries
        if isinstance(entry, str)
    ]
    head: list[s3xml.Node] = [
        ("Name", bucket), ("Prefix", encode(prefix)), ("MaxKeys", most), ("IsTruncated", more)
    ]  # fmt: skip
    if delimiter:
        head.append(("Delimiter", encode(delimiter)))
    if encode.url:
        head.append(("EncodingType", "url"))
    last = _name(entries[-1]) if entries else ""
    if newer:
        head.append(("KeyCount", len(entries)))
        head += [("ContinuationToken", token)] if token else []
        head += [("NextContinuationToken", _token(last))] if more else []
        head += [("StartAfter", encode(query["start-after"]))] if "start-after" in query else []
    else:
        head.append(("Marker", encode(after)))
        head += [("NextMarker", encode(last))] if more else []
    return s3xml.document("ListBucketResult", [*head, *rows, *prefixes])


def _entries(
    index: Objects, bucket: str, prefix: str, delimiter: str, after: str, most: int
) -> Iterator[ObjectRow | str]:
    """Objects, and the common prefixes in place of what lies below them."""
    found = 0
    if (
        delimiter
        and after.startswith(prefix)
        and after.endswith(delimiter)
        and len(after) > len(prefix)
    ):
        after += _LAST  # the last page ended with a common prefix
    while found < most:
        page = index.page(bucket, after=after, prefix=prefix, limit=_BATCH)
        for row in page:
            if row.key <= after:
                continue  # below a common prefix that has been given
            after = row.key
            head, cut, _rest = (
                row.key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            )
            if cut:
                common = prefix + head + delimiter
                after = common + _LAST
                yield common
            else:
                yield row
            found += 1
            if found == most:
                return
        if len(page) < _BATCH:
            return


def _name(entry: ObjectRow | str) -> str:
    return entry if isinstance(entry, str) else entry.key


def _max_keys(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise S3Error("InvalidArgument", 400, "max-keys must be a whole number.")
    return min(int(text), 1000)


def _token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise S3Error("InvalidArgument", 400, "The continuation token is incorrect.") from None
