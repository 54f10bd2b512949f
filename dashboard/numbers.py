"""Numbers out of addresses and posted lists, which may hold anything."""


def id_in(text: str) -> int | None:
    """A row's id, no longer than a database can hold; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
