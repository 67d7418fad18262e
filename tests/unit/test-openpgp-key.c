/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/openpgp-key.h"
#include "unit-test.h"

#define FINGERPRINT "0123456789ABCDEF0123456789ABCDEF01234567"
#define OTHER "FEDCBA9876543210FEDCBA9876543210FEDCBA98"

/* A keyring put together packet by packet. */
typedef struct Keyring {
        uint8_t bytes[4096];
        size_t n;
} Keyring;

static void put(Keyring *keyring, const void *bytes, size_t n) {
        memcpy(keyring->bytes + keyring->n, bytes, n);
        keyring->n += n;
}

static void put_number(Keyring *keyring, uint32_t number, size_t n) {
        for (size_t i = 0; i < n; i++)
                keyring->bytes[keyring->n++] = (uint8_t) (number >> 8 * (n - 1 - i));
}

static void put_packet(Keyring *keyring, unsigned tag, bool old_form, const Keyring *body) {
        if (old_form) {
                put_number(keyring, 0x80 | tag << 2 | 1, 1);
                put_number(keyring, (uint32_t) body->n, 2);
        } else {
                put_number(keyring, 0xC0 | tag, 1);
                put_number(keyring, 255, 1);
                put_number(keyring, (uint32_t) body->n, 4);
        }
        put(keyring, body->bytes, body->n);
}

static void put_key(Keyring *keyring, unsigned tag, uint32_t version, uint32_t created) {
        Keyring body = {};

        put_number(&body, version, 1);
        put_number(&body, created, 4);
        put_number(&body, 22, 1);
        put_packet(keyring, tag, tag == 6, &body);
}

static void put_subpacket(Keyring *area, unsigned type, const void *bytes, size_t n) {
        put_number(area, (uint32_t) n + 1, 1);
        put_number(area, type, 1);
        put(area, bytes, n);
}

static void put_issuer(Keyring *area, const char *fingerprint, bool whole) {
        uint8_t bytes[21] = { 4 };

        for (size_t i = 0; i < 20; i++) {
                char digits[3] = { fingerprint[2 * i], fingerprint[2 * i + 1] };

                bytes[i + 1] = (uint8_t) strtoul(digits, NULL, 16);
        }
        put_subpacket(area, whole ? 33 : 16, whole ? bytes : bytes + 13, whole ? 21 : 8);
}

static void put_seconds(Keyring *area, unsigned type, uint32_t seconds) {
        Keyring number = {};

        put_number(&number, seconds, 4);
        put_subpacket(area, type, number.bytes, number.n);
}

/* A lifetime of 0 is not said. With `whole` the issuer is said by its fingerprint, and where it counts. */
static void put_signature(Keyring *keyring, const char *issuer, bool whole, uint32_t created,
                          uint32_t lifetime) {
        Keyring hashed = {}, unhashed = {}, body = {};

        put_seconds(&hashed, 2, created);
        if (lifetime > 0)
                put_seconds(&hashed, 9 | 0x80, lifetime);
        put_issuer(whole ? &hashed : &unhashed, issuer, whole);
        put_number(&body, 0x04131608, 4);
        put_number(&body, (uint32_t) hashed.n, 2);
        put(&body, hashed.bytes, hashed.n);
        put_number(&body, (uint32_t) unhashed.n, 2);
        put(&body, unhashed.bytes, unhashed.n);
        put_number(&body, 0xABCD, 2);
        put_packet(keyring, 2, false, &body);
}

static int64_t end_of(const Keyring *keyring, const char *fingerprint) {
        uint8_t *exact = malloc(keyring->n + 1);
        UtcTime end = 0;
        bool found;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, keyring->bytes, keyring->n);
        found = openpgp_key_find_end(exact, keyring->n, fingerprint, &end);
        free(exact);
        return found ? end / USEC_PER_SEC : -1;
}

START_TEST(the_latest_word_of_the_key_itself_counts) {
        for (int whole = 0; whole < 2; whole++) {
                Keyring keyring = {};

                put_key(&keyring, 6, 4, 1000);
                put_signature(&keyring, FINGERPRINT, whole, 1000, 500);
                ck_assert_int_eq(end_of(&keyring, FINGERPRINT), 1500);
                ck_assert_int_eq(end_of(&keyring, "0123456789abcdef0123456789abcdef01234567"),
                                 1500);
                put_signature(&keyring, OTHER, whole, 3000, 1);
                put_signature(&keyring, FINGERPRINT, whole, 2000, 900);
                put_signature(&keyring, FINGERPRINT, whole, 1500, 5000);
                ck_assert_int_eq(end_of(&keyring, FINGERPRINT), 1900);
                /* What binds a subkey ends that. */
                put_key(&keyring, 14, 4, 1000);
                put_signature(&keyring, FINGERPRINT, whole, 4000, 1);
                ck_assert_int_eq(end_of(&keyring, FINGERPRINT), 1900);
                put_key(&keyring, 6, 4, 7000);
                put_signature(&keyring, OTHER, whole, 7000, 60);
                ck_assert_int_eq(end_of(&keyring, FINGERPRINT), 1900);
                ck_assert_int_eq(end_of(&keyring, OTHER), 7060);
        }
}
END_TEST

START_TEST(a_key_without_end_or_of_another_kind_has_none) {
        Keyring keyring = {};

        ck_assert_int_eq(end_of(&keyring, FINGERPRINT), -1);
        put_key(&keyring, 6, 4, 1000);
        put_signature(&keyring, FINGERPRINT, true, 1000, 500);
        put_signature(&keyring, FINGERPRINT, true, 2000, 0);
        ck_assert_int_eq(end_of(&keyring, FINGERPRINT), -1);
        ck_assert_int_eq(end_of(&keyring, OTHER), -1);
        ck_assert_int_eq(end_of(&keyring, "0123"), -1);
        keyring = (Keyring){};
        put_key(&keyring, 6, 5, 1000);
        put_signature(&keyring, FINGERPRINT, true, 1000, 500);
        ck_assert_int_eq(end_of(&keyring, FINGERPRINT), -1);
}
END_TEST

START_TEST(cut_anywhere_it_is_no_worse) {
        Keyring keyring = {};

        put_key(&keyring, 6, 4, 1000);
        put_signature(&keyring, FINGERPRINT, true, 1000, 500);
        for (size_t n = keyring.n; n-- > 0;) {
                Keyring cut = keyring;

                cut.n = n;
                ck_assert_int_eq(end_of(&cut, FINGERPRINT), -1);
        }
}
END_TEST

UNIT_TEST(the_latest_word_of_the_key_itself_counts, a_key_without_end_or_of_another_kind_has_none,
          cut_anywhere_it_is_no_worse)
