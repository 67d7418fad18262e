# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A message bus of one's own, klpwatchd on it, and a client's view of both."""

import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)

TESTS = pathlib.Path(__file__).resolve().parent.parent
BUNDLED = TESTS / "facts" / "redhat-bundled.digest"
NAME = "org.klpwatch1"
PATH = "/org/klpwatch1"
MANAGER = "org.klpwatch1.Manager"
PROPERTIES = "org.freedesktop.DBus.Properties"
DEADLINE_SECONDS = 60

CONFIGURATION = TESTS / "bus" / "private-bus.conf"


class Said:
    """What a process says on standard error, from a file; lines come whole, and are waited for."""

    def __init__(self, path):
        self.file, self.rest = open(path, errors="replace"), ""

    def readline(self):
        def whole():
            self.rest += self.file.read()
            return "\n" in self.rest
        until(whole)
        line, _, self.rest = self.rest.partition("\n")
        return line + "\n"

    def read(self):
        text, self.rest = self.rest + self.file.read(), ""
        return text

    def fileno(self):
        return self.file.fileno()

    def close(self):
        self.file.close()


class Situation:
    """One test's world: a folder, a bus, the processes started on it. Ends them all when left."""

    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.processes = []
        self.connections = []

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="klpwatch-bus-"))
        self.folder.chmod(0o755)
        self.address = f"unix:path={self.folder / 'bus'}"
        self.configuration = CONFIGURATION
        self.start_bus()
        return self

    def __exit__(self, *_):
        for connection in self.connections:
            connection.close()
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            try:
                process.wait(timeout=DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_bus(self):
        self.bus_process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self.configuration}", f"--address={self.address}", "--nofork", "--print-address"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.processes.append(self.bus_process)
        if not self.bus_process.stdout.readline():
            raise RuntimeError("dbus-daemon did not start")

    def connect(self):
        connection = dbus.bus.BusConnection(self.address)
        connection.set_exit_on_disconnect(False)
        self.connections.append(connection)
        return connection

    def copy_host(self, name):
        """A recorded host that the test may change."""
        host = self.folder / "host"
        shutil.copytree(TESTS / "hosts" / name, host)
        return host

    def environment(self):
        environment = {k: v for k, v in os.environ.items() if k != "JOURNAL_STREAM"}
        environment["DBUS_SYSTEM_BUS_ADDRESS"] = self.address
        return environment

    def spawn_daemon(self, *options, program=None):
        wrapper = os.environ.get("KLPWATCH_TEST_WRAPPER", "").split()
        # What it says goes to a file: a pipe that nobody reads would stop it once it is full.
        said = self.folder / f"said-{len(self.processes)}"
        with open(said, "w") as theirs:
            process = subprocess.Popen([*wrapper, program or self.program, *options], env=self.environment(),
                                       stdout=subprocess.DEVNULL, stderr=theirs, text=True)
        process.stderr = Said(said)
        self.processes.append(process)
        return process

    def start_daemon(self, host="rhel-9.4-eus", at="2024-09-30T12:00:00Z", options=(), digest=BUNDLED, program=None):
        """Starts klpwatchd and returns when its name is on the bus."""
        root = host if isinstance(host, pathlib.Path) else TESTS / "hosts" / host
        command = [f"--root={root}", *options]
        if at:
            command.append(f"--at={at}")
        if digest:
            command.append(f"--digest={digest}")
        self.watcher = self.connect()
        appeared = []
        self.watcher.watch_name_owner(NAME, lambda owner: appeared.append(owner) if owner else None)
        self.daemon = self.spawn_daemon(*command, program=program)
        until(lambda: appeared or self.daemon.poll() is not None)
        if not appeared:
            raise RuntimeError(f"klpwatchd ended with {self.daemon.returncode}: {self.daemon.stderr.read()}")
        self.manager = dbus.Interface(self.watcher.get_object(NAME, PATH), MANAGER)
        return self.manager

    def properties(self):
        return dbus.Interface(self.watcher.get_object(NAME, PATH, introspect=False), PROPERTIES).GetAll(MANAGER)

    def record_signals(self):
        """Everything that the Manager object says from now on, in order: (signal, arguments)."""
        heard = []
        self.watcher.add_signal_receiver(lambda *arguments, member=None: heard.append((str(member), arguments)),
                                         path=PATH, member_keyword="member")
        # A round trip: after it the bus has the match.
        self.watcher.get_object("org.freedesktop.DBus", "/").GetId(dbus_interface="org.freedesktop.DBus")
        return heard


    def record_objects(self):
        """Everything that the objects below the Manager say from now on: (signal, arguments)."""
        heard = []
        self.watcher.add_signal_receiver(lambda *arguments, member=None: heard.append((str(member), arguments)),
                                         sender_keyword=None, member_keyword="member",
                                         bus_name=self.watcher.get_name_owner(NAME))
        self.watcher.get_object("org.freedesktop.DBus", "/").GetId(dbus_interface="org.freedesktop.DBus")
        return heard


def until(condition, deadline=DEADLINE_SECONDS):
    """Runs the main loop until `condition` holds."""
    context = GLib.MainContext.default()
    expired = []
    source = GLib.timeout_add_seconds(deadline, lambda: expired.append(True) or False)
    # Processes end without telling the main loop: it is woken up to look.
    ticker = GLib.timeout_add(20, lambda: True)
    while not condition():
        if expired:
            raise TimeoutError("the condition did not come true")
        context.iteration(True)
    GLib.source_remove(ticker)
    if not expired:
        GLib.source_remove(source)


def deliver(situation):
    """Returns when every message that the daemon has sent so far has been delivered."""
    situation.properties()
    context = GLib.MainContext.default()
    while context.pending():
        context.iteration(False)


def ended(process):
    """The exit status of a process that ends by itself, and what it said."""
    process.wait(timeout=DEADLINE_SECONDS)
    ready, _, _ = select.select([process.stderr], [], [], DEADLINE_SECONDS)
    return process.returncode, process.stderr.read() if ready else ""


def resident_bytes(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def is_sanitized(situation):
    """The sanitizer keeps what was freed, so under it memory says nothing."""
    with open(situation.program, "rb") as program:
        return b"__asan_init" in program.read()


def error_name(call, *arguments):
    """The name of the error that a call gives; None when it gives none."""
    try:
        call(*arguments)
    except dbus.DBusException as error:
        return error.get_dbus_name()
    return None


class Skip(Exception):
    """A test that cannot run here, with the reason."""


def run_tests(tests, program):
    """Runs functions whose docstring is a sentence; prints TAP."""
    wanted = {name for name in sys.argv[2:] if not name.startswith("-")}
    left_out = {name[1:] for name in sys.argv[2:] if name.startswith("-")}
    unknown = (wanted | left_out) - {test.__name__ for test in tests}
    if unknown:
        sys.exit(f"no such test: {' '.join(sorted(unknown))}")
    tests = [test for test in tests if (not wanted or test.__name__ in wanted) and test.__name__ not in left_out]
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        outcome, problem = "ok", ""
        try:
            with Situation(program) as situation:
                test(situation)
        except Skip as reason:
            problem = f" # SKIP {reason}"
        except Exception:
            outcome, failed = "not ok", failed + 1
            print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), end="")
        print(f"{outcome} {number} - {test.__doc__.strip()}{problem}", flush=True)
    sys.exit(1 if failed else 0)
