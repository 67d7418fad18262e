#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Serves org.klpwatch1 with the answers of one situation.

klpwatchd-stand-in.py SITUATION.json: takes the name on the bus of DBUS_SYSTEM_BUS_ADDRESS, prints
"ready" and serves until it is killed. Every call is noted on standard output, a line each, so that a
test sees what klpctl asked for.

A situation holds "describe", "describe_at", "exposures", "explain" {CVE: entry} and "kernels".
"errors" {method: error's name} makes a method fail, "page_max" gives at most so many exposures a call,
"held" [method] leaves the calls of a method unanswered until standard input says "answer".
In rows, a text at a key that is a time stands for that time.
"""

import datetime
import fcntl
import json
import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

INTERFACE = 'org.klpwatch1.Manager'
TIMES = {'kernel_date', 'patch_date', 'deadline', 'date', 'complete_to', 'released', 'start', 'end'}
PAGE_MAX = 500
PATCH = '/org/klpwatch1/livepatch/kpatch_5fa_5f1_5f2'
FEED = '/org/klpwatch1/feed/redhat_2dcsaf'
ALERT = '/org/klpwatch1/alert/feed_2dstale'
SETTINGS = [
    {'section': 'Host', 'key': 'Channel', 'value': 'eus', 'default': 'auto', 'origin': '/etc/klpwatch.conf:3'},
    {'section': 'Host', 'key': 'LivePatching', 'value': 'auto', 'default': 'auto', 'origin': ''},
    {'section': 'Override 5.14.0-427.13.1.el9_4.x86_64', 'key': 'End', 'value': '2025-05-31', 'default': '',
     'origin': '/run/klpwatch.conf.d/50-a name of a drop-in that goes on and on and on and on and on.conf:12'},
    {'section': 'Sla', 'key': 'Critical', 'value': '', 'default': '', 'origin': ''},
]

DIGEST = b'not looked at by klpctl\n'


def usec(text):
    if not text:
        return dbus.UInt64(0)
    text = text if 'T' in text else text + 'T00:00:00Z'
    moment = datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=datetime.timezone.utc)
    return dbus.UInt64(int(moment.timestamp()) * 1000000)


def value(key, item):
    if key in TIMES:
        return usec(item)
    if isinstance(item, bool):
        return dbus.Boolean(item)
    if isinstance(item, int):
        return dbus.UInt32(item)
    if isinstance(item, list) and key == 'facts':
        return dbus.Array([row(entry) for entry in item], signature='a{sv}')
    if isinstance(item, list):
        return dbus.Array(item, signature='s')
    if isinstance(item, dict):
        return dbus.Dictionary(item, signature='sd')
    return dbus.String(item)


def row(entry):
    return dbus.Dictionary({key: value(key, item) for key, item in entry.items()}, signature='sv')


class Held:
    """Calls that wait for their answer, as they do while somebody types a password."""
    methods = ()
    answers = []

    @classmethod
    def answer(cls, method, reply):
        if method in cls.methods:
            cls.answers.append(reply)
        else:
            reply()

    @classmethod
    def release(cls):
        while cls.answers:
            cls.answers.pop()()


def note(*words):
    print(*words, flush=True)


class NamedError(dbus.DBusException):
    include_traceback = False

    def __init__(self, name, message):
        super().__init__(message)
        self._dbus_error_name = name


class Alert(dbus.service.Object):
    """The object of an alert of the situation."""

    def __init__(self, bus, name):
        super().__init__(bus, '/org/klpwatch1/alert/' + ''.join(c if c.isalnum() else f'_{ord(c):02x}' for c in name))
        self.name = name

    @dbus.service.method('org.klpwatch1.Alert', async_callbacks=('reply', 'fail'))
    def Acknowledge(self, reply, fail):
        note('call', 'Acknowledge', self.name)
        Held.answer('Acknowledge', reply)

    @dbus.service.method('org.klpwatch1.Alert', in_signature='t', async_callbacks=('reply', 'fail'))
    def Snooze(self, until, reply, fail):
        note('call', 'Snooze', self.name, int(until))
        Held.answer('Snooze', reply)


class Manager(dbus.service.Object):
    def __init__(self, bus, situation):
        super().__init__(bus, '/org/klpwatch1')
        self.situation = situation
        self.properties = {'Patch': 'outdated', 'CoverageEnd': usec('2025-04-30'), 'OpenCritical': dbus.UInt32(2),
                           'AssessedAt': usec('2024-09-30'), 'Stream': ''}
        self.objects = {PATCH: ('org.klpwatch1.LivePatch', {'Name': 'kpatch_a_1_2', 'Enabled': False}),
                        FEED: ('org.klpwatch1.Feed', {'Name': 'redhat-csaf', 'State': 'fresh', 'Records': dbus.UInt32(1),
                                                      'LastAttemptAt': usec('2024-09-28'),
                                                      'NextAttemptAt': usec('2024-09-29')})}

    def enter(self, method, *arguments):
        note('call', method, *arguments)
        error = self.situation.get('errors', {}).get(method)
        if error:
            raise NamedError(error, f'{method} did not work')

    def enter_held(self, reply, fail, method, *arguments):
        try:
            self.enter(method, *arguments)
        except NamedError as error:
            fail(error)
        else:
            Held.answer(method, reply)

    @dbus.service.method(INTERFACE, out_signature='s')
    def Describe(self):
        self.enter('Describe')
        answer = self.situation['describe']
        return answer if isinstance(answer, str) else json.dumps(answer)

    @dbus.service.method(INTERFACE, in_signature='t', out_signature='s')
    def DescribeAt(self, time):
        self.enter('DescribeAt', int(time))
        return json.dumps(self.situation['describe_at'])

    @dbus.service.method(INTERFACE, in_signature='a{sv}', out_signature='aa{sv}')
    def ListExposures(self, wanted):
        self.enter('ListExposures', json.dumps(wanted, sort_keys=True))
        rows = [entry for entry in self.situation.get('exposures', [])
                if ('open' not in wanted or entry['open'] == bool(wanted['open']))
                and ('severity' not in wanted or entry['severity'] == wanted['severity'])
                and ('verdict' not in wanted or entry['verdict'] == wanted['verdict'])]
        start = int(wanted.get('offset', 0))
        limit = min(int(wanted.get('limit', PAGE_MAX)), self.situation.get('page_max', PAGE_MAX))
        return dbus.Array([row(entry) for entry in rows[start:start + limit]], signature='a{sv}')

    @dbus.service.method(INTERFACE, in_signature='s', out_signature='a{sv}')
    def Explain(self, cve):
        self.enter('Explain', cve)
        entry = self.situation.get('explain', {}).get(cve)
        if entry is None:
            raise NamedError('org.klpwatch1.Error.NoSuchCve', f'no fact names {cve}')
        return row(entry)

    @dbus.service.method(INTERFACE, out_signature='aa{sv}', async_callbacks=('reply', 'fail'))
    def ListKernels(self, reply, fail):
        rows = dbus.Array([row(entry) for entry in self.situation.get('kernels', [])], signature='a{sv}')
        self.enter_held(lambda: reply(rows), fail, 'ListKernels')

    @dbus.service.method(INTERFACE, out_signature='aa{sv}')
    def ListSettings(self):
        self.enter('ListSettings')
        return dbus.Array([dbus.Dictionary(entry, signature='sv') for entry in self.situation.get('settings', SETTINGS)],
                          signature='a{sv}')

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='s', out_signature='a{sv}')
    def GetAll(self, interface):
        self.enter('GetAll', interface)
        return dbus.Dictionary({key: item for key, item in self.properties.items()}, signature='sv')

    @dbus.service.method('org.freedesktop.DBus.ObjectManager', out_signature='a{oa{sa{sv}}}')
    def GetManagedObjects(self):
        note('call', 'GetManagedObjects')
        return dbus.Dictionary(
            {dbus.ObjectPath(path): {interface: dbus.Dictionary(properties, signature='sv')}
             for path, (interface, properties) in self.objects.items()}, signature='oa{sa{sv}}')

    @dbus.service.signal(dbus.PROPERTIES_IFACE, signature='sa{sv}as')
    def PropertiesChanged(self, interface, changed, invalidated):
        pass

    @dbus.service.signal('org.freedesktop.DBus.ObjectManager', signature='oas')
    def InterfacesRemoved(self, path, interfaces):
        pass

    def obey(self, line):
        """`set KEY VALUE` of the Manager, `enable` the live patch, `drop` it; `ask` the feed, which then is `stale`, and
        of that there is an alert; `answer` what is held."""
        verb, *words = line.split()
        if verb == 'set':
            self.properties[words[0]] = words[1]
            self.PropertiesChanged(INTERFACE, {words[0]: words[1]}, [])
        elif verb == 'enable':
            self.objects[PATCH][1]['Enabled'] = True
            self.PropertiesChanged(INTERFACE, {}, [])
        elif verb == 'drop':
            self.InterfacesRemoved(PATCH, [self.objects.pop(PATCH)[0]])
        elif verb == 'ask':
            self.objects[FEED][1].update({'LastAttemptAt': usec('2024-09-29'), 'NextAttemptAt': usec('2024-09-30')})
            self.PropertiesChanged(INTERFACE, {}, [])
        elif verb == 'stale':
            self.objects[FEED][1]['State'] = 'stale'
            self.objects[ALERT] = ('org.klpwatch1.Alert', {'Id': 'feed-stale', 'Level': 'info'})
            self.PropertiesChanged(INTERFACE, {}, [])
        elif verb == 'answer':
            Held.release()

    @dbus.service.method(INTERFACE, async_callbacks=('reply', 'fail'))
    def Rescan(self, reply, fail):
        self.enter_held(reply, fail, 'Rescan')

    @dbus.service.method(INTERFACE)
    def Refresh(self):
        self.enter('Refresh')

    @dbus.service.method(INTERFACE, out_signature='h')
    def ExportDigest(self):
        self.enter('ExportDigest')
        digest = os.memfd_create('digest', os.MFD_ALLOW_SEALING)
        os.write(digest, DIGEST)
        fcntl.fcntl(digest, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
        return dbus.types.UnixFd(digest)

    @dbus.service.method(INTERFACE, in_signature='h', async_callbacks=('reply', 'fail'))
    def ImportDigest(self, digest, reply, fail):
        with open(digest.take(), 'rb') as file:
            file.seek(0)  # as the daemon does: where the sender stood does not count
            self.enter_held(reply, fail, 'ImportDigest', len(file.read()))


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        situation = json.load(file)
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SystemBus()
    Held.methods = situation.get('held', ())
    manager = Manager(bus, situation)
    described = situation['describe']
    alerts = [Alert(bus, entry['id']) for entry in (described.get('alerts') or [] if isinstance(described, dict) else [])
              if 'id' in entry]
    name = dbus.service.BusName('org.klpwatch1', bus, do_not_queue=True)
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN, lambda *_: manager.obey(sys.stdin.readline()) or True)
    note('ready')
    GLib.MainLoop().run()
    del manager, alerts, name


main()
