# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of klpctl share: a stand-in daemon on a private bus, klpctl on a pipe or a terminal, pages.

A script of tests is called with KLPCTL [--accept] [NAME...] and prints TAP; with names it runs these tests only.
Pages are held against the files in expected/, at 80 columns, in UTF-8 and in ASCII. --accept writes those files anew;
read them before they are committed. Needs python3-dbus and dbus-daemon. Nothing sleeps: the bus says its address and
the stand-in "ready".
"""

import difflib
import fcntl
import json
import os
import pathlib
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import termios

HERE = pathlib.Path(__file__).resolve().parent
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>custom</type>
  <listen>unix:dir={folder}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""

KLPCTL = os.path.abspath(sys.argv[1])
ACCEPT = '--accept' in sys.argv[2:]
tests = []


class Failure(Exception):
    pass


class Skip(Exception):
    """Why a test cannot be run here."""


def test(function):
    tests.append(function)
    return function


class Bus:
    """A private bus, for as long as the with block lasts."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='klpctl-test-')
        config = pathlib.Path(self.folder.name, 'bus.conf')
        config.write_text(BUS_CONFIG.format(folder=self.folder.name), encoding='utf-8')
        self.process = subprocess.Popen(
            ['dbus-daemon', f'--config-file={config}', '--nofork', '--print-address=1'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise Failure('the bus did not start')
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()


class Daemon:
    """The stand-in with one situation on a bus of its own; `change` alters the situation first."""

    def __init__(self, situation, change=None):
        self.situation = json.loads((HERE / 'situations' / f'{situation}.json').read_text(encoding='utf-8'))
        if change:
            change(self.situation)

    def __enter__(self):
        self.bus = Bus().__enter__()
        self.address = self.bus.address
        path = pathlib.Path(self.bus.folder.name, 'situation.json')
        path.write_text(json.dumps(self.situation), encoding='utf-8')
        self.start()
        return self

    def start(self):
        path = pathlib.Path(self.bus.folder.name, 'situation.json')
        self.process = subprocess.Popen([HERE / 'klpwatchd-stand-in.py', path], stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, env=dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=self.address))
        if self.process.stdout.readline() != 'ready\n':
            raise Failure('the stand-in did not start')

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def tell(self, order):
        self.process.stdin.write(f'{order}\n')
        self.process.stdin.flush()

    def heard(self, word):
        """Returns when the stand-in has noted a call of this name."""
        while True:
            line = self.process.stdout.readline()
            if not line or word in line:
                return

    def __exit__(self, *_):
        self.end()
        self.bus.__exit__()

    def calls(self):
        """What klpctl asked for; ends the stand-in."""
        self.process.terminate()
        return [line.removeprefix('call ') for line in self.process.stdout.read().splitlines()]


def environment(address, locale='C.UTF-8', **more):
    keep = {key: value for key, value in os.environ.items()
            if key not in ('COLUMNS', 'NO_COLOR', 'SYSTEMD_COLORS', 'LANG', 'SUDO_UID', 'PAGER',
                           'SYSTEMD_PAGER', 'SYSTEMD_LESS', 'SYSTEMD_PAGERSECURE', 'SYSTEMD_URLIFY') and not key.startswith('LC_')}
    return {**keep, 'DBUS_SYSTEM_BUS_ADDRESS': address, 'LC_ALL': locale, 'TERM': 'xterm', 'COLUMNS': '80', **more}


# Under a sanitizer a program takes long to start: of what differs in a word alone, one is enough there.
SANITIZED = b'__asan_init' in pathlib.Path(KLPCTL).read_bytes()


def klpctl(address, *arguments, **more):
    return subprocess.run([KLPCTL, *arguments], capture_output=True, text=True, encoding='utf-8', timeout=60,
                          stdin=subprocess.DEVNULL, check=False, env=environment(address, **more))


def expect_code(run, code):
    if run.returncode != code:
        raise Failure(f'exit code {run.returncode} instead of {code}: {run.stdout}{run.stderr}')


def expect_text(got, name):
    path = HERE / 'expected' / name
    if ACCEPT:
        path.write_text(got, encoding='utf-8')
    expected = path.read_text(encoding='utf-8') if path.exists() else ''
    if got != expected:
        raise Failure('\n'.join(difflib.unified_diff(expected.splitlines(), got.splitlines(), f'expected/{name}', 'klpctl',
                                                     lineterm='')))


def expect_equal(got, expected):
    if got != expected:
        raise Failure(f'got      {got!r}\nexpected {expected!r}')


class Monitor:
    """klpctl monitor, once it knows the old values; or other `words`, once they have made the call `knows`."""

    def __init__(self, daemon, *arguments, words=None, knows='GetManagedObjects', locale='C.UTF-8', **more):
        self.process = subprocess.Popen([KLPCTL, *(words or ['monitor', *arguments])], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, encoding='utf-8', env=environment(daemon.address, locale=locale, **more))
        daemon.heard(knows)

    def line(self):
        return self.process.stdout.readline()

    def end(self, number=signal.SIGINT):
        if number:
            self.process.send_signal(number)
        code = self.process.wait(60)
        stderr = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        expect_equal((code, stderr), (0, ''))


IN_BOTH = (('C.UTF-8', ''), ('C', '.ascii'))


def expect_page(daemon, name, *arguments, code=0):
    """The same command in both locales: pages as expected, nothing wider than the terminal but commands."""
    for locale, suffix in IN_BOTH:
        run = klpctl(daemon.address, *arguments, locale=locale)
        expect_code(run, code)
        page = run.stdout if code == 0 else run.stderr
        expect_equal(run.stderr if code == 0 else run.stdout, '')
        if locale == 'C' and not page.isascii():
            raise Failure(f'not ASCII: {page}')
        for line in page.splitlines():
            if code == 0 and len(line) > 80 and not line.lstrip().startswith(('→ ', '-> ')):
                raise Failure(f'wider than 80 columns: {line}')
            if line != line.rstrip():
                raise Failure(f'blanks at the end: {line!r}')
        expect_text(page, f'{name}{suffix}.txt')


def on_a_terminal(address, *arguments, n_lines=24, code=0, program=None, user=None, typing=False, **more):
    """The answer as a terminal gets it; `typing`: what klpctl reads from is the terminal too."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', n_lines, 80, 0, 0))
    process = subprocess.Popen([program or KLPCTL, *arguments], stdout=theirs, stderr=theirs, user=user,
                               stdin=theirs if typing else subprocess.DEVNULL, env=environment(address, **more))
    os.close(theirs)
    page = b''
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        page += chunk
    expect_equal((process.wait(), page if process.returncode != code else b""), (code, b""))
    os.close(ours)
    return page.decode()


def run_tests():
    """Runs the tests of the script, in the order in which they stand there."""
    names = [word for word in sys.argv[2:] if word != '--accept']
    chosen = [function for function in tests if not names or function.__name__ in names]
    n_failed = 0
    print(f'1..{len(chosen)}')
    for number, function in enumerate(chosen, 1):
        name = function.__name__.replace('_', ' ')
        try:
            function()
            print(f'ok {number} - {name}', flush=True)
        except Skip as reason:
            print(f'ok {number} - {name} # SKIP {reason}', flush=True)
        except (Failure, subprocess.SubprocessError) as failure:
            n_failed += 1
            print(f'not ok {number} - {name}')
            print('\n'.join(f'# {line}' for line in str(failure).splitlines()), flush=True)
    sys.exit(1 if n_failed else 0)
