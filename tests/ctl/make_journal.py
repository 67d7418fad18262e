# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes a journal file as systemd's docs/JOURNAL_FILE_FORMAT.md has it, in its simplest form: no compression, no
sealing, no keyed hashes. journald itself cannot be run on the side, and nothing else writes such files everywhere."""

import pathlib
import struct

HEADER_BYTES, OBJECT_BYTES = 256, 16
DATA, FIELD, ENTRY, DATA_TABLE, FIELD_TABLE, ARRAY = range(1, 7)
BOOT, MACHINE, FILE = bytes(range(16)), bytes(range(16, 32)), bytes(range(32, 48))
MASK = 0xffffffff


def rotate(value, n):
    return ((value << n) | (value >> (32 - n))) & MASK


def hash64(data):
    """Bob Jenkins' lookup3, hashlittle2() with both seeds 0, as one number."""
    a = b = c = (0xdeadbeef + len(data)) & MASK
    blocks = max(0, (len(data) - 1) // 12)
    for i in range(blocks):
        x, y, z = struct.unpack_from("<III", data, 12 * i)
        a, b, c = (a + x) & MASK, (b + y) & MASK, (c + z) & MASK
        a = ((a - c) ^ rotate(c, 4)) & MASK
        c = (c + b) & MASK
        b = ((b - a) ^ rotate(a, 6)) & MASK
        a = (a + c) & MASK
        c = ((c - b) ^ rotate(b, 8)) & MASK
        b = (b + a) & MASK
        a = ((a - c) ^ rotate(c, 16)) & MASK
        c = (c + b) & MASK
        b = ((b - a) ^ rotate(a, 19)) & MASK
        a = (a + c) & MASK
        c = ((c - b) ^ rotate(b, 4)) & MASK
        b = (b + a) & MASK
    rest = data[12 * blocks:]
    if rest:
        x, y, z = struct.unpack("<III", rest.ljust(12, b"\0"))
        a, b, c = (a + x) & MASK, (b + y) & MASK, (c + z) & MASK
        c = ((c ^ b) - rotate(b, 14)) & MASK
        a = ((a ^ c) - rotate(c, 11)) & MASK
        b = ((b ^ a) - rotate(a, 25)) & MASK
        c = ((c ^ b) - rotate(b, 16)) & MASK
        a = ((a ^ c) - rotate(c, 4)) & MASK
        b = ((b ^ a) - rotate(a, 14)) & MASK
        c = ((c ^ b) - rotate(b, 24)) & MASK
    return c << 32 | b


class Journal:
    def __init__(self):
        self.bytes = bytearray(HEADER_BYTES)
        self.n_objects = self.tail = 0
        self.data, self.fields, self.entries = {}, {}, []

    def add(self, kind, body):
        self.bytes += b"\0" * (-len(self.bytes) % 8)
        offset = self.tail = len(self.bytes)
        self.bytes += struct.pack("<BB6xQ", kind, 0, OBJECT_BYTES + len(body)) + body
        self.n_objects += 1
        return offset

    def put(self, offset, *numbers):
        struct.pack_into(f"<{len(numbers)}Q", self.bytes, offset, *numbers)

    def get(self, offset):
        return struct.unpack_from("<Q", self.bytes, offset)[0]

    def chain(self, table, n_buckets, number, offset):
        """Hangs an object, whose second number is the link to the next, at the end of its bucket."""
        bucket = table + 16 * (number % n_buckets)
        if self.get(bucket):
            self.put(self.get(bucket + 8) + OBJECT_BYTES + 8, offset)
        else:
            self.put(bucket, offset)
        self.put(bucket + 8, offset)

    def find_field(self, name):
        if name not in self.fields:
            number = hash64(name)
            self.fields[name] = self.add(FIELD, struct.pack("<3Q", number, 0, 0) + name)
            self.chain(self.field_table, 16, number, self.fields[name])
        return self.fields[name]

    def find_data(self, payload):
        if payload not in self.data:
            number = hash64(payload)
            field = self.find_field(payload.split(b"=")[0])
            offset = self.add(DATA, struct.pack("<6Q", number, 0, self.get(field + OBJECT_BYTES + 16), 0, 0, 0) + payload)
            self.put(field + OBJECT_BYTES + 16, offset)
            self.chain(self.data_table, 64, number, offset)
            self.data[payload] = (offset, number, [])
        return self.data[payload]

    def array(self, offsets):
        return self.add(ARRAY, struct.pack(f"<{1 + len(offsets)}Q", 0, *offsets)) if offsets else 0

    def build(self, records):
        self.data_table = self.add(DATA_TABLE, bytes(64 * 16)) + OBJECT_BYTES
        self.field_table = self.add(FIELD_TABLE, bytes(16 * 16)) + OBJECT_BYTES
        for number, (usec, fields) in enumerate(records, 1):
            items = sorted(self.find_data(f"{name}={value}".encode())[:2] for name, value in fields.items())
            mixed = 0
            for _, value in items:
                mixed ^= value
            entry = self.add(ENTRY, struct.pack("<3Q16sQ", number, usec, number, BOOT, mixed) +
                             b"".join(struct.pack("<2Q", *item) for item in items))
            self.entries.append(entry)
            for name, value in fields.items():
                self.data[f"{name}={value}".encode()][2].append(entry)
        for offset, _, entries in self.data.values():
            self.put(offset + OBJECT_BYTES + 24, entries[0], self.array(entries[1:]), len(entries))
        main = self.array(self.entries)
        self.bytes += b"\0" * (-len(self.bytes) % 8)
        times = [usec for usec, _ in records] or [0]
        struct.pack_into("<8sIIB7x16s16s16s16s21Q", self.bytes, 0, b"LPKSHHRH", 0, 0, 0, FILE, MACHINE, BOOT, FILE,
                         HEADER_BYTES, len(self.bytes) - HEADER_BYTES, self.data_table, 64 * 16, self.field_table, 16 * 16,
                         self.tail, self.n_objects, len(records), len(records), 1 if records else 0, main, times[0],
                         times[-1], len(records), len(self.data), len(self.fields), 0,
                         sum(bool(entries[1:]) for _, _, entries in self.data.values()) + bool(records), 0, 0)
        return bytes(self.bytes)


def write_journal(folder, records):
    """`records`: (microseconds since the epoch, {field: value}) in the order of their time."""
    path = pathlib.Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    (path / "system.journal").write_bytes(Journal().build(records))
