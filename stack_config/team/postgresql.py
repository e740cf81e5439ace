"""A PostgreSQL of our own: one folder, one socket, no port and no password.

The system tells the server who is at the other end of the socket ("peer"); only the user who ran `initialise`, and
root, get in. So there is no secret that could be read from a file, a log or a list of processes.
"""

from __future__ import annotations

import getpass
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sentiment import extras
from sentiment.errors import ConfigError, ServiceError
from stack_config.servers.processes import Started, last_lines, stop
from stack_config.team.folder import SYSTEM_FOLDER, TeamFolder

OWNER = "sentiment"
"""The role that owns everything in the database."""
PREDICTIONS = "predictions"
DATABASES = ("mlflow", "accounts", PREDICTIONS)
START_SECONDS = 30
_UNPRIVILEGED = ("postgres", "pgserver", "nobody")  # whom PostgreSQL runs as where we are root


class PostgreSQL:
    """The database server below a team folder."""

    def __init__(self, folder: TeamFolder) -> None:
        self._folder = folder
        self._binaries = _binaries()

    def address(self, database: str) -> str:
        """Give a database's address; see `database_address`."""
        return database_address(self._folder, database)

    def initialise(self) -> bool:
        """Make the data folder; one that is there stays as it is.

        Returns:
            Whether it was made now.
        """
        data = self._folder.database
        if (data / "PG_VERSION").exists():
            return False
        data.mkdir(parents=True, exist_ok=True)
        _give_away(data)
        self._run("initdb", "--auth-local=peer", "--auth-host=reject", "--encoding=UTF8", "-U", OWNER, "--no-locale")
        (data / "pg_hba.conf").write_text("local all all peer map=owner\n", encoding="utf-8")
        (data / "pg_ident.conf").write_text(f'owner "{getpass.getuser()}" {OWNER}\n', encoding="utf-8")
        return True

    def start(self) -> Started:
        """Start the server and wait until it takes connections; one that runs on this data is taken as it is."""
        if running := running_database(self._folder):
            return running
        socket_folder = self._folder.socket_folder
        socket_folder.mkdir(mode=0o700, exist_ok=True)
        _give_away(socket_folder)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(socket_folder),
            "unix_socket_permissions": "0700",
        }
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        (self._folder.database / "postgresql.auto.conf").write_text(lines, encoding="utf-8")
        self._run("pg_ctl", "-w", "-t", str(START_SECONDS), "-l", str(self._folder.postgresql_log), "start")
        started = running_database(self._folder)
        if started is None:
            raise ServiceError(
                f"PostgreSQL ended at once; its last log lines:\n{last_lines(self._folder.postgresql_log)}"
            )
        return started

    def create_databases(self) -> None:
        """Create the databases that are missing."""
        from sqlalchemy import create_engine, text

        engine = create_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                there = set(connection.execute(text("SELECT datname FROM pg_database")).scalars())
                for name in DATABASES:
                    if name not in there:
                        connection.execute(text(f"CREATE DATABASE {name}"))
        finally:
            engine.dispose()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603
            [str(self._binaries / program), "-D", str(self._folder.database), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server inherits it: a pipe would never end
            stderr=subprocess.DEVNULL,
            cwd="/",
            timeout=START_SECONDS + 30,
            check=False,
            **_identity(),
        )
        if done.returncode:
            log = last_lines(self._folder.postgresql_log)
            raise ServiceError(f"`{program}` of PostgreSQL failed ({done.returncode}); its last log lines:\n{log}")


def database_address(folder: TeamFolder, database: str) -> str:
    """Give the address of a database; there is no secret in it."""
    return f"postgresql://{OWNER}@/{database}?host={quote(str(folder.socket_folder), safe='/')}"


def running_database(folder: TeamFolder) -> Started | None:
    """Find the server of a folder's data, whoever started it; PostgreSQL's own note of it may outlive it."""
    try:
        written = (folder.database / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    found = Started(pid=int(written[0]), created=float(written[2]))
    return Started.of(found.pid) if found.process() else None


def stop_postgresql(started: Started) -> bool:
    """Stop the server: open transactions are rolled back, what was committed is on disk."""
    return stop(started, with_signal=signal.SIGINT)


def find_binaries() -> Path:
    """Find PostgreSQL's programs: those of the wheel, else the newest that the system has.

    Raises:
        ConfigError: There are none.
    """
    wheel = importlib.util.find_spec("pgserver")
    if wheel is not None and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if not installed:
        raise ConfigError(
            f"no PostgreSQL was found: `{extras.command('team')}` installs one, and so does your system's package "
            "`postgresql`"
        )
    return installed[-1].parent


def _binaries() -> Path:
    found = find_binaries()
    return found if _may_run(found) else _copied(found)


def _may_run(binaries: Path) -> bool:
    command = [str(binaries / "postgres"), "--version"]
    try:
        subprocess.run(command, capture_output=True, check=True, cwd="/", **_identity())  # noqa: S603
    except PermissionError:
        return False
    return True


def _copied(binaries: Path) -> Path:
    """Copy the wheel's programs to where an ordinary user may run them, instead of opening root's folders."""
    package = binaries.parent.parent
    place = SYSTEM_FOLDER / "programs"
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, place / folder.name, dirs_exist_ok=True)
    for folder in (SYSTEM_FOLDER, place):
        folder.chmod(0o755)
    return place / binaries.relative_to(package.parent)


def _unprivileged() -> pwd.struct_passwd:
    for name in _UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ConfigError(f"PostgreSQL does not run as root; one of the users {', '.join(_UNPRIVILEGED)} expected")


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user = _unprivileged()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _give_away(folder: Path) -> None:
    folder.chmod(0o700)
    if os.geteuid() == 0:
        user = _unprivileged()
        os.chown(folder, user.pw_uid, user.pw_gid)
