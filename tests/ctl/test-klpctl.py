#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klpctl against a stand-in daemon on a private bus: what an administrator types and sees.

test-klpctl.py KLPCTL [--accept]: prints TAP. Each page is held against a file in expected/, at 80
columns, in UTF-8 and in ASCII. --accept writes those files anew; read them before they are committed.
Needs python3-dbus and dbus-daemon. Nothing sleeps: the bus says its address and the stand-in "ready".
"""

import difflib
import fcntl
import json
import os
import pathlib
import pty
import pwd
import re
import shutil
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

KLPCTL = ''
ACCEPT = False
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


def expect_page(daemon, name, *arguments, code=0):
    """The same command in both locales: pages as expected, nothing wider than the terminal but commands."""
    for locale, suffix in (('C.UTF-8', ''), ('C', '.ascii')):
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


@test
def a_healthy_host_is_told_in_one_screen():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.status')
        expect_equal(klpctl(daemon.address).stdout, klpctl(daemon.address, 'status').stdout)
        lines = klpctl(daemon.address).stdout.splitlines()
        if len(lines) > 24:
            raise Failure(f'{len(lines)} lines')


@test
def every_bad_line_names_the_command_that_mends_it():
    with Daemon('trouble') as daemon:
        expect_page(daemon, 'trouble.status', 'status')


@test
def a_host_without_facts_says_that_it_knows_nothing():
    with Daemon('nothing-known') as daemon:
        for verb in 'status', 'exposures', 'kernels', 'plan':
            expect_page(daemon, f'nothing-known.{verb}', verb)


@test
def an_answer_without_any_key_is_shown_as_not_known():
    with Daemon('empty-answer') as daemon:
        for verb in 'status', 'exposures', 'kernels', 'plan':
            expect_page(daemon, f'empty-answer.{verb}', verb)


@test
def a_host_that_cannot_be_live_patched_is_left_in_peace():
    with Daemon('not-applicable') as daemon:
        expect_page(daemon, 'not-applicable.status', 'status')
        expect_page(daemon, 'not-applicable.plan', 'plan')


@test
def a_host_that_does_not_want_live_patches_is_not_nagged():
    with Daemon('not-wanted') as daemon:
        expect_page(daemon, 'not-wanted.status', 'status')
        expect_page(daemon, 'not-wanted.plan', 'plan')
        for mark in '×!?':
            if mark in klpctl(daemon.address, 'status').stdout:
                raise Failure(f'{mark} is shown')


@test
def a_transition_that_hangs_comes_first():
    with Daemon('stalled') as daemon:
        expect_page(daemon, 'stalled.status', 'status')
        expect_page(daemon, 'stalled.plan', 'plan')
        expect_page(daemon, 'stalled.exposures', 'exposures')


@test
def open_exposures_fit_eighty_columns():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.exposures', 'exposures')
        expect_page(daemon, 'covered.exposures-all', 'exposures', '--all')
    with Daemon('trouble') as daemon:
        expect_page(daemon, 'trouble.exposures', 'exposures')


@test
def filters_reach_the_daemon():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.exposures-low', 'exposures', '--severity=low')
        expect_page(daemon, 'covered.exposures-critical', '--severity', 'critical', 'exposures')
        expect_page(daemon, 'covered.exposures-live-patched', 'exposures', '--verdict=live-patched')
        asked = [call for call in daemon.calls() if call.startswith('ListExposures')]
        expect_equal(asked[0], 'ListExposures {"limit": 500, "offset": 0, "open": 1, "severity": "low"}')
        verdicts = [call for call in asked if 'live-patched' in call]
        expect_equal(verdicts[0], 'ListExposures {"limit": 500, "offset": 0, "verdict": "live-patched"}')


@test
def more_exposures_than_one_call_gives_are_all_listed():
    def many(situation):
        first = situation['exposures'][0]
        situation['exposures'] = [dict(first, cve=f'CVE-2024-{n:05}') for n in range(1000)]

    with Daemon('covered', many) as daemon:
        run = klpctl(daemon.address, 'exposures')
        expect_code(run, 0)
        listed = [line.split()[0] for line in run.stdout.splitlines() if line.startswith('CVE-')]
        expect_equal(listed, [f'CVE-2024-{n:05}' for n in range(1000)])
        offsets = [json.loads(call.split(' ', 1)[1])['offset'] for call in daemon.calls() if call.startswith('ListE')]
        expect_equal(offsets, [0, 500, 1000])


@test
def a_short_page_is_not_taken_for_the_last():
    def many(situation):
        first = situation['exposures'][0]
        situation |= {'exposures': [dict(first, cve=f'CVE-2024-{n:05}') for n in range(10)], 'page_max': 4}

    with Daemon('covered', many) as daemon:
        listed = [row['cve'] for row in json.loads(klpctl(daemon.address, 'exposures', '-j').stdout)]
        expect_equal(listed, [f'CVE-2024-{n:05}' for n in range(10)])
        offsets = [json.loads(call.split(' ', 1)[1])['offset'] for call in daemon.calls() if call.startswith('ListE')]
        expect_equal(offsets, [0, 4, 8, 10])


@test
def why_shows_the_chain_of_facts():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.why-live-patched', 'why', 'cve-2024-36971')
        expect_page(daemon, 'covered.why-reboot-needed', 'why', 'CVE-2024-41090')
        expect_page(daemon, 'covered.why-without-facts', 'why', 'CVE-2023-52771')


@test
def why_does_not_call_an_unnamed_cve_safe():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.why-unnamed', 'why', 'CVE-2024-0001', code=1)


@test
def kernels_are_drawn_on_a_time_line():
    for situation in 'covered', 'trouble':
        with Daemon(situation) as daemon:
            expect_page(daemon, f'{situation}.kernels', 'kernels')
            expect_page(daemon, f'{situation}.kernels-all', 'kernels', '--all')


@test
def the_time_line_follows_the_width_and_goes_when_there_is_no_room():
    with Daemon('covered') as daemon:
        wide = klpctl(daemon.address, 'kernels', COLUMNS='120').stdout
        narrow = klpctl(daemon.address, 'kernels', COLUMNS='42').stdout
        expect_text(wide, 'covered.kernels-wide.txt')
        if '█' in narrow or '5.14.0-427.13.1.el9_4' not in narrow:
            raise Failure(narrow)


@test
def the_plan_says_what_by_when_and_what_it_gains():
    with Daemon('trouble') as daemon:
        expect_page(daemon, 'trouble.plan', 'plan')
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.plan', 'plan')


@test
def a_plan_for_another_day_says_that_it_is_a_what_if():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.plan-at', 'plan', '--at=2025-05-02')
        expect_equal(daemon.calls(), ['DescribeAt 1746144000000000'] * 2)


@test
def json_is_the_daemons_answer_and_does_not_depend_on_the_locale():
    with Daemon('covered') as daemon:
        for form in 'short', 'pretty':
            for arguments in ('status',), ('exposures', '--all'), ('kernels', '--all'), ('why', 'CVE-2024-36971'), ('plan',):
                utf8 = klpctl(daemon.address, *arguments, f'--json={form}')
                ascii_only = klpctl(daemon.address, *arguments, f'--json={form}', locale='C')
                expect_code(utf8, 0)
                expect_equal(utf8.stdout, ascii_only.stdout)
                expect_equal(utf8.stdout.count('\n') == 1, form == 'short')
        status = json.loads(klpctl(daemon.address, '--json=short').stdout)
        expect_equal(status, daemon.situation['describe'])
        for verb, arguments in (('exposures', ['--all']), ('kernels', ['--all']), ('why', ['CVE-2024-36971']), ('plan', [])):
            expect_text(klpctl(daemon.address, verb, *arguments, '--json=pretty').stdout, f'covered.{verb}.json')
        deadline = json.loads(klpctl(daemon.address, 'why', 'CVE-2024-41090', '--json=short').stdout)['deadline']
        expect_equal(deadline, '2024-10-24')
        expect_equal(klpctl(daemon.address, 'status', '--json=off').stdout, klpctl(daemon.address).stdout)


@test
def nothing_listed_is_an_empty_json_list():
    with Daemon('stalled') as daemon:
        expect_equal(klpctl(daemon.address, 'exposures', '--json=short').stdout, '[]\n')


@test
def what_strangers_wrote_cannot_reach_the_terminal():
    with Daemon('hostile') as daemon:
        for arguments in ('status',), ('exposures',), ('kernels',), ('plan',), ('why', 'CVE-2024-41090'):
            expect_page(daemon, f'hostile.{arguments[0]}', *arguments)
            for form in 'off', 'short', 'pretty':
                page = klpctl(daemon.address, *arguments, f'--json={form}').stdout
                for character in page:
                    if (ord(character) < 32 and character != '\n') or character in '\x7f\u202e\u2066\ufeff':
                        raise Failure(f'{character!r} in {arguments[0]}, form {form}')
                if 'rm -rf' in page and any(line.strip().startswith('→') and 'rm -rf' in line for line in page.splitlines()):
                    raise Failure('a stranger wrote a command')


@test
def colours_only_repeat_what_marks_say():
    with Daemon('trouble') as daemon:
        for verb in 'status', 'exposures', 'kernels', 'plan':
            plain = klpctl(daemon.address, verb).stdout
            coloured = klpctl(daemon.address, verb, SYSTEMD_COLORS='1').stdout
            if '\033[' in plain or '\033[' not in coloured:
                raise Failure(f'colours of {verb}')
            for sequence in '0;32m', '0;1;33m', '0;1;31m', '0;2m', '0;1m', '0m', 'm':
                coloured = coloured.replace(f'\033[{sequence}', '')
            expect_equal(coloured, plain)


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


@test
def a_terminal_gets_colours_unless_it_says_no():
    with Daemon('covered') as daemon:
        expect_equal('\033[' in on_a_terminal(daemon.address), True)
        expect_equal('\033[' in on_a_terminal(daemon.address, NO_COLOR='1'), False)
        expect_equal('\033[' in on_a_terminal(daemon.address, SYSTEMD_COLORS='0'), False)
        expect_equal('\033[' in on_a_terminal(daemon.address, TERM='dumb'), False)


# Tells the stand-in how it was called before it says that it is ready, and that it was told to end.
FAKE_AGENT = """#!/usr/bin/python3
import dbus, os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
bus = dbus.SystemBus()
daemon = dbus.Interface(bus.get_object('org.klpwatch1', '/org/klpwatch1', introspect=False), 'org.freedesktop.DBus.Properties')
ready = int(sys.argv[4])
sys.argv[2] = 'parent' if int(sys.argv[2]) == os.getppid() else 'another'
sys.argv[4] = str([os.isatty(fd) for fd in range(3)])
daemon.GetAll(' '.join(['agent', *sys.argv[1:]]))
os.close(ready)
signal.sigwait([signal.SIGTERM])
daemon.GetAll('agent ended')
"""


def as_somebody_else(folder):
    """A copy of klpctl that a user without rights can run, and that user; a Skip where there is none."""
    program = pathlib.Path(folder, 'klpctl')
    shutil.copy(KLPCTL, program)
    user = None if os.geteuid() else pwd.getpwnam('nobody').pw_uid
    try:
        subprocess.run([program, '--version'], check=True, user=user, stdout=subprocess.DEVNULL)
    except OSError as error:
        raise Skip(f'klpctl cannot run as another user: {error}') from error
    return program, user


@test
def a_password_is_asked_for_on_the_terminal_and_only_there():
    agent = ['GetAll agent --process parent --notify-fd [False, False, False] --fallback']
    ended = ['GetAll agent ended']
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = pathlib.Path(folder, 'pkttyagent')
        path.write_text(FAKE_AGENT, encoding='utf-8')
        path.chmod(0o755)
        digest = pathlib.Path(folder, 'digest')
        digest.write_bytes(b'0123')
        program, user = as_somebody_else(folder)
        there = {'program': program, 'user': user, 'typing': True, 'PATH': f'{folder}:{os.environ["PATH"]}'}
        cases = [(['rescan'], {}, [*agent, 'Rescan', *ended, 'Describe']),
                 (['import', str(digest)], {}, [*agent, 'ImportDigest 4', *ended, 'Describe']),
                 (['rescan', '--no-ask-password'], {}, ['Rescan', 'Describe']),
                 (['rescan'], {'typing': False}, ['Rescan', 'Describe']),
                 (['rescan', '-q'], {'PATH': '/nonexistent'}, ['Rescan']),
                 (['rescan', '-Mnone'], {'code': 1}, []),
                 ([], {}, ['Describe']), (['kernels'], {}, ['ListKernels', 'Describe'])]
        if user:
            cases.append((['rescan'], {'user': None}, ['Rescan', 'Describe']))
        for arguments, change, calls in cases:
            with Daemon('covered') as daemon:
                os.chmod(daemon.bus.folder.name, 0o755)
                shown = on_a_terminal(daemon.address, *arguments, **{**there, **change})
                expect_equal((arguments, change, daemon.calls()), (arguments, change, calls))
                expect_equal((arguments, shown == ''), (arguments, '-q' in arguments))


LINK = re.compile('\033]8;;([^\033]*)\033\\\\([^\033]*)\033]8;;\033\\\\')
RED_HAT = 'https://access.redhat.com'


@test
def ids_on_a_terminal_lead_to_their_pages():
    def another_vendor(situation):
        situation['describe']['host']['vendor'] = 'suse'

    with Daemon('covered') as daemon:
        for arguments in ('exposures',), ('why', 'CVE-2024-41090'):
            page = on_a_terminal(daemon.address, *arguments, NO_COLOR='1', n_lines=60)
            links = LINK.findall(page)
            expect_equal((f'{RED_HAT}/security/cve/CVE-2024-41090', 'CVE-2024-41090') in links, True)
            expect_equal({address.rpartition('/')[2] == word for address, word in links}, {True})
            plain = klpctl(daemon.address, *arguments).stdout
            expect_equal(LINK.sub(r'\2', page).replace('\r', ''), plain)
            for more in ({'SYSTEMD_URLIFY': '0'}, {'TERM': 'dumb'}, {'PAGER': 'tail -n +1', 'n_lines': 4}):
                page = on_a_terminal(daemon.address, *arguments, NO_COLOR='1', **{'n_lines': 60, **more})
                expect_equal(page.replace('\r', ''), plain)
            forced = on_a_terminal(daemon.address, *arguments, NO_COLOR='1', PAGER='tail -n +1', n_lines=4, SYSTEMD_URLIFY='yes')
            expect_equal(LINK.findall(forced), links)
            expect_equal(LINK.findall(klpctl(daemon.address, *arguments, SYSTEMD_URLIFY='1').stdout), links)
            expect_equal('\033' in on_a_terminal(daemon.address, *arguments, '-j', n_lines=999), False)
        why = on_a_terminal(daemon.address, 'why', 'CVE-2024-36971', n_lines=60)
        expect_equal((f'{RED_HAT}/errata/RHSA-2024:5363', 'RHSA-2024:5363') in LINK.findall(why), True)
        expect_equal('\033]' in on_a_terminal(daemon.address, 'why', '--help', n_lines=99), False)
    with Daemon('covered', another_vendor) as daemon:
        links = LINK.findall(on_a_terminal(daemon.address, 'why', 'CVE-2024-41090', n_lines=60))
        expect_equal(('https://www.cve.org/CVERecord?id=CVE-2024-41090', 'CVE-2024-41090') in links, True)


@test
def hostile_text_gets_no_sequence_to_a_terminal():
    with Daemon('hostile') as daemon:
        for arguments in ('status',), ('exposures',), ('kernels',), ('plan',), ('patches',):
            page = on_a_terminal(daemon.address, *arguments, NO_COLOR='1', n_lines=999)
            expect_equal('\033' in LINK.sub(r'\2', page), False)
            expect_equal([word for _, word in LINK.findall(page) if not re.fullmatch(r'CVE-\d{4}-\d{4,10}|RH[SBE]A-\d{4}:\d{4,10}', word)], [])


@test
def rescan_asks_the_daemon_and_says_what_is_so_then():
    with Daemon('covered') as daemon:
        expect_page(daemon, 'covered.rescan', 'rescan')
        expect_equal(daemon.calls()[:2], ['Rescan', 'Describe'])


@test
def a_rescan_that_fails_is_an_error():
    def failing(situation):
        situation['errors'] = {'Rescan': 'org.klpwatch1.Error.RescanFailed'}

    with Daemon('covered', failing) as daemon:
        run = klpctl(daemon.address, 'rescan')
        expect_code(run, 1)
        expect_equal(run.stderr.splitlines()[0], 'klpctl: Rescan did not work')


@test
def without_a_daemon_it_says_what_to_start():
    with Bus() as bus:
        for verb in ('status',), ('exposures',), ('kernels',), ('plan',), ('why', 'CVE-2024-0001'), ('rescan',):
            run = klpctl(bus.address, *verb)
            expect_code(run, 1)
            expect_equal(run.stdout, '')
            start = 'systemctl start klpwatchd' if pathlib.Path('/run/systemd/system').is_dir() else 'start klpwatchd'
            expect_equal(run.stderr, f'klpctl: klpwatchd is not running.\n→ {start}\n')


@test
def without_a_bus_it_names_the_address_that_it_tried():
    run = klpctl('unix:path=/nonexistent/bus')
    expect_code(run, 1)
    expect_equal(run.stderr.splitlines()[0],
                 'klpctl: The system bus at unix:path=/nonexistent/bus cannot be reached: No such file or directory.')


@test
def errors_of_the_daemon_are_told_in_words():
    sentences = {
        'org.klpwatch1.Error.NotAssessed': 'klpwatchd has just started and has no answer yet; ask again in a few seconds.',
        'org.freedesktop.DBus.Error.AccessDenied': 'You are not allowed to do this; root is.',
        'org.freedesktop.DBus.Error.UnknownMethod':
            'The klpwatchd that runs is of another version and does not know this question.',
        'org.freedesktop.DBus.Error.NoReply': 'klpwatchd did not answer: it ended, or it hangs.',
        'org.freedesktop.systemd1.LoadFailed': 'klpwatchd could not be started: Describe did not work',
        'org.example.Strange': 'klpwatchd refused: Describe did not work (org.example.Strange)',
    }
    for name, sentence in sentences.items():
        with Daemon('covered', lambda situation, name=name: situation.update(errors={'Describe': name})) as daemon:
            run = klpctl(daemon.address)
            expect_code(run, 1)
            expect_equal(run.stderr.splitlines()[0], f'klpctl: {sentence}')


@test
def an_answer_of_another_version_is_refused():
    for answer in {'schema': 2}, 'no JSON', '[]':
        with Daemon('covered', lambda situation, answer=answer: situation.update(describe=answer)) as daemon:
            run = klpctl(daemon.address)
            expect_code(run, 1)
            expect_equal(run.stdout, '')


@test
def a_daemon_that_dies_while_it_is_asked_is_an_error():
    with Daemon('covered') as daemon:
        daemon.process.send_signal(signal.SIGSTOP)
        process = subprocess.Popen([KLPCTL], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding='utf-8',
                                   env=environment(daemon.address))
        daemon.process.kill()
        stdout, stderr = process.communicate(timeout=60)
        expect_equal((process.returncode, stdout), (1, ''))
        first = stderr.splitlines()[0]
        if first not in ('klpctl: klpwatchd did not answer: it ended, or it hangs.', 'klpctl: klpwatchd is not running.'):
            raise Failure(stderr)


@test
def a_full_disk_is_an_error():
    with Daemon('covered') as daemon, open('/dev/full', 'w', encoding='utf-8') as full:
        run = subprocess.run([KLPCTL], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                             env=environment(daemon.address))
        expect_equal((run.returncode, run.stderr), (1, 'klpctl: No space left on device\n'))


@test
def help_needs_no_bus_and_names_every_verb_and_option():
    for name, arguments in (('help', ['--help']), ('help-exposures', ['exposures', '--help']), ('help-plan', ['help', 'plan'])):
        run = klpctl('unix:path=/nonexistent', *arguments)
        expect_code(run, 0)
        expect_text(run.stdout, f'{name}.txt')
    expect_equal(klpctl('unix:path=/nonexistent', 'help').stdout, klpctl('unix:path=/nonexistent', '-h').stdout)
    run = klpctl('unix:path=/nonexistent', '--version')
    expect_equal((run.returncode, run.stdout.split()[0]), (0, 'klpctl'))


@test
def a_mistyped_verb_suggests_the_nearest():
    run = klpctl('unix:path=/nonexistent', 'kernel')
    expect_code(run, 1)
    expect_equal(run.stderr, "klpctl: There is no verb 'kernel'. Did you mean 'kernels'?\n→ klpctl --help\n")


@test
def patches_shows_each_link_whole_or_broken():
    for situation in 'covered', 'trouble', 'stalled', 'nothing-known', 'empty-answer', 'not-applicable', 'not-wanted', 'hostile':
        with Daemon(situation) as daemon:
            expect_page(daemon, f'{situation}.patches', 'patches')
            links = [patch['links'] for patch in json.loads(klpctl(daemon.address, 'patches', '-j').stdout)]
            words = {link['state'] for chain in links for link in chain}
            expect_equal(words - {'whole', 'broken', 'unknown', 'not reached'}, set())
            expect_equal(all(link['state'] == 'broken' for chain in links for link in chain if link['reason']), True)


@test
def patches_shows_a_foreign_patch_and_what_is_missing():
    def foreign(situation):
        situation['describe']['patch'] |= {'state': 'missing', 'loaded': [
            {'name': 'livepatch_sample', 'enabled': True, 'transition': False, 'known': False}]}

    with Daemon('covered', foreign) as daemon:
        expect_page(daemon, 'foreign.patches', 'patches')
        expect_text(klpctl(daemon.address, 'patches', '--json=pretty').stdout, 'foreign.patches.json')


@test
def show_config_names_the_origin_of_each_setting():
    with Daemon('covered') as daemon:
        expect_text(klpctl(daemon.address, 'show-config').stdout, 'covered.show-config.txt')
        rows = json.loads(klpctl(daemon.address, 'show-config', '-j').stdout)
        expect_equal(rows[1], {'section': 'Host', 'key': 'LivePatching', 'value': 'auto', 'default': 'auto', 'origin': None})
        if '# /' in klpctl(daemon.address, 'show-config', '--no-legend').stdout:
            raise Failure('origins')


@test
def a_long_answer_on_a_terminal_goes_through_a_pager():
    with Daemon('trouble') as daemon, tempfile.TemporaryDirectory() as folder:
        for name, text in (('page', 'echo "PAGER $1 $LESS"; cat'), ('early', 'exec true')):
            path = pathlib.Path(folder, name)
            path.write_text(f'#!/bin/sh\n{text}\n', encoding='utf-8')
            path.chmod(0o755)
        page = f'{folder}/page one'
        shown = on_a_terminal(daemon.address, SYSTEMD_PAGER=page, PAGER='false', n_lines=10)
        expect_equal(shown.splitlines()[0], 'PAGER one FRSXMK')
        expect_equal('SX' in on_a_terminal(daemon.address, PAGER=page, SYSTEMD_LESS='SX', n_lines=10).splitlines()[0], True)
        plain = shown.split('\n', 1)[1]
        for more in ({'n_lines': 60}, {'SUDO_UID': '1000'}, {'PAGER': ''}, {'PAGER': 'cat'}, {'SYSTEMD_PAGER': ''}):
            expect_equal(on_a_terminal(daemon.address, **{'PAGER': page, 'n_lines': 10, **more}), plain)
        expect_equal(on_a_terminal(daemon.address, '--no-pager', PAGER=page, n_lines=10), plain)
        expect_equal(on_a_terminal(daemon.address, PAGER='/nonexistent', PATH='/nonexistent', n_lines=10), plain)
        expect_equal('PAGER' in on_a_terminal(daemon.address, PAGER=page, TERM='dumb', n_lines=10), False)
        expect_equal(on_a_terminal(daemon.address, PAGER=page, SUDO_UID='1', SYSTEMD_PAGERSECURE='0', n_lines=10), shown)
        expect_equal(on_a_terminal(daemon.address, PAGER=f'{folder}/early', n_lines=10), '')
        expect_equal('PAGER' in klpctl(daemon.address, PAGER=page).stdout, False)


class Monitor:
    """klpctl monitor, once it knows the old values."""

    def __init__(self, daemon, *arguments, locale='C.UTF-8'):
        self.process = subprocess.Popen([KLPCTL, 'monitor', *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, encoding='utf-8', env=environment(daemon.address, locale=locale))
        daemon.heard('GetManagedObjects')

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


@test
def monitor_prints_a_line_a_change():
    with Daemon('covered') as daemon:
        for locale, arrow in (('C.UTF-8', '→'), ('C', '->')):
            monitor = Monitor(daemon, locale=locale)
            new, old = ('applied', 'outdated') if arrow == '→' else ('outdated', 'applied')
            daemon.tell(f'set Patch {new}')
            daemon.heard('GetManagedObjects')  # else the next monitor would take this look for its own
            line = monitor.line()
            expect_equal(re.fullmatch(rf'\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC  host  Patch  {old} {arrow} {new}\n', line) and 1, 1)
            monitor.end(signal.SIGTERM if arrow == '→' else signal.SIGINT)


@test
def monitor_prints_objects_as_json_and_goes_on_behind_a_restart():
    with Daemon('covered') as daemon:
        monitor = Monitor(daemon, '-j')
        expected = [('livepatch kpatch_a_1_2', 'changed', 'Enabled', 'no', 'yes'),
                    ('livepatch kpatch_a_1_2', 'went', None, None, None),
                    ('host', 'changed', 'Stream', None, 'rhel-9.4'),
                    ('klpwatchd', 'ended; waiting for it', None, None, None),
                    ('klpwatchd', 'is back', None, None, None),
                    ('host', 'changed', 'Stream', 'rhel-9.4', None),
                    ('livepatch kpatch_a_1_2', 'appeared', None, None, None)]
        def expect_line(row):
            line = json.loads(monitor.line())
            expect_equal((line['schema'], *[line[key] for key in ('object', 'event', 'property', 'old', 'new')]), (1, *row))

        for order in 'enable', 'drop', 'set Stream rhel-9.4':
            daemon.tell(order)
            expect_line(expected.pop(0))  # so that the daemon does not end in the middle of an answer
        daemon.end()
        daemon.start()
        for row in expected:
            expect_line(row)
        monitor.end()


@test
def monitor_ends_when_nobody_reads_it():
    with Daemon('covered') as daemon:
        monitor = Monitor(daemon)
        monitor.process.stdout.close()
        monitor.process.stdout = open(os.devnull, encoding='utf-8')
        monitor.end(0)


@test
def wide_pages_use_the_room_and_no_more():
    pages = {'covered': ('status', 'exposures --all', 'why CVE-2024-36971', 'kernels', 'plan', 'patches', 'rescan', 'show-config'),
             'trouble': ('status', 'exposures', 'kernels', 'plan', 'patches'), 'stalled': ('status', 'patches'),
             'nothing-known': ('status', 'exposures', 'kernels', 'plan', 'patches'), 'hostile': ('status', 'patches')}
    for situation, commands in pages.items():
        with Daemon(situation) as daemon:
            for command in commands:
                for locale, suffix in (('C.UTF-8', ''), ('C', '.ascii')):
                    run = klpctl(daemon.address, *command.split(), locale=locale, COLUMNS='120')
                    expect_code(run, 0)
                    for line in run.stdout.splitlines():
                        if len(line) > 120 and not line.lstrip().startswith(('→ ', '-> ', '# /')):
                            raise Failure(f'wider than 120 columns: {line}')
                    expect_equal(run.stdout.isascii() or locale != 'C', True)
                    expect_text(run.stdout, f'{situation}.{command.split()[0]}.120{suffix}.txt')


# What each verb needs, and a value for each option that takes one; --help says which there are.
WORDS = {'status': [], 'exposures': [], 'why': ['CVE-2024-36971'], 'kernels': [], 'plan': [], 'patches': [], 'show-config': [], 'monitor': [],
         'import': [str(HERE / 'meson.build')], 'rescan': [], 'help': []}
VALUES = {'--json': 'short', '--severity': 'low', '--verdict': 'reboot-needed', '--at': '2025-05-02',
          '--host': 'web1', '--machine': 'web1', '-H': 'web1', '-M': 'web1'}


def listed(heading, *arguments):
    text = klpctl('unix:path=/nonexistent', *arguments, '--help', COLUMNS='300').stdout
    lines = text.partition(f'\n{heading}\n')[2].partition('\n\n')[0].splitlines()
    return [line.split('  ')[1] for line in lines]


@test
def every_verb_takes_every_option_or_says_why_not():
    verbs = [line.split()[0] for line in listed('Verbs')]
    expect_equal(sorted(verbs), sorted(WORDS))
    verbs.remove('monitor')  # has no end of its own: below
    general = listed('Options')
    own = {verb: listed('Options', verb) if verb != 'help' else [] for verb in verbs}
    names = sorted({name for text in [*general, *sum(own.values(), [])] for name in text.replace(',', '').split()})
    with Daemon('covered') as daemon:
        for verb in verbs:
            has = {name for text in [*general, *own[verb]] for name in text.replace(',', '').split()}
            for name in names:
                option, _, word = name.partition('=')
                forms = ([f'{option}={VALUES[option]}'], [option, VALUES[option]]) if word else \
                    ([option, VALUES[option]], [option + VALUES[option]]) if option in VALUES else ([option],)
                for value in forms:
                    for arguments in [verb, *WORDS[verb], *value], [*value, verb, *WORDS[verb]]:
                        run = klpctl(daemon.address, *arguments, PATH='/nonexistent')
                        what = f'{arguments}: {run.returncode} {run.stdout!r} {run.stderr!r}'
                        if name not in has and verb != 'help':
                            expect_equal((run.returncode, run.stderr.splitlines()[0]),
                                         (1, f"klpctl: '{verb}' has no option {option}."))
                        elif option in ('--host', '--machine', '-H', '-M') and verb != 'help':
                            if run.returncode != 1 or 'web1 cannot be reached' not in run.stderr or '→ ' not in run.stderr:
                                raise Failure(what)
                        elif run.returncode != 0 or run.stderr:
                            raise Failure(what)
                        elif option in ('--json', '-j') and verb != 'help':
                            json.loads(run.stdout)


@test
def monitor_takes_the_options_too():
    with Daemon('covered') as daemon:
        for option in '-j', '-q', '--no-legend', '--no-pager', '--json=pretty':
            Monitor(daemon, option).end()
        for option in '-Hweb1', '-Mweb1', '--all', '--no-ask-password':
            expect_code(klpctl(daemon.address, 'monitor', option, PATH='/nonexistent'), 1)


@test
def letters_may_stand_together_and_carry_their_value():
    with Daemon('covered') as daemon:
        expect_equal(klpctl(daemon.address, '-qj', 'rescan').stdout, '{"schema":1,"done":true}\n')
        expect_equal(klpctl(daemon.address, 'rescan', '-q').stdout, '')
    for arguments in (['-qHweb1'], ['-qH', 'web1']):
        run = klpctl('unix:path=/nonexistent', *arguments, PATH='/nonexistent')
        expect_code(run, 1)
        if not run.stderr.startswith('klpctl: The system bus of host web1 cannot be reached') or '→' in run.stderr:
            raise Failure(run.stderr)


@test
def no_legend_leaves_the_rows_and_quiet_drops_the_hints():
    with Daemon('covered') as daemon:
        for verb, key in ('exposures', 'CVE-'), ('kernels', '5.14.0-'):
            rows = [line for line in klpctl(daemon.address, verb, COLUMNS='42').stdout.splitlines() if line.startswith(key)]
            bare = klpctl(daemon.address, verb, '--no-legend', COLUMNS='42').stdout.splitlines()
            expect_equal([line.split()[0] for line in bare if line.strip()][:len(rows)], [line.split()[0] for line in rows])
            quiet = klpctl(daemon.address, verb, '--quiet').stdout
            if '→ klpctl' in quiet or quiet.rstrip().endswith(':'):
                raise Failure(quiet)


FAKE_SSH = """#!/usr/bin/python3
import os, select, socket, sys
open(os.environ['SSH_NOTE'], 'w').write(' '.join(sys.argv[1:]))
bus = socket.socket(socket.AF_UNIX)
bus.connect(os.environ['REMOTE_BUS'])
pairs = {0: bus.fileno(), bus.fileno(): 1}
while True:
    for fd in select.select(list(pairs), [], [])[0]:
        data = os.read(fd, 65536)
        if not data:
            sys.exit(0)
        while data:
            data = data[os.write(pairs[fd], data):]
"""


@test
def another_host_is_asked_over_ssh():
    with Daemon('covered') as daemon, tempfile.TemporaryDirectory() as folder:
        ssh, note = pathlib.Path(folder, 'ssh'), pathlib.Path(folder, 'note')
        ssh.write_text(FAKE_SSH, encoding='utf-8')
        ssh.chmod(0o755)
        path = daemon.address.split('path=')[1].split(',')[0]
        there = klpctl('unix:path=/nonexistent', '-H', 'root@web1', PATH=f'{folder}:{os.environ["PATH"]}', SSH_NOTE=str(note),
                       REMOTE_BUS=path)
        expect_equal(there.stderr, '')
        expect_equal(there.stdout, klpctl(daemon.address).stdout)
        if 'root@web1' not in note.read_text(encoding='utf-8') or 'systemd-stdio-bridge' not in note.read_text(encoding='utf-8'):
            raise Failure(note.read_text(encoding='utf-8'))


def main():
    global KLPCTL, ACCEPT
    KLPCTL, ACCEPT = sys.argv[1], '--accept' in sys.argv[2:]
    n_failed = 0
    print(f'1..{len(tests)}')
    for number, function in enumerate(tests, 1):
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
    return 1 if n_failed else 0


sys.exit(main())
