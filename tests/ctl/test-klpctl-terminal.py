#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klpctl: what only a terminal gets: colours, links, a pager, the question for a password.
Called as klpctl_stage.py says."""

import os
import pathlib
import pwd
import re
import shutil
import subprocess
import tempfile

from klpctl_stage import (KLPCTL, Daemon, Failure, Skip, expect_equal, expect_page, klpctl, on_a_terminal,
                          run_tests, test)


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


@test
def an_error_is_wrapped_for_a_terminal_and_one_line_elsewhere():
    with Daemon('covered') as daemon:
        piped = klpctl(daemon.address, 'why', 'CVE-2024-0001').stderr
        for n_columns in '80', '40':
            page = on_a_terminal(daemon.address, 'why', 'CVE-2024-0001', code=1, COLUMNS=n_columns).replace('\r', '')
            lines = page.splitlines()
            expect_equal(max(len(line) for line in lines) <= int(n_columns), True)
            expect_equal((' '.join(lines[:-1]), lines[-1]), tuple(piped.splitlines()))


@test
def a_terminal_gets_colours_unless_it_says_no():
    with Daemon('covered') as daemon:
        expect_equal('\033[' in on_a_terminal(daemon.address), True)
        expect_equal('\033[' in on_a_terminal(daemon.address, NO_COLOR='1'), False)
        expect_equal('\033[' in on_a_terminal(daemon.address, SYSTEMD_COLORS='0'), False)
        expect_equal('\033[' in on_a_terminal(daemon.address, TERM='dumb'), False)


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


run_tests()
