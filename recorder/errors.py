"""The root of everything the recorder raises on purpose."""


class RecorderError(Exception):
    """Something a person can act on: `str(error)` is a sentence for the screen, free of secrets.

    Whatever else a caller needs to decide rides as attributes of the subclass.
    """
