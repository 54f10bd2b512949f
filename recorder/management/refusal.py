"""How a command says no: one sentence on standard error and exit status 1, no traceback."""

import errno
from typing import NoReturn


def refuse(sentence: str) -> NoReturn:
    raise SystemExit(sentence)


def why(error: OSError) -> str:
    """The cause of a file error in plain words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "this user may not write there"
    if error.errno == errno.EROFS:
        return "the file system is read-only"
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return "a file is in the way"
    return (error.strerror or str(error)).lower()
