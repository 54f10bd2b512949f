"""AWS Signature Version 4 for S3, the verifying side: headers, presigned addresses and chunks.

Source: AWS, "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference. S3 differs
from other services: the path is encoded once and never normalised.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from recorder.sandbox.wire import Request

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
STREAMING = "STREAMING-"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()
CLOCK_SKEW = timedelta(minutes=15)
LONGEST = 604_800  # seconds a presigned address may live
_HEX_HASH = re.compile(r"[0-9a-f]{64}")
_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")


class S3Error(Exception):
    """An S3 error answer: its code, its HTTP status, a sentence."""

    def __init__(self, code: str, status: int, message: str):
        super().__init__(message)
        self.code, self.status = code, status


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature was right. `payload` is the body's SHA-256, UNSIGNED-PAYLOAD or
    STREAMING-…
    """

    payload: str
    key: bytes
    amz_date: str
    scope: str
    signature: str
    presigned: bool

    def chunk_signature(self, kind: str, previous: str, *hashes: str) -> str:
        """The signature of the next chunk (kind PAYLOAD) or of the trailer (kind TRAILER) of a
        streamed body.
        """
        text = "\n".join([f"{ALGORITHM}-{kind}", self.amz_date, self.scope, previous, *hashes])
        return _mac(self.key, text).hex()


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the request says about its own signature."""

    access_key: str
    scope: str  # date/region/s3/aws4_request
    signed_headers: list[str]
    signature: str
    amz_date: str
    payload: str
    presigned: bool


def verify(request: Request, access_key: str, secret_key: str, now: datetime) -> Signed:
    """Check the request's signature. Raises S3Error for any doubt; `now` is aware, UTC."""
    claim = (
        _from_query(request, now)
        if "X-Amz-Signature" in request.query
        else _from_headers(request, now)
    )
    if not hmac.compare_digest(claim.access_key.encode(), access_key.encode()):
        raise S3Error(
            "InvalidAccessKeyId", 403, "The access key id you provided does not exist here."
        )
    date, region, service, terminator = _scope_parts(claim)
    if service != "s3" or terminator != "aws4_request" or not claim.amz_date.startswith(date):
        raise S3Error(
            "AuthorizationHeaderMalformed", 400, "The credential scope is not for S3 on that date."
        )
    key = _mac(_mac(_mac(_mac(f"AWS4{secret_key}".encode(), date), region), service), terminator)
    canonical = _canonical(request, claim)
    text = "\n".join([ALGORITHM, claim.amz_date, claim.scope, _sha256(canonical)])
    if not hmac.compare_digest(_mac(key, text).hex(), claim.signature):
        raise S3Error("SignatureDoesNotMatch", 403, "The signature does not match the request.")
    return Signed(claim.payload, key, claim.amz_date, claim.scope, claim.signature, claim.presigned)


def _from_headers(request: Request, now: datetime) -> _Claim:
    header = request.header("Authorization")
    if not header and not {"AWSAccessKeyId", "X-Amz-Algorithm"} & set(request.query):
        raise S3Error("AccessDenied", 403, "The request is not signed.")
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        sentence = f"This authorization mechanism is not supported. Please use {ALGORITHM}."
        raise S3Error("InvalidRequest", 400, sentence)
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    amz_date = request.header("x-amz-date")
    if abs(_parse_date(amz_date) - now) > CLOCK_SKEW:
        raise S3Error(
            "RequestTimeTooSkewed", 403, "The request's time differs too much from the server's."
        )
    payload = request.header("x-amz-content-sha256")
    if not (_HEX_HASH.fullmatch(payload) or payload == UNSIGNED or payload.startswith(STREAMING)):
        raise S3Error("InvalidRequest", 400, "x-amz-content-sha256 is missing or malformed.")
    signed = fields.get("SignedHeaders", "").split(";")
    _all_signed(request, signed)
    access_key, _, scope = fields.get("Credential", "").partition("/")
    return _Claim(access_key, scope, signed, fields.get("Signature", ""), amz_date, payload, False)


def _from_query(request: Request, now: datetime) -> _Claim:
    query = request.query
    if query.get("X-Amz-Algorithm") != ALGORITHM:
        raise S3Error(
            "AuthorizationQueryParametersError", 400, f"X-Amz-Algorithm must be {ALGORITHM}."
        )
    amz_date, expires = query.get("X-Amz-Date", ""), query.get("X-Amz-Expires", "")
    made = _parse_date(amz_date)
    if not (
        expires.isascii() and expires.isdigit() and len(expires) < 7 and 0 < int(expires) <= LONGEST
    ):
        raise S3Error(
            "AuthorizationQueryParametersError", 400, "X-Amz-Expires must be 1 to 604800 seconds."
        )
    if now > made + timedelta(seconds=int(expires)):
        raise S3Error("AccessDenied", 403, "Request has expired")
    if made > now + CLOCK_SKEW:
        raise S3Error("AccessDenied", 403, "Request is not valid yet")
    signed = query.get("X-Amz-SignedHeaders", "").split(";")
    _all_signed(request, signed)
    access_key, _, scope = query.get("X-Amz-Credential", "").partition("/")
    payload = query.get("X-Amz-Content-Sha256", UNSIGNED)
    return _Claim(access_key, scope, signed, query["X-Amz-Signature"], amz_date, payload, True)


def _all_signed(request: Request, signed: list[str]) -> None:
    """Host and every x-amz header must be covered, or they could be changed on the way."""
    present = {
        name[5:].lower().replace("_", "-")
        for name in request.environ
        if name.startswith("HTTP_X_AMZ_")
    }
    # A presigned address is used by clients that may add a payload hash of their own.
    missing = present - set(signed) - {"x-amz-content-sha256"} | {"host"} - set(signed)
    if missing:
        raise S3Error(
            "AccessDenied", 403, f"There were headers which were not signed: {', '.join(missing)}"
        )


def _parse_date(text: str) -> datetime:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise S3Error("AccessDenied", 403, "The request's date is missing or malformed.") from None


def _scope_parts(claim: _Claim) -> list[str]:
    parts = claim.scope.split("/")
    if len(parts) != 4:
        raise S3Error("AuthorizationHeaderMalformed", 400, "The credential is malformed.")
    return parts


def _canonical(request: Request, claim: _Claim) -> str:
    path = quote(unquote_to_bytes(request.raw_path), safe="/-_.~")
    headers = [(name, " ".join(request.header(name).split())) for name in claim.signed_headers]
    lines = [request.method, path, _canonical_query(request, claim)]
    lines += [f"{name}:{value}" for name, value in headers]
    return "\n".join([*lines, "", ";".join(claim.signed_headers), claim.payload])


def _canonical_query(request: Request, claim: _Claim) -> str:
    pairs = parse_qsl(request.query_string, keep_blank_values=True, max_num_fields=200)
    encoded = [
        (quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in pairs if k != "X-Amz-Signature"
    ]
    return "&".join(f"{k}={v}" for k, v in sorted(encoded))


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), hashlib.sha256)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
