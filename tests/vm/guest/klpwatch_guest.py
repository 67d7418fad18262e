# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a case does in the guest: move live patches, read sysfs, ask busctl, and hear klpwatchd's signals."""

import ctypes
import json
import os
import pathlib
import re
import select
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
LIVEPATCH = pathlib.Path("/sys/kernel/livepatch")
MODULES = pathlib.Path("/sys/module")
NAME = "org.klpwatch1"
ROOT = "/org/klpwatch1"
MANAGER = "org.klpwatch1.Manager"
PATCH = "org.klpwatch1.LivePatch"
UNIT = "klpwatchd.service"
DEADLINE = 45
FINIT_MODULE = 313  # of x86_64
LIBC = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """What was seen is not what must be."""


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def check(condition, what):
    if not condition:
        raise Failure(what)


def run(*command, deadline=DEADLINE):
    """Runs a command that must succeed; its output."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=deadline)
    check(done.returncode == 0, f"{' '.join(command)}: {done.returncode}, {done.stdout}{done.stderr}")
    return done.stdout


def systemctl(*arguments):
    return run("systemctl", *arguments).strip()


def unit_property(name):
    return systemctl("show", "--value", f"--property={name}", UNIT)


# sysfs


def read(path):
    try:
        return path.read_text().strip()
    except OSError:
        return None


def sysfs(name):
    """What the kernel says of a patch: (enabled, transition), each "0" or "1"; None when it lists it not."""
    enabled, transition = read(LIVEPATCH / name / "enabled"), read(LIVEPATCH / name / "transition")
    return None if enabled is None or transition is None else (enabled, transition)


def in_force():
    """The live patch whose code the kernel runs, by what that code does."""
    said = read(pathlib.Path("/proc/loadavg"))
    return said if said.startswith("klpwt_") else None


def is_loaded(name):
    return read(MODULES / name / "initstate") == "live"


def insmod(name, *parameters):
    run("insmod", str(HERE / f"{name}.ko"), *parameters)


def insmod_fails(name, *parameters):
    done = subprocess.run(["insmod", str(HERE / f"{name}.ko"), *parameters], capture_output=True, text=True, timeout=DEADLINE)
    check(done.returncode != 0, f"{name} was loaded, and must not be")


def rmmod(name):
    # The kernel takes the folder away before it lets the module go, and that a moment later.
    until(lambda: subprocess.run(["rmmod", name], capture_output=True, timeout=DEADLINE).returncode == 0,
          f"{name} cannot be unloaded")


def write(path, text):
    path.write_text(text)


def in_kernel(call, *arguments):
    """A call of libc that must succeed: what takes a program's start out of a measurement."""
    check(call(*arguments) == 0, f"the kernel refuses: {os.strerror(ctypes.get_errno())}")


def insert(name):
    """As insmod, without a process."""
    with open(HERE / f"{name}.ko", "rb") as file:
        in_kernel(LIBC.syscall, FINIT_MODULE, file.fileno(), b"", 0)


def delete(name):
    """As rmmod, without a process."""
    in_kernel(LIBC.delete_module, name.encode(), os.O_NONBLOCK)


def set_enabled(name, value):
    write(LIVEPATCH / name / "enabled", value)


# The journal


def message_ids():
    """What each MESSAGE_ID stands for, from the header that klpwatchd is built with."""
    found = re.findall(r'#define MESSAGE_([A-Z_]+) "([0-9a-f]{32})"', (HERE / "message-ids.h").read_text())
    return {number: name.lower().replace("_", "-") for name, number in found}


class Journal:
    """What klpwatchd has written into the journal from now on."""

    def __init__(self):
        self.ids = message_ids()
        self.n_before = 0
        self.n_before = len(self.records())

    def records(self):
        """Each record that has one of the ids, as (event, record), by MESSAGE_ID. Not by a cursor: journalctl 252 leaves out
        the first record after one that does not match itself."""
        run("journalctl", "--sync")
        text = run("journalctl", "-o", "json", f"_SYSTEMD_UNIT={UNIT}", *(f"MESSAGE_ID={number}" for number in self.ids))
        records = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return [(self.ids[record["MESSAGE_ID"]], record) for record in records[self.n_before:]]

    def expect(self, *wanted):
        """Waits until just these are there, each once: "EVENT PATCH", of a transition's end with its direction."""
        def found():
            return sorted(" ".join([event, record.get("KLPWATCH_PATCH", ""), record.get("KLPWATCH_DIRECTION", "")]).strip()
                          for event, record in self.records())
        until(lambda: len(found()) >= len(wanted), lambda: f"the journal has {found()}, not {sorted(wanted)}", every=0.2)
        check(found() == sorted(wanted), f"the journal has {found()}, not {sorted(wanted)}")


    def expect_nothing(self):
        """Nothing is told of a patch that has been told before. To be asked when what was done is over."""
        told = [event for event, record in self.records() if record.get("KLPWATCH_PATCH")]
        check(not told, f"the journal tells again {told}")


# busctl


def escape(name):
    """As sd_bus_path_encode() does."""
    return "".join(c if c.isascii() and c.isalnum() and not (i == 0 and c.isdigit()) else f"_{ord(c):02x}"
                   for i, c in enumerate(name))


def patch_path(name):
    return f"{ROOT}/livepatch/{escape(name)}"


def busctl(*arguments, user=None):
    """A call as busctl does it; the JSON it prints, or the error it reports as a Failure."""
    command = ["busctl", "--json=short", *arguments]
    if user:
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
    text = run(*command)
    return json.loads(text) if text.strip() else None


def properties(path, interface, user=None):
    reply = busctl("call", NAME, path, "org.freedesktop.DBus.Properties", "GetAll", "s", interface, user=user)
    return {key: value["data"] for key, value in reply["data"][0].items()}


def patch(name):
    """The properties of a patch's object; None when there is none."""
    try:
        return properties(patch_path(name), PATCH)
    except Failure as failure:
        if "UnknownObject" in str(failure) or "Unknown object" in str(failure):
            return None
        raise


def manager():
    return properties(ROOT, MANAGER)


def rescan():
    """A Rescan that is done. Emulated on a busy machine a look at the host may take longer than klpwatchd waits for it."""
    for last in (False, False, True):
        try:
            return busctl("call", NAME, ROOT, MANAGER, "Rescan")
        except Failure as failure:
            if last or "did not answer within 15 seconds" not in str(failure):
                raise


class Observer:
    """A process of guest/observe, and what it has said so far."""

    def __init__(self, what):
        self.process = subprocess.Popen([HERE / "observe", what], stdout=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.rest = b""
        self.lines = []
        until(self.read_more, f"observe {what} does not begin", self)

    def read_more(self):
        """Takes what has come. True when there is anything at all."""
        while data := self.process.stdout.read(65536):
            *lines, self.rest = (self.rest + data).split(b"\n")
            self.lines += [json.loads(line) for line in lines]
        return bool(self.lines)

    def mark(self):
        """Where the next line will be."""
        self.read_more()
        return len(self.lines)

    def since(self, mark):
        self.read_more()
        return self.lines[mark:]

    def quiet(self, seconds):
        """Returns when nothing has come for so long."""
        deadline = now() + DEADLINE
        while select.select([self.process.stdout], [], [], seconds)[0]:
            self.read_more()
            check(now() < deadline, "there is no end of signals")

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def until(condition, otherwise, observer=None, deadline=DEADLINE, every=0.02):
    """Waits until `condition()` holds, looking again when `observer` has heard something. sysfs has no event to
    wait for, so it is looked at every 20 ms besides. What the condition gave, else Failure(otherwise)."""
    end = now() + deadline
    while True:
        result = condition()
        if result:
            return result
        check(now() < end, otherwise() if callable(otherwise) else otherwise)
        select.select([observer.process.stdout] if observer else [], [], [], every)


def changed(lines, name, wanted, member="PropertiesChanged"):
    """The first line that tells that properties of a patch came to be `wanted`; None when there is none."""
    for line in lines:
        if line["member"] != member:
            continue
        if member == "PropertiesChanged":
            if line["path"] == patch_path(name) and wanted.items() <= line["arguments"][1].items():
                return line
        elif line["arguments"][0] == patch_path(name):
            if not wanted or wanted.items() <= line["arguments"][1].get(PATCH, {}).items():
                return line
    return None


def agree(name):
    """busctl's answer about a patch, when it says what sysfs says before and after it; else None."""
    before, loaded = sysfs(name), is_loaded(name)
    answer = patch(name)
    if sysfs(name) != before or is_loaded(name) != loaded:
        return None
    if before is None and not loaded:
        return {} if answer is None else None
    if answer is None or answer["Name"] != name:
        return None
    enabled, transition = before if before else ("0", "0")
    return answer if (answer["Enabled"], answer["Transition"]) == (enabled == "1", transition == "1") else None
