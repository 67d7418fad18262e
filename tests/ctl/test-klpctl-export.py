#!/usr/bin/python3
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""klpctl export: documents and tables for other programs. Called as klpctl_stage.py says."""

import copy
import csv
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import uuid

from klpctl_stage import (KLPCTL, Daemon, Failure, Skip, environment, expect_code, expect_equal, expect_text, klpctl,
                          run_tests, test)
from openvex_schema import PUBLISHED, SCHEMA

KERNEL = 'pkg:rpm/redhat/kernel-core@5.14.0-427.13.1.el9_4?arch=x86_64&distro=rhel-9.4'
VERDICTS = ('fixed-in-kernel', 'live-patched', 'live-patch-pending', 'live-patch-not-active', 'live-patch-available', 'live-patch-awaited',
            'reboot-needed', 'below-scope', 'unknown', 'a-word-of-a-later-version')


def validator(schema=SCHEMA):
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        raise Skip('python3-jsonschema is not here') from None
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def published():
    """The schema that the specification's authors publish."""
    path = os.environ.get('KLPWATCH_OPENVEX_SCHEMA')
    if not path:
        raise Skip('KLPWATCH_OPENVEX_SCHEMA names no copy of the published schema')
    content = pathlib.Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != PUBLISHED:
        raise Failure(f'{path} is another edition than the one that openvex_schema.py was held against')
    return validator(json.loads(content))


def export(change=None, situation='covered', form='openvex', code=0, arguments=()):
    with Daemon(situation, change) as daemon:
        run = subprocess.run([KLPCTL, 'export', form, *arguments], capture_output=True, timeout=60, check=False,
                             env=environment(daemon.address))
    expect_equal((run.returncode, run.stderr.decode() if code == 0 else ''), (code, ''))
    return run.stdout.decode() if code == 0 else run.stderr.decode()


def every_verdict(situation):
    """One exposure of each verdict, with all that an exposure can have."""
    whole = {'cve': '', 'verdict': '', 'open': True, 'severity': 'important', 'severity_bound': '', 'kernel': '5.14.0-427.31.1.el9_4',
             'kernel_stream': 'rhel-9.4', 'kernel_advisory': 'RHSA-2024:5363', 'kernel_date': '2024-08-15T05:34:56Z', 'patch': '1-2',
             'patch_package': 'kpatch-patch-5_14_0-427_13_1', 'patch_advisory': 'RHSA-2024:5523', 'patch_date': '2024-08-19T01:02:03Z',
             'deadline': '2024-10-24', 'note': ''}
    situation['exposures'] = [dict(whole, cve=f'CVE-2024-{n:04}', verdict=verdict) for n, verdict in enumerate(VERDICTS, 1)]


def bare(situation):
    """The same without anything that may be missing."""
    every_verdict(situation)
    for exposure in situation['exposures']:
        exposure |= {key: None if key.endswith('date') or key == 'deadline' else '' for key in exposure if key not in ('cve', 'verdict', 'open')}


def hold_documents_against(check):
    for situation in 'covered', 'trouble', 'stalled', 'hostile', 'not-wanted':
        for change in None, every_verdict, bare:
            with Daemon(situation, change) as daemon:
                run = klpctl(daemon.address, 'export', 'openvex')
            if not daemon.situation.get('exposures'):
                expect_code(run, 1)
                continue
            expect_code(run, 0)
            errors = [f'{situation}: {list(error.absolute_path)}: {error.message[:200]}' for error in check.iter_errors(json.loads(run.stdout))]
            expect_equal(errors, [])


@test
def the_document_holds_against_the_schema():
    hold_documents_against(validator())


@test
def the_document_holds_against_the_published_schema():
    hold_documents_against(published())


@test
def the_schema_refuses_what_the_specification_does():
    check = validator()
    good = json.loads(export(every_verdict))
    expect_equal(list(check.iter_errors(good)), [])

    def broken(*path, value=None, gone=False):
        document = copy.deepcopy(good)
        *folders, key = path
        place = document
        for folder in folders:
            place = place[folder]
        if gone:
            del place[key]
        else:
            place[key] = value
        return document

    product = good['statements'][0]['products'][0]
    affected = next(i for i, statement in enumerate(good['statements']) if statement['status'] == 'affected')
    for document in (broken('author', gone=True), broken('@id', value='no iri'), broken('timestamp', value='2024-09-28'), broken('version', value=0),
                     broken('statements', value=[]), broken('statements', 0, 'status', value='live-patched'), broken('more', value='x'),
                     broken('statements', affected, 'action_statement', gone=True), broken('statements', 0, 'status', value='not_affected'),
                     broken('statements', 0, 'vulnerability', 'name', gone=True), broken('statements', 0, 'products', gone=True),
                     broken('statements', 0, 'products', 0, value={}), broken('statements', 0, 'products', 0, 'identifiers', value={}),
                     broken('statements', 0, 'products', 0, value={'hashes': {'sha-256': '0'}}),
                     broken('statements', 0, 'products', 0, value=product | {'hashes': {'sha256': '0'}}),
                     broken('statements', 0, 'products', 0, value=product | {'subcomponents': [{}]}),
                     broken('statements', 0, 'products', value=[product, product])):
        if not list(check.iter_errors(document)):
            raise Failure(f'the schema takes {document}')


@test
def each_verdict_has_its_status_and_what_there_is_to_do():
    # The version of klpwatch stands in a document, and so its id changes with it.
    for name, change in ('verdicts', every_verdict), ('bare', bare):
        expect_text(re.sub(r'("tooling": "klpwatch|"@id": "urn:uuid:)[^"]+', r'\1…', export(change)), f'{name}.openvex.json')
    document = json.loads(export(every_verdict))
    expect_equal([statement['status'] for statement in document['statements']],
                 ['fixed', 'fixed'] + ['affected'] * 6 + ['under_investigation'] * 2)
    expect_equal([product['@id'] for product in document['statements'][1]['products']],
                 [KERNEL, 'pkg:rpm/redhat/kpatch-patch-5_14_0-427_13_1@1-2?arch=x86_64&distro=rhel-9.4'])
    for statement in document['statements']:
        expect_equal(statement['products'][0], {'@id': KERNEL, 'identifiers': {'purl': KERNEL}})
        expect_equal('action_statement' in statement, statement['status'] == 'affected')


@test
def the_same_answer_is_the_same_document_and_another_one_another():
    first = export()
    expect_equal(export(), first)
    document = json.loads(first)
    expect_equal(document['timestamp'], '2024-09-28T08:00:00Z')
    number = uuid.UUID(document['@id'].removeprefix('urn:uuid:'))
    expect_equal((number.version, number.variant), (8, uuid.RFC_4122))
    short = json.loads(export(arguments=['--json=short']))
    expect_equal(short, document)
    ids = {document['@id']}
    changes = (lambda situation: situation['describe'].update(assessed='2024-09-28T08:00:01Z'),
               lambda situation: situation['exposures'].pop(), lambda situation: situation['exposures'][0].update(verdict='unknown'))
    for change in changes:
        ids.add(json.loads(export(change))['@id'])
    author = json.loads(export(arguments=['--author', 'The Example Company "Ä"']))
    ids.add(author['@id'])
    expect_equal((len(ids), author['author']), (5, 'The Example Company "Ä"'))


@test
def the_product_is_named_as_the_vendor_names_it():
    rows = [
        ({}, KERNEL),
        ({'kernel': '3.10.0-1160.119.1.el7.x86_64', 'stream': 'rhel-7.9'}, 'pkg:rpm/redhat/kernel@3.10.0-1160.119.1.el7?arch=x86_64&distro=rhel-7.9'),
        ({'kernel': '5.14.0-427.13.1.el9_4.x86_64+rt'}, KERNEL.replace('kernel-core', 'kernel-rt-core')),
        ({'kernel': '5.14.0-427.13.1.el9_4.aarch64+64k', 'arch': 'aarch64'}, KERNEL.replace('kernel-core', 'kernel-64k-core').replace('x86_64', 'aarch64')),
        ({'os': 'almalinux', 'vendor': None}, KERNEL.replace('redhat', 'almalinux')),
        ({'os': 'rhel', 'arch': None, 'stream': None}, KERNEL.partition('?')[0]),
        ({'arch': None}, KERNEL.replace('arch=x86_64&', '')),
        ({'kernel': '6.1.82-99.168.amzn2023.x86_64', 'vendor': 'amazon', 'os': 'amzn', 'stream': 'amzn-2023'},
         'pkg:rpm/amzn/kernel@6.1.82-99.168.amzn2023?arch=x86_64&distro=amzn-2023'),
        ({'kernel': '6.4.0-150600.23.30-default', 'vendor': 'suse', 'os': 'sles', 'stream': 'sles-15.6'},
         'pkg:rpm/suse/kernel-default@6.4.0-150600.23.30?arch=x86_64&distro=sles-15.6'),
        ({'kernel': '5.15.0-91-generic', 'vendor': 'ubuntu', 'os': 'ubuntu', 'stream': 'ubuntu-22.04'},
         'pkg:deb/ubuntu/linux-image-5.15.0-91-generic?distro=ubuntu-22.04'),
        ({'kernel': '6.1.0-13-amd64', 'vendor': None, 'os': 'debian', 'stream': None}, 'pkg:generic/linux@6.1.0-13-amd64?arch=x86_64'),
        ({'kernel': '6.9', 'vendor': None}, 'pkg:generic/linux@6.9'),
        ({'kernel': 'a b&c'}, 'pkg:generic/linux@a%20b%26c'),
    ]
    for more, url in rows:
        document = json.loads(export(lambda situation, more=more: situation['describe']['host'].update(more)))
        expect_equal(document['statements'][0]['products'][0]['@id'], url)


@test
def without_anything_to_state_there_is_no_document():
    for change, words in ((lambda situation: situation.update(exposures=[]), 'No fact names a CVE'),
                          (lambda situation: situation['describe']['host'].update(kernel=None), 'Which kernel runs is not known'),
                          (lambda situation: situation['describe'].update(assessed=None), 'does not say when')):
        text = export(change, code=1)
        if not text.startswith(f'klpctl: {words}') and words not in text:
            raise Failure(text)


@test
def comma_separated_values_are_what_rfc_4180_says():
    def hostile(situation):
        every_verdict(situation)
        situation['exposures'][0] |= {'note': 'a "quoted", word', 'deadline': None}
        situation['exposures'][1] |= {'note': ''}

    text = export(hostile, form='csv')
    lines = text.split('\r\n')
    expect_equal((lines[-1], len(lines), '\n' in text.replace('\r\n', '')), ('', len(VERDICTS) + 2, False))
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=''), strict=True))
    except csv.Error as problem:
        raise Failure(f'{problem}: {text}') from None
    expect_equal([row['verdict'] for row in rows], list(VERDICTS))
    expect_equal({len(row) for row in csv.reader(io.StringIO(text, newline=''))}, {16})
    expect_equal((rows[0]['note'], rows[0]['deadline'], rows[1]['deadline'], rows[1]['open'], rows[1]['patch_date'], rows[1]['running_kernel']),
                 ('a "quoted", word', '', '2024-10-24', 'true', '2024-08-19T01:02:03Z', '5.14.0-427.13.1.el9_4.x86_64'))
    expect_text(export(form='csv').replace('\r\n', '\n'), 'covered.export.csv')
    expect_equal(export(form='csv', arguments=['--no-legend']), export(form='csv').partition('\r\n')[2])
    expect_equal(export(lambda situation: situation.update(exposures=[]), form='csv').count('\r\n'), 1)


@test
def every_key_of_an_exposure_is_a_column():
    with Daemon('covered') as daemon:
        keys = set(json.loads(klpctl(daemon.address, 'exposures', '--all', '-j').stdout)['exposures'][0])
        header = klpctl(daemon.address, 'export', 'csv').stdout.splitlines()[0].strip().split(',')
        expect_equal(set(header), keys | {'running_kernel'})
        asked = [call for call in daemon.calls() if call.startswith('ListExposures')]
        expect_equal('"open"' in asked[-1], False)


@test
def the_locale_changes_nothing():
    for form in 'openvex', 'csv':
        with Daemon('covered') as daemon:
            expect_equal(klpctl(daemon.address, 'export', form).stdout, klpctl(daemon.address, 'export', form, locale='C').stdout)


@test
def forms_and_options_that_do_not_go_together_are_refused():
    rows = ((['export'], "'export' needs a form"), (['export', 'opnvex'], "Did you mean 'openvex'?"), (['export', 'csv', '-j'], 'are no JSON'),
            (['export', 'csv', '--author=x'], 'have no author'), (['export', 'openvex', '--author='], '--author needs a name'),
            (['export', 'openvex', 'csv'], "one word too many"), (['status', '--author=x'], "'status' has no option --author"))
    for arguments, words in rows:
        run = klpctl('unix:path=/nonexistent', *arguments)
        if run.returncode != 1 or words not in run.stderr or run.stdout:
            raise Failure(f'{arguments}: {run}')


run_tests()
