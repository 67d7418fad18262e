/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * As much of OpenPGP's packets (RFC 4880, 4.2 and 5.2.3) as says when a key ends: the key's creation, and of a
 * signature of version 4 that the key made on itself the subpackets for issuer, creation and expiration. What is
 * of another form is passed over; what is cut ends the look.
 */

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "fetch/openpgp-key.h"

#define TAG_SIGNATURE 2
#define TAG_PUBLIC_KEY 6
#define TAG_PUBLIC_SUBKEY 14

#define SUBPACKET_CREATED 2
#define SUBPACKET_KEY_EXPIRES 9
#define SUBPACKET_ISSUER 16
#define SUBPACKET_ISSUER_FINGERPRINT 33

#define FINGERPRINT_BYTES 20
#define KEY_ID_BYTES 8

typedef struct Bytes {
        const uint8_t *at;
        size_t n;
} Bytes;

/* What a signature says of the key that made it. */
typedef struct SelfSignature {
        uint32_t created, lifetime; /* seconds; a lifetime of 0 = no end */
        bool by_the_key;
} SelfSignature;

static bool take(Bytes *bytes, size_t n, Bytes *ret) {
        if (bytes->n < n)
                return false;
        *ret = (Bytes){ bytes->at, n };
        bytes->at += n;
        bytes->n -= n;
        return true;
}

static bool take_number(Bytes *bytes, size_t n, uint32_t *ret) {
        uint32_t number = 0;
        Bytes part;

        if (!take(bytes, n, &part))
                return false;
        for (size_t i = 0; i < n; i++)
                number = number << 8 | part.at[i];
        *ret = number;
        return true;
}

/* The length of a new-form packet or a subpacket; one that comes in parts is of none that keys have. */
static bool take_length(Bytes *bytes, bool subpacket, uint32_t *ret) {
        uint32_t first, second;

        if (!take_number(bytes, 1, &first))
                return false;
        if (first < 192) {
                *ret = first;
                return true;
        }
        if (first < (subpacket ? 255 : 224)) {
                if (!take_number(bytes, 1, &second))
                        return false;
                *ret = ((first - 192) << 8) + second + 192;
                return true;
        }
        return first == 255 && take_number(bytes, 4, ret);
}

static bool take_packet(Bytes *bytes, unsigned *ret_tag, Bytes *ret) {
        uint32_t first, length;

        if (!take_number(bytes, 1, &first) || !(first & 0x80))
                return false;
        if (first & 0x40) {
                *ret_tag = first & 0x3F;
                return take_length(bytes, false, &length) && take(bytes, length, ret);
        }
        *ret_tag = first >> 2 & 0xF;
        return (first & 3) != 3 && take_number(bytes, (size_t) 1 << (first & 3), &length) &&
               take(bytes, length, ret);
}

/* The hexadecimal digits of `text` against as many bytes. */
static bool spells(const char *text, const uint8_t *bytes, size_t n_bytes) {
        static const char digits[] = "0123456789ABCDEF";

        for (size_t i = 0; i < 2 * n_bytes; i++)
                if (toupper((unsigned char) text[i]) !=
                    digits[i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 0xF])
                        return false;
        return true;
}

static void read_subpackets(Bytes area, const char *fingerprint, SelfSignature *signature) {
        uint32_t length, type;
        Bytes subpacket;

        while (area.n > 0 && take_length(&area, true, &length) && take(&area, length, &subpacket) &&
               take_number(&subpacket, 1, &type))
                switch (type & 0x7F) {
                case SUBPACKET_CREATED:
                        (void) take_number(&subpacket, 4, &signature->created);
                        break;
                case SUBPACKET_KEY_EXPIRES:
                        (void) take_number(&subpacket, 4, &signature->lifetime);
                        break;
                case SUBPACKET_ISSUER:
                        signature->by_the_key |=
                                        subpacket.n == KEY_ID_BYTES &&
                                        spells(fingerprint + 2 * (FINGERPRINT_BYTES - KEY_ID_BYTES),
                                               subpacket.at, KEY_ID_BYTES);
                        break;
                case SUBPACKET_ISSUER_FINGERPRINT:
                        signature->by_the_key |=
                                        subpacket.n == 1 + FINGERPRINT_BYTES &&
                                        spells(fingerprint, subpacket.at + 1, FINGERPRINT_BYTES);
                        break;
                default:
                        break;
                }
}

static bool read_signature(Bytes packet, const char *fingerprint, SelfSignature *ret) {
        SelfSignature signature = {};
        uint32_t version, head, length;
        Bytes hashed, unhashed;

        /* Its type, the key's algorithm and the hash's do not matter here. */
        if (!take_number(&packet, 1, &version) || version != 4 || !take_number(&packet, 3, &head) ||
            !take_number(&packet, 2, &length) || !take(&packet, length, &hashed))
                return false;
        read_subpackets(hashed, fingerprint, &signature);
        if (take_number(&packet, 2, &length) && take(&packet, length, &unhashed)) {
                SelfSignature said_outside = {};

                /* Anybody can write there; who made it is often said there alone. */
                read_subpackets(unhashed, fingerprint, &said_outside);
                signature.by_the_key |= said_outside.by_the_key;
        }
        *ret = signature;
        return true;
}

bool openpgp_key_find_end(const void *keyring, size_t n_bytes, const char *fingerprint,
                          UtcTime *ret) {
        Bytes bytes = { keyring, n_bytes }, packet;
        uint32_t created = 0, version;
        SelfSignature latest = {};
        /* A primary key is the one meant when its first signature is by the one meant: those of others come behind. */
        enum { OTHER, UNSIGNED, MEANT } primary = OTHER;
        unsigned tag;

        if (strlen(fingerprint) != 2 * (size_t) FINGERPRINT_BYTES)
                return false;
        while (take_packet(&bytes, &tag, &packet)) {
                SelfSignature signature;

                if (tag == TAG_PUBLIC_KEY) {
                        if (latest.by_the_key)
                                break;
                        primary = take_number(&packet, 1, &version) && version == 4 &&
                                                                  take_number(&packet, 4, &created)
                                                  ? UNSIGNED
                                                  : OTHER;
                } else if (tag == TAG_PUBLIC_SUBKEY) {
                        primary = OTHER;
                } else if (tag == TAG_SIGNATURE && primary != OTHER &&
                           read_signature(packet, fingerprint, &signature)) {
                        primary = primary == MEANT || signature.by_the_key ? MEANT : OTHER;
                        if (signature.by_the_key && signature.created >= latest.created)
                                latest = signature;
                }
        }
        if (!latest.by_the_key || latest.lifetime == 0)
                return false;
        *ret = ((int64_t) created + latest.lifetime) * USEC_PER_SEC;
        return true;
}
