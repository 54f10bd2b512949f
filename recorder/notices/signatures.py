"""Whether a callback comes from who knows the project's secret. Pure.

The signature is the hex HMAC of the raw body with the secret of the notification service. Agora
sends it twice, as SHA-1 (`Agora-Signature`) and as SHA-256 (`Agora-Signature-V2`); anyRTC once, in
`Ar-Signature`, where its documents leave the algorithm open: its length tells.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from recorder.models.notice import RefusedNotices

Reason = RefusedNotices.Reason

SHA256_HEADER, SHA1_HEADER, ANYRTC_HEADER = "Agora-Signature-V2", "Agora-Signature", "Ar-Signature"


def refusal(
    raw: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[str],
    *,
    sha1: bool = False,
    anyrtc: bool = False,
) -> Reason | None:
    """Why this body is not accepted; None for a right signature.

    `secrets` are all that are good now: two while they are changed over. `sha1` lets a body pass
    that carries no better signature. A wrong SHA-256 is never saved by a right SHA-1.
    """
    if not secrets:
        return Reason.NO_SECRET
    if strong := headers.get(SHA256_HEADER, ""):
        return None if _signed(raw, strong, secrets, "sha256") else Reason.WRONG
    if anyrtc and (own := headers.get(ANYRTC_HEADER, "").strip()):
        digest = "sha256" if len(own) == hashlib.sha256().digest_size * 2 else "sha1"
        return None if _signed(raw, own, secrets, digest) else Reason.WRONG
    if weak := headers.get(SHA1_HEADER, ""):
        if not _signed(raw, weak, secrets, "sha1"):
            return Reason.WRONG
        return None if sha1 else Reason.WEAK
    return Reason.UNSIGNED


def signature(raw: bytes, secret: str, digest: str = "sha256") -> str:
    return hmac.new(secret.encode(), raw, digest).hexdigest()


def _signed(raw: bytes, given: str, secrets: Sequence[str], digest: str) -> bool:
    """Every secret is tried to its end, so that the time taken tells nothing."""
    claimed = given.strip().lower().encode()
    matches = [
        hmac.compare_digest(signature(raw, secret, digest).encode(), claimed) for secret in secrets
    ]
    return any(matches)
