# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of klpwatch-notifier share: a private bus that is the system's and the session's at once, klpwatchd's
alerts on it, and a notification server that notes what it is asked to show.

All services live in the test's own process, each on a connection of its own, and are served while the test waits
for what it expects. Nothing sleeps."""

import pathlib
import subprocess
import sys

import dbus
import dbus.service

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bus"))
from private_bus import Skip, run_tests, until  # noqa: E402,F401

MANAGER, ALERT = "org.klpwatch1.Manager", "org.klpwatch1.Alert"
NOTIFICATIONS = "org.freedesktop.Notifications"
WEEK_USEC = 7 * 86400 * 1000000


class Alert(dbus.service.Object):
    def __init__(self, daemon, name, level, text, **more):
        self.path = "/org/klpwatch1/alert/" + name.replace("-", "_2d")
        super().__init__(daemon.connection, self.path)
        self.daemon = daemon
        self.properties = {"Id": name, "Class": name, "Level": level, "Text": text, "Action": "klpctl plan",
                           "Acknowledged": False, "SnoozedUntil": dbus.UInt64(0)} | more

    @dbus.service.method(ALERT, in_signature="t")
    def Snooze(self, moment):
        self.daemon.snoozed.append((self.path, int(moment)))
        if self.daemon.refuses:
            raise dbus.DBusException("not allowed", name="org.klpwatch1.Error.NotAuthorized")
        self.change(SnoozedUntil=dbus.UInt64(moment))

    @dbus.service.signal(dbus.PROPERTIES_IFACE, signature="sa{sv}as")
    def PropertiesChanged(self, interface, changed, gone):
        pass

    def change(self, **values):
        self.properties |= values
        self.PropertiesChanged(ALERT, values, dbus.Array([], signature="s"))


class Manager(dbus.service.Object):
    def __init__(self, daemon):
        super().__init__(daemon.connection, "/org/klpwatch1")
        self.daemon = daemon

    @dbus.service.method("org.freedesktop.DBus.ObjectManager", out_signature="a{oa{sa{sv}}}")
    def GetManagedObjects(self):
        self.daemon.n_looks += 1
        kernel = {"org.klpwatch1.Kernel": dbus.Dictionary({"Release": "5.14.0", "Because": dbus.Array(["a"], signature="s")}, signature="sv")}
        objects = {dbus.ObjectPath("/org/klpwatch1/kernel/a"): kernel}
        for alert in self.daemon.alerts.values():
            objects[dbus.ObjectPath(alert.path)] = {"org.freedesktop.DBus.Peer": dbus.Dictionary({}, signature="sv"),
                                                    ALERT: dbus.Dictionary(alert.properties, signature="sv")}
        return dbus.Dictionary(objects, signature="oa{sa{sv}}")

    @dbus.service.signal("org.freedesktop.DBus.ObjectManager", signature="oa{sa{sv}}")
    def InterfacesAdded(self, path, interfaces):
        pass

    @dbus.service.signal("org.freedesktop.DBus.ObjectManager", signature="oas")
    def InterfacesRemoved(self, path, interfaces):
        pass

    @dbus.service.signal(MANAGER, signature="oa{sv}")
    def AlertRaised(self, path, values):
        pass


class Daemon:
    """klpwatchd, as far as alerts go."""

    def __init__(self, situation):
        self.connection = situation.connect()
        self.alerts, self.snoozed, self.refuses, self.n_looks = {}, [], False, 0
        self.manager = Manager(self)
        self.start()

    def start(self):
        self.connection.request_name("org.klpwatch1")

    def end(self):
        self.connection.release_name("org.klpwatch1")

    def raise_alert(self, name, level, text, announce=True, **more):
        alert = self.alerts[name] = Alert(self, name, level, text, **more)
        self.manager.InterfacesAdded(alert.path, {ALERT: dbus.Dictionary(alert.properties, signature="sv")})
        if announce:
            self.announce(name)
        return alert

    def announce(self, name):
        self.manager.AlertRaised(self.alerts[name].path, dbus.Dictionary({"Id": name}, signature="sv"))

    def clear(self, name):
        alert = self.alerts.pop(name)
        self.manager.InterfacesRemoved(alert.path, [ALERT])
        alert.remove_from_connection()


class Server(dbus.service.Object):
    """A notification server. `shown` has what is on the screen, `log` a line for each call."""

    def __init__(self, situation, capabilities=("actions", "body", "body-markup"), start=True):
        self.bus = situation.connect()
        super().__init__(self.bus, "/org/freedesktop/Notifications")
        self.capabilities, self.shown, self.log, self.n_numbers = capabilities, {}, [], 0
        if start:
            self.start()

    def start(self):
        self.bus.request_name(NOTIFICATIONS)

    def end(self):
        self.shown.clear()
        self.bus.release_name(NOTIFICATIONS)

    @dbus.service.method(NOTIFICATIONS, out_signature="as")
    def GetCapabilities(self):
        return dbus.Array(self.capabilities, signature="s")

    @dbus.service.method(NOTIFICATIONS, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, program, replaces, icon, summary, body, actions, hints, timeout):
        number = int(replaces)
        if number not in self.shown:
            self.n_numbers += 1
            number = self.n_numbers
        self.shown[number] = {"program": str(program), "icon": str(icon), "summary": str(summary), "body": str(body),
                              "actions": [str(word) for word in actions], "urgency": int(hints["urgency"]),
                              "entry": str(hints["desktop-entry"]), "timeout": int(timeout)}
        self.log.append(("replace" if number == replaces else "show", str(body).split("\n", maxsplit=1)[0]))
        return dbus.UInt32(number)

    @dbus.service.method(NOTIFICATIONS, in_signature="u")
    def CloseNotification(self, number):
        closed = self.shown.pop(int(number), None)
        self.log.append(("withdraw", closed["body"].split("\n")[0] if closed else int(number)))
        self.NotificationClosed(dbus.UInt32(number), dbus.UInt32(3))

    @dbus.service.signal(NOTIFICATIONS, signature="uu")
    def NotificationClosed(self, number, reason):
        pass

    @dbus.service.signal(NOTIFICATIONS, signature="us")
    def ActionInvoked(self, number, action):
        pass

    def dismiss(self, number):
        del self.shown[number]
        self.NotificationClosed(dbus.UInt32(number), dbus.UInt32(2))

    def press(self, number, action):
        """As servers do it: a button also takes the notification from the screen."""
        self.ActionInvoked(dbus.UInt32(number), action)
        self.dismiss(number)

    def texts(self):
        return [entry["body"].split("\n")[0] for entry in self.shown.values()]


class Unit(dbus.service.Object):
    """systemd, as far as cockpit.socket goes."""

    def __init__(self, situation, state):
        self.bus = situation.connect()
        super().__init__(self.bus, "/org/freedesktop/systemd1")
        self.state, self.asked = state, []
        self.bus.request_name("org.freedesktop.systemd1")

    @dbus.service.method("org.freedesktop.systemd1.Manager", in_signature="s", out_signature="o")
    def GetUnit(self, name):
        self.asked.append(str(name))
        if not self.state:
            raise dbus.DBusException("not loaded", name="org.freedesktop.systemd1.NoSuchUnit")
        return dbus.ObjectPath("/org/freedesktop/systemd1")

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.state if (interface, name) == ("org.freedesktop.systemd1.Unit", "ActiveState") else ""


def start_notifier(situation, *arguments, **more):
    """Starts it on the bus of `situation`, which is the session's as well; what it says is in `said` of the folder."""
    with open(situation.folder / "said", "a", encoding="utf-8") as said:
        process = subprocess.Popen([situation.program, *arguments], stdout=said, stderr=said,
                                   env=situation.environment() | {"DBUS_SESSION_BUS_ADDRESS": situation.address} | more)
    situation.processes.append(process)
    return process


def said(situation):
    return (situation.folder / "said").read_text(encoding="utf-8")


def same(got, expected):
    assert got == expected, f"got {got!r}; expected {expected!r}"
