"""What can stop the sandbox itself, as opposed to what it answers."""


class SandboxError(Exception):
    """The sandbox cannot go on. `str(error)` is one sentence fit for a person."""


class ConfigError(SandboxError):
    """A setting is malformed or missing; the sentence names it."""
