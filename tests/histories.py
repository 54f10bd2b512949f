"""`python -m tests.histories [count] [seed]`: histories made up at random, as many as wanted.

Prints the seed; the same one makes up the same histories again. 10,000 take about an hour.
"""

import os
import secrets
import sys

import pytest

TEST = "tests/recorder/lifecycle/test_histories.py"


def main(count: str = "10000", seed: str = "") -> int:
    seed = seed or str(secrets.randbelow(2**32))
    sys.stdout.write(f"{int(count)} histories with seed {seed}\n")
    sys.stdout.flush()
    os.environ["HISTORIES"] = count
    return pytest.main([TEST, "-q", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}"])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
