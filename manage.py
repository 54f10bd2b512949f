#!/usr/bin/env python3
"""The one entrance: keeps `.venv` equal to the lists in requirements/, then goes on inside it.

Until the environment is there only the standard library may be used, and the grammar of this file
is Python 3.6's, so that an old Python says a sentence instead of a SyntaxError.
"""

import os
import sys

NEWEST = ("python3.14", "python3.13", "python3.12", "python3.11")

if os.name != "posix":
    sys.exit("Reelroom runs on Linux and macOS; on Windows, use it inside WSL.")
if sys.version_info < (3, 11):  # noqa: UP036
    import shutil

    found = [name for name in NEWEST if shutil.which(name)]
    sys.exit(
        "Reelroom needs Python 3.11 or newer, and {} is Python {}.{}. {}".format(
            sys.executable,
            *sys.version_info[:2],
            f"This machine has {found[0]}: start it as `{found[0]} manage.py …`."
            if found
            else "Install a newer one, for example with your system's package manager.",
        )
    )

import fcntl  # noqa: E402
import hashlib  # noqa: E402
import io  # noqa: E402

ROOT = os.path.dirname(os.path.realpath(__file__))
LISTS = ("app.txt", "sandbox.txt", "dev.txt")  # each holds all of the one before it
LIST_FOR = {"up": "sandbox.txt", "sandbox": "sandbox.txt", "demo": "sandbox.txt"}
LEAST_FREE = 10_000_000  # bytes; an installer that failed with less failed for want of room
NO_NETWORK = (
    "NewConnectionError",
    "Failed to establish a new connection",
    "NameResolutionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "SSLError",
)
MODULE_FOR = {"test": "pytest", "bench": "bench"}  # these are no Django commands


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    setup = os.environ.get("SETUP", "")
    if setup not in ("", "on", "off"):
        sys.exit(f"SETUP is {setup!r}; it must be off (use this environment as it is) or unset.")
    python = sys.executable
    if setup != "off":
        environment = Environment(ROOT)
        environment.provide(list_for(command, sys.argv[2:]))
        python = environment.python
    if command in MODULE_FOR:
        os.chdir(ROOT)
        os.execv(python, [python, "-m", MODULE_FOR[command], *sys.argv[2:]])
    if setup != "off" and not environment.is_this_one():
        os.execv(python, [python, *sys.argv])
    run_django_command(command, sys.argv)


def list_for(command: str, arguments: list[str]) -> str:
    """The requirement list a command needs: pictures need more, tests the most."""
    if command in MODULE_FOR:
        return "dev.txt"
    if command == "up" and "--no-sandbox" in arguments:
        return "app.txt"
    return LIST_FOR.get(command, "app.txt")


def run_django_command(command: str, argv: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    if command == "up":
        name_data_folder(argv[2:])
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "SETUP=off uses this Python as it is, and Django is missing from it:"
            " unset SETUP, or install requirements/app.txt."
        )
    try:
        execute_from_command_line(argv)
    except ImproperlyConfigured as error:  # a malformed value in the environment
        if "--traceback" in argv:
            raise
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def name_data_folder(arguments: list[str]) -> None:
    """`up --data DIR` is another name for DATA_DIR, which the settings read before `up` runs.

    The value stays as it was given: the settings alone decide which folder it means.
    """
    for position, argument in enumerate(arguments):
        if argument.startswith("--data="):
            os.environ["DATA_DIR"] = argument[len("--data=") :]
        elif argument == "--data" and position + 1 < len(arguments):
            os.environ["DATA_DIR"] = arguments[position + 1]


class Environment:
    """The virtual environment beside this file, and the stamp that says what is in it.

    The stamp has one line for the Python it was made with and one for each list installed. It is
    removed before anything is changed and written last: without it the environment is made anew.
    """

    def __init__(self, root: str, base_python: str = ""):
        self.root = root
        self.folder = os.path.join(root, ".venv")
        self.python = os.path.join(self.folder, "bin", "python")
        self.stamp = os.path.join(self.folder, "reelroom-stamp")
        # Inside a virtual environment, the Python that it was made with.
        self.base_python = base_python or getattr(sys, "_base_executable", sys.executable)

    def is_this_one(self) -> bool:
        return os.path.realpath(sys.prefix) == os.path.realpath(self.folder)

    def provide(self, name: str) -> None:
        """Have at least the list `name` installed; returns at once when it is."""
        try:
            if not self.holds(name):
                with self.locked() as lock:
                    if not self.holds(name):  # else another process did it while this one waited
                        self.install(name, lock)
        except OSError as error:
            sys.exit(f"The environment {self.folder} cannot be made: {reason(error)}.")
        except KeyboardInterrupt:
            sys.exit("\nInterrupted. The next start begins the environment again.")

    def holds(self, name: str) -> bool:
        return os.path.exists(self.python) and self.read_stamp().startswith(self.wanted(name))

    def wanted(self, name: str) -> str:
        """The stamp of an environment with the lists up to `name`."""
        system = os.uname()
        lines = [f"{sys.implementation.cache_tag}{sys.abiflags} {system.sysname} {system.machine}"]
        for listed in LISTS[: LISTS.index(name) + 1]:
            with open(os.path.join(self.root, "requirements", listed), "rb") as file:
                lines.append(f"{listed} {hashlib.sha256(file.read()).hexdigest()}")
        return "\n".join([*lines, ""])

    def read_stamp(self) -> str:
        try:
            with open(self.stamp) as file:
                return file.read()
        except OSError:
            return ""

    def locked(self) -> io.BufferedReader:
        """A lock on the checkout, for one installation at a time. The installer inherits it."""
        lock = open(os.path.join(self.root, "requirements", "app.txt"), "rb")  # noqa: SIM115
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is setting up the environment; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def install(self, name: str, lock: io.BufferedReader) -> None:
        stamp = self.read_stamp()
        python_line = self.wanted(name).split("\n", 1)[0]
        if stamp.startswith(python_line) and os.path.exists(self.python):
            # What was installed for tests stays usable after an update of the lists.
            present = [listed for listed in LISTS if f"\n{listed} " in stamp]
            name = max(name, *present, key=LISTS.index)
            os.remove(self.stamp)
        else:
            self.create(lock)
        say(f"Installing {self.count(name)} packages (once; a minute or two) …")
        self.run_pip(name, lock)
        temporary = self.stamp + ".new"
        with open(temporary, "w") as file:
            file.write(self.wanted(name))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.stamp)
        say("The environment is ready.")

    def count(self, name: str) -> int:
        with open(os.path.join(self.root, "requirements", name)) as file:
            return sum("==" in line for line in file)

    def create(self, lock: io.BufferedReader) -> None:
        """Make an empty environment, whatever was there before."""
        from importlib.util import find_spec

        missing = [module for module in ("venv", "ensurepip") if not find_spec(module)]
        if missing:
            sys.exit(without_venv(f"Python's own module {missing[0]} is not installed"))
        say(f"Setting up .venv with Python {sys.version.split()[0]} …")
        status, output = run([self.base_python, "-m", "venv", "--clear", self.folder], lock)
        if status:
            sys.exit(self.explain(output) or f"Python could not make .venv. {last_line(output)}")

    def run_pip(self, name: str, lock: io.BufferedReader) -> None:
        listed = os.path.join(self.root, "requirements", name)
        pip = [self.python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        # The lists are complete and their hashes pin every file, so there is nothing to resolve.
        pip += ["--progress-bar", "off", "--require-hashes", "--no-deps", "-r", listed]
        status, output = run(pip, lock, progress=self.count(name))
        if status:
            sys.exit(self.explain(output) or f"pip could not install {listed}. {last_line(output)}")

    def explain(self, output: str) -> str:
        """What the installer's output means, in one sentence; empty when it is nothing we know."""
        import shutil

        full = any(sign in output for sign in ("No space left on device", "Disk quota exceeded"))
        # ensurepip keeps its output to itself, so the disk is asked too.
        place = self.folder if os.path.exists(self.folder) else self.root
        if full or shutil.disk_usage(place).free < LEAST_FREE:
            return "The disk is full: make room, then start the same command again."
        if "DO NOT MATCH THE HASHES" in output:
            return (
                "A downloaded package is not the one that requirements/ names (its hash differs)."
                " Nothing of it was installed; check which package index pip is set to use."
            )
        if any(sign in output for sign in NO_NETWORK):
            return (
                "The packages could not be downloaded: no connection to the package index."
                " Check the network (and pip's proxy or index settings, if you use them),"
                " then start the same command again."
            )
        if "Permission denied" in output or "Read-only file system" in output:
            return f"The environment {self.folder} cannot be made: this user may not write there."
        if "ensurepip is not available" in output:
            return without_venv("Python's own module ensurepip is not installed")
        return ""


def run(command: list[str], lock: io.BufferedReader, progress: int = 0) -> tuple[int, str]:
    """Run a program to its end; returns its exit status and output.

    It holds the lock too: should this process be killed, no other installs while it still works.
    """
    import subprocess

    lines = []
    seen = 0
    environment = {**os.environ, "PIP_USER": "0", "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}
    environment.pop("PYTHONHOME", None)
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
        pass_fds=[lock.fileno()],
    ) as process:
        for line in process.stdout:
            lines.append(line)
            seen += line.startswith("Collecting ")
            if progress and sys.stderr.isatty():
                sys.stderr.write(f"\r  {min(seen, progress)} of {progress} ")
                sys.stderr.flush()
    if progress and sys.stderr.isatty():
        sys.stderr.write("\r" + " " * 20 + "\r")
    return process.returncode, "".join(lines)


def last_line(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    return ([line for line in lines if "error" in line.lower()] or lines or [""])[-1].strip()


def without_venv(what: str) -> str:
    version = "{}.{}".format(*sys.version_info[:2])
    if os.path.exists("/etc/debian_version"):
        return f"{what}. Install it with: sudo apt install python{version}-venv"
    return f"{what}. Install the venv module of Python {version}, then start the command again."


def reason(error: OSError) -> str:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "this user may not write there"
    return str(error)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
