#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klpctl: verbs and options as they are typed. Called as klpctl_stage.py says."""

import atexit
import json
import os
import pathlib
import shutil
import tempfile

from klpctl_stage import (HERE, SANITIZED, Daemon, Failure, Monitor, Skip, expect_code, expect_equal, expect_text, klpctl, run_tests,
                          test)


@test
def help_needs_no_bus_and_names_every_verb_and_option():
    for name, arguments in (('help', ['--help']), ('help-alerts', ['alerts', '--help']), ('help-exposures', ['exposures', '--help']),
                            ('help-plan', ['help', 'plan'])):
        for locale, suffix in (('C.UTF-8', ''), ('C', '.ascii')):
            run = klpctl('unix:path=/nonexistent', *arguments, locale=locale)
            expect_code(run, 0)
            expect_equal(run.stdout.isascii() or locale != 'C', True)
            expect_text(run.stdout, f'{name}{suffix}.txt')
    expect_equal(klpctl('unix:path=/nonexistent', 'help').stdout, klpctl('unix:path=/nonexistent', '-h').stdout)
    run = klpctl('unix:path=/nonexistent', '--version')
    expect_equal((run.returncode, run.stdout.split()[0]), (0, 'klpctl'))


@test
def a_mistyped_verb_suggests_the_nearest():
    run = klpctl('unix:path=/nonexistent', 'kernel')
    expect_code(run, 1)
    expect_equal(run.stderr, "klpctl: There is no verb 'kernel'. Did you mean 'kernels'?\n→ klpctl --help\n")


FOLDER = pathlib.Path(tempfile.mkdtemp(prefix='klpctl-words-'))
atexit.register(shutil.rmtree, FOLDER)

# What each verb needs, and a value for each option that takes one; --help says which there are.
WORDS = {'status': [], 'exposures': [], 'why': ['CVE-2024-36971'], 'kernels': [], 'plan': [], 'patches': [], 'show-config': [], 'monitor': [], 'history': ['--directory', str(HERE / 'expected')],
         'import': [str(HERE / 'meson.build')], 'export-digest': [str(FOLDER / 'out.digest')], 'rescan': [], 'feeds': [], 'alerts': [], 'check': [], 'export': ['openvex'], 'refresh': [], 'help': []}


VALUES = {'--json': 'short', '--severity': 'low', '--verdict': 'reboot-needed', '--at': '2025-05-02', '--since': '2025-05-02', '--directory': str(HERE / 'expected'),
          '--warning': '@9:9', '-w': '@9:9', '--critical': '@9:9', '-c': '@9:9', '--timeout': '9', '--author': 'A. Company', '-t': '9',
          '--host': 'web1', '--machine': 'web1', '-H': 'web1', '-M': 'web1'}


# With these even klpctl monitor has an end of its own.
ENDS = {'--help', '-h', '--version', '-V', '--host', '-H', '--machine', '-M'}


def listed(heading, *arguments):
    text = klpctl('unix:path=/nonexistent', *arguments, '--help', COLUMNS='300').stdout
    lines = text.partition(f'\n{heading}\n')[2].partition('\n\n')[0].splitlines()
    return [line.split('  ')[1] for line in lines]


@test
def every_verb_takes_every_option_or_says_why_not():
    verbs = [line.split()[0] for line in listed('Verbs')]
    expect_equal(sorted(verbs), sorted(WORDS))
    general = listed('Options')
    own = {verb: listed('Options', verb) if verb != 'help' else [] for verb in verbs}
    letters = dict(text.partition('=')[0].split(', ') for text in sum(own.values(), []) if ', ' in text)
    names = sorted({name for text in [*general, *sum(own.values(), [])] for name in text.replace(',', '').split()})
    # Who follows a daemon waits until that was looked at: it has one of its own.
    with Daemon('covered') as daemon, Daemon('covered') as followed, Daemon('covered') as alerting:
        for verb in verbs:
            has = {name for text in [*general, *own[verb]] for name in text.replace(',', '').split()}
            for name in names:
                option, _, word = name.partition('=')
                forms = ([f'{option}={VALUES[option]}'], [option, VALUES[option]]) if word else \
                    ([option, VALUES[option]], [option + VALUES[option]]) if option in VALUES else ([option],)
                runs = [run for value in forms for run in ([verb, *WORDS[verb], *value], [*value, verb, *WORDS[verb]])]
                for arguments in runs[:1] if SANITIZED else runs:
                    if option == '--follow' and verb == 'alerts':
                        Monitor(alerting, words=arguments, knows='Describe').end()
                        continue
                    if verb == 'monitor' and name in has and option not in ENDS:
                        Monitor(followed, words=arguments).end()
                        continue
                    run = klpctl(daemon.address, *arguments, PATH='/nonexistent')
                    what = f'{arguments}: {run.returncode} {run.stdout!r} {run.stderr!r}'
                    if verb == 'check':
                        told = run.stdout if run.stdout.startswith(('KLPWATCH ', '{', 'klpctl ')) else ''
                        if name not in has and (run.returncode, told) != (3, f"KLPWATCH UNKNOWN: 'check' has no option {option}.\n"):
                            raise Failure(what)
                        if run.stderr or not told or (option in ('--host', '--machine', '-H', '-M')) != ('web1 cannot be reached' in told):
                            raise Failure(what)
                    elif name not in has and verb != 'help':
                        expect_equal((run.returncode, run.stderr.splitlines()[0]),
                                     (1, f"klpctl: '{verb}' has no option {letters.get(option, option)}."))
                    elif option in ('--host', '-H') and verb == 'import':
                        if run.returncode != 1 or "copy the digest to that host" not in run.stderr:
                            raise Failure(what)
                    elif option in ('--host', '-H') and verb == 'export-digest':
                        if run.returncode != 1 or "run it there over ssh" not in run.stderr:
                            raise Failure(what)
                    elif option == '--blocking' and verb != 'help':
                        told = 'Only root is told', 'does not tell which tasks', 'No live patch is in transition', 'the transition'
                        if not any(words in run.stdout + run.stderr for words in told):
                            raise Failure(what)
                    elif option in ('--host', '--machine', '-H', '-M') and verb == 'history':
                        if run.returncode != 1 or "'history' reads the journal of this host" not in run.stderr:
                            raise Failure(what)
                    elif option in ('--host', '--machine', '-H', '-M') and verb != 'help':
                        if run.returncode != 1 or 'web1 cannot be reached' not in run.stderr or '→ ' not in run.stderr:
                            raise Failure(what)
                    elif run.returncode != 0 or run.stderr:
                        raise Failure(what)
                    elif option in ('--json', '-j') and verb != 'help':
                        json.loads(run.stdout)


def away(daemon, verb, *place, **more):
    """What a verb says of a daemon whose bus is only reached through programs that stand in for those of `place`."""
    return klpctl('unix:path=/nonexistent', verb, *WORDS[verb], *place, '--json=short', BUS=daemon.address, TOLD=str(FOLDER / 'told'),
                  PATH=f'{FOLDER}/programs:{os.environ["PATH"]}', **more)


def stand_in_for(*programs):
    """Programs that note what they are told, and are then what runs at the other end."""
    if not shutil.which('systemd-stdio-bridge'):
        raise Skip('systemd-stdio-bridge is not here')
    (FOLDER / 'programs').mkdir(exist_ok=True)
    for program in programs:
        path = FOLDER / 'programs' / program
        path.write_text('#!/bin/sh\necho "${0##*/} $*" >>"$TOLD"\nexec systemd-stdio-bridge --bus-path="$BUS"\n', encoding='utf-8')
        path.chmod(0o755)
    (FOLDER / 'told').write_text('', encoding='utf-8')


def told():
    lines = (FOLDER / 'told').read_text(encoding='utf-8').splitlines()
    (FOLDER / 'told').write_text('', encoding='utf-8')
    return lines


HERE_ONLY = {'history': ('-H', '-M'), 'import': ('-H',), 'export-digest': ('-H',), 'help': ('-H', '-M')}


@test
def every_verb_is_answered_from_elsewhere():
    stand_in_for('ssh', 'systemd-run')
    ways = {'-H': (['-H', 'admin@web1'], 'ssh -xT -- admin@web1 systemd-stdio-bridge'),
            '-M': (['-M', 'admin@web1'], 'systemd-run -Mweb1 -PGq --wait -pUser=admin -pPAMName=login systemd-stdio-bridge')}
    with Daemon('covered') as daemon, Daemon('covered') as followed:
        for verb in WORDS:
            for option, (place, expected) in ways.items():
                if option in HERE_ONLY.get(verb, ()):
                    continue
                if verb == 'monitor':
                    monitor = Monitor(followed, *place, '-j', DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent', BUS=followed.address,
                                      TOLD=str(FOLDER / 'told'), PATH=f'{FOLDER}/programs:{os.environ["PATH"]}')
                    followed.tell(f'set Stream rhel-9{option}')
                    followed.heard('GetManagedObjects')  # else the next one would take this look for its own
                    expect_equal(json.loads(monitor.line())['property'], 'Stream')
                    monitor.end()
                else:
                    (FOLDER / 'out.digest').unlink(missing_ok=True)
                    here = klpctl(daemon.address, verb, *WORDS[verb], '--json=short')
                    (FOLDER / 'out.digest').unlink(missing_ok=True)
                    there = away(daemon, verb, *place)
                    expect_equal((verb, there.returncode, there.stderr, there.stdout), (verb, here.returncode, '', here.stdout))
                expect_equal((verb, told()), (verb, [expected]))


@test
def what_another_host_says_is_said():
    stand_in_for('ssh')
    (FOLDER / 'programs/ssh').write_text('#!/bin/sh\necho "ssh: no route to web1" >&2\nexit 255\n', encoding='utf-8')
    run = klpctl('unix:path=/nonexistent', 'status', '-H', 'web1', PATH=f'{FOLDER}/programs:{os.environ["PATH"]}')
    expect_code(run, 1)
    for words in 'ssh: no route to web1\n', 'host web1 cannot be reached', '→ ssh web1 systemd-stdio-bridge':
        if words not in run.stderr:
            raise Failure(run.stderr)


@test
def this_machine_may_be_named():
    with Daemon('covered') as daemon:
        expect_equal(klpctl(daemon.address, 'status', '-M', '.host').stdout, klpctl(daemon.address, 'status').stdout)


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


run_tests()
