"""`python -m tests.histories [count] [seed]`: histories made up at random, as many as wanted.

They run in parts of 250, as many parts at once as there are processors; each part tells its own
seed, and `python -m tests.histories 250 <seed>` makes up the same ones again. 10,000 take about an
hour on two processors. The first part that fails prints all that it knows and ends the run.
"""

import os
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

TEST = "tests/recorder/lifecycle/test_histories.py"
PART = 250  # so that progress is seen, and no part outgrows the memory of what it has tried


def main(count: str = "10000", seed: str = "") -> int:
    wanted, first = int(count), int(seed or secrets.randbelow(2**32))
    parts = [(first + n, min(PART, wanted - at)) for n, at in enumerate(range(0, wanted, PART))]
    _tell(f"{wanted} histories with seed {first}")
    held = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(_run, *part): part for part in parts}
        for ended in as_completed(running):
            (its_seed, size), part = running[ended], ended.result()
            if part.returncode:
                pool.shutdown(wait=False, cancel_futures=True)
                _tell(part.stdout)
                _tell(f"Failed in the part with seed {its_seed}; {held} histories had held.")
                return 1
            held += size
            _tell(f"{held} of {wanted} held (seed {its_seed})")
    return 0


def _run(seed: int, size: int) -> "subprocess.CompletedProcess[str]":
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*pytest, f"--hypothesis-seed={seed}", TEST],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"HISTORIES": str(size)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
