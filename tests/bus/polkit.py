# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A stand-in for polkit, and an ordinary user about whom it is asked."""

import os
import shutil
import subprocess

import dbus
import dbus.service

from private_bus import MANAGER, NAME, PATH, Skip, ended, until

ALLOWS, DENIES, WANTS_A_PASSWORD = (True, False), (False, False), (False, True)
TAKES_NO_QUESTION, LATER = None, ()


class Polkit(dbus.service.Object):
    """Gives one answer, with LATER none before decide(), and notes what it is asked: (kind of subject, action, flags)."""

    def __init__(self, connection, answer):
        self.answer, self.asked, self.undecided = answer, [], []
        self.name = dbus.service.BusName("org.freedesktop.PolicyKit1", connection)
        super().__init__(connection, "/org/freedesktop/PolicyKit1/Authority")

    @dbus.service.method("org.freedesktop.PolicyKit1.Authority", in_signature="(sa{sv})sa{ss}us",
                         out_signature="(bba{ss})", async_callbacks=("answer", "refuse"))
    def CheckAuthorization(self, subject, action, _details, flags, _cancellation, answer, refuse):
        self.asked.append((str(subject[0]), str(action), int(flags)))
        self.undecided.append((answer, refuse))
        if self.answer != LATER:
            self.decide(self.answer)

    def decide(self, decision):
        while self.undecided:
            answer, refuse = self.undecided.pop(0)
            if decision is TAKES_NO_QUESTION:
                refuse(dbus.DBusException("Only trusted callers may ask.", name="org.freedesktop.PolicyKit1.Error.NotAuthorized"))
            else:
                answer((*decision, dbus.Dictionary({}, signature="ss")))


def as_nobody(s, *command):
    """Runs a program as another user, in the background."""
    if os.getuid() != 0 or not shutil.which("setpriv") or not shutil.which("busctl"):
        raise Skip("needs root, setpriv and busctl to call as another user")
    os.chmod(s.folder / "bus", 0o777)
    process = subprocess.Popen(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    s.processes.append(process)
    return process


def begin_call_as_nobody(s, *words, path=PATH, interface=MANAGER, interactive=True):
    return as_nobody(s, "busctl", f"--allow-interactive-authorization={'yes' if interactive else 'no'}", f"--address={s.address}",
                     "call", NAME, path, interface, *words)


def call_as_nobody(s, *words, **more):
    """The exit status of a call by another user, and what was said."""
    process = begin_call_as_nobody(s, *words, **more)
    until(lambda: process.poll() is not None)
    return ended(process)


IMPORT = """
import os, sys
from gi.repository import Gio, GLib
bus = Gio.DBusConnection.new_for_address_sync(sys.argv[1], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
                                              Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
call = Gio.DBusMessage.new_method_call("org.klpwatch1", "/org/klpwatch1", "org.klpwatch1.Manager", "ImportDigest")
if sys.argv[2] == "yes":
    call.set_flags(Gio.DBusMessageFlags.ALLOW_INTERACTIVE_AUTHORIZATION)
call.set_body(GLib.Variant("(h)", (0,)))
fds = Gio.UnixFDList.new()
fds.append(0)
call.set_unix_fd_list(fds)
answer, _ = bus.send_message_with_reply_sync(call, Gio.DBusSendMessageFlags.NONE, 60000, None)
if answer.get_error_name():
    sys.exit(str(answer.get_body()))
"""


def import_as_nobody(s, interactive=False):
    """ImportDigest by another user, of a descriptor that is no digest, in the background."""
    return as_nobody(s, "/usr/bin/python3", "-c", IMPORT, s.address, "yes" if interactive else "no")
