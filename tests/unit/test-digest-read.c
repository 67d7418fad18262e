/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "base/text.h"
#include "format/digest-read.h"
#include "unit-test.h"

#define HEADER                                                \
        "{\"digest\":1,\"vendor\":\"redhat\",\"source\":\"a " \
        "test\",\"complete_to\":\"2024-08-19T00:00:00Z\"}\n"
#define KERNEL                                                                                  \
        "{\"kernel\":\"5.14.0-427.31.1.el9_4\",\"stream\":\"rhel-9.4\",\"channels\":[\"eus\","  \
        "\"main\"],"                                                                            \
        "\"arch\":[\"x86_64\"],\"released\":\"2024-08-15T05:34:56Z\",\"advisory\":\"RHSA-2024:" \
        "5363\","                                                                               \
        "\"severity\":\"important\",\"cves\":{\"CVE-2023-1111\":null,\"CVE-2024-36971\":"       \
        "\"important\"}}\n"
#define PATCH                                                                                     \
        "{\"patch\":\"kpatch-patch-5_14_0-427_13_1\",\"version\":\"1-2\",\"base\":\"5.14.0-427."  \
        "13.1.el9_4\","                                                                           \
        "\"stream\":\"rhel-9.4\",\"channels\":null,\"arch\":null,\"released\":null,\"advisory\":" \
        "null,"                                                                                   \
        "\"severity\":null,\"cves\":{}}\n"
#define REPOSITORY                                                                       \
        "{\"repository\":\"rhel-9-baseos\",\"stream\":\"rhel-9.4\",\"channel\":\"eus\"," \
        "\"kernels\":[\"5.14.0-427.13.1.el9_4\"],\"complete_at\":\"2024-08-18T00:00:00Z\"}\n"
#define WINDOW                                                                                     \
        "{\"window\":\"6.4.0-150600.23.30\",\"package\":\"kernel-livepatch-6\",\"end\":\"2025-12-" \
        "31\","                                                                                    \
        "\"source\":\"a list\"}\n"

/* `body` with the end line that belongs to it; `n_lines` is what it states. */
static char *seal(const char *body, int n_records) {
        char hash[SHA256_TEXT_BYTES], *text;

        ck_assert_int_ge(asprintf(&text, "%s{\"end\":%d,\"sha256\":\"%s\"}\n", body, n_records,
                                  sha256_text(body, strlen(body), hash)),
                         0);
        return text;
}

static Facts *new_facts(void) {
        Facts *facts;

        ck_assert_int_eq(facts_new(&facts), 0);
        return facts;
}

static int read_bytes(Facts *facts, const char *text, size_t n_bytes, char *reason) {
        char *exact = malloc(n_bytes > 0 ? n_bytes : 1);
        int r;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, text, n_bytes);
        reason[0] = '\0';
        r = digest_read(facts, "test.digest", FEED_KIND_FILE, exact, n_bytes, reason);
        free(exact);
        return r;
}

START_TEST(every_kind_of_record_is_read) {
        char *text = seal(HEADER KERNEL PATCH REPOSITORY WINDOW, 4),
             reason[DIGEST_READ_REASON_BYTES];
        Facts *facts = new_facts();
        const KernelFact *kernel;
        const PatchFact *patch;
        char buffer[UTC_TIME_TEXT_BYTES];

        ck_assert_msg(read_bytes(facts, text, strlen(text), reason) == 0, "%s", reason);
        free(text);

        ck_assert_uint_eq(facts->n_sources, 1);
        ck_assert_str_eq(facts->sources[0].name, "test.digest");
        ck_assert_str_eq(facts->sources[0].vendor, "redhat");
        ck_assert_str_eq(facts->sources[0].source, "a test");
        ck_assert_str_eq(utc_time_format(facts->sources[0].complete_to, buffer),
                         "2024-08-19T00:00:00Z");

        ck_assert_uint_eq(facts->n_kernels, 1);
        kernel = &facts->kernels[0];
        ck_assert_str_eq(kernel->release, "5.14.0-427.31.1.el9_4");
        ck_assert_str_eq(kernel->stream, "rhel-9.4");
        ck_assert_uint_eq(kernel->channels, 1u << CHANNEL_EUS | 1u << CHANNEL_MAIN);
        ck_assert_uint_eq(kernel->arch.n_items, 1);
        ck_assert_str_eq(kernel->advisory, "RHSA-2024:5363");
        ck_assert_int_eq(kernel->severity, SEVERITY_IMPORTANT);
        ck_assert_uint_eq(kernel->n_cves, 2);
        ck_assert_int_eq(cve_facts_find(kernel->cves, 2, "CVE-2024-36971")->severity,
                         SEVERITY_IMPORTANT);
        ck_assert_int_eq(cve_facts_find(kernel->cves, 2, "CVE-2023-1111")->severity,
                         SEVERITY_UNKNOWN);

        ck_assert_uint_eq(facts->n_patches, 1);
        patch = &facts->patches[0];
        ck_assert_str_eq(patch->version, "1-2");
        ck_assert_str_eq(patch->base, "5.14.0-427.13.1.el9_4");
        ck_assert_uint_eq(patch->channels, 0);
        ck_assert(patch->released == UTC_TIME_NONE && !patch->advisory && patch->arch.n_items == 0);

        ck_assert_uint_eq(facts->n_repositories, 1);
        ck_assert_int_eq(facts->repositories[0].channel, CHANNEL_EUS);
        ck_assert_str_eq(facts->repositories[0].kernels.items[0], "5.14.0-427.13.1.el9_4");
        ck_assert_uint_eq(facts->n_windows, 1);
        ck_assert_str_eq(facts->windows[0].origin, "a list");
        facts_free(facts);
}
END_TEST

START_TEST(digests_add_up) {
        char *text = seal(HEADER KERNEL, 1), *other = seal(HEADER PATCH, 1),
             reason[DIGEST_READ_REASON_BYTES];
        Facts *facts = new_facts();

        ck_assert_int_eq(read_bytes(facts, text, strlen(text), reason), 0);
        ck_assert_int_eq(read_bytes(facts, other, strlen(other), reason), 0);
        ck_assert_uint_eq(facts->n_sources, 2);
        ck_assert_uint_eq(facts->kernels[0].source, 0);
        ck_assert_uint_eq(facts->patches[0].source, 1);
        facts_free(facts);
        free(other);
        free(text);
}
END_TEST

START_TEST(what_is_not_known_yet_is_passed_over) {
        char *text = seal("{\"digest\":1,\"vendor\":\"redhat\",\"colour\":\"blue\"}\n"
                          "{\"kernel\":\"5.14.0-1.el9\",\"colour\":{\"deep\":[1]}}\n"
                          "{\"weather\":\"fine\",\"kernel\":7}\n",
                          2);
        char reason[DIGEST_READ_REASON_BYTES];
        Facts *facts = new_facts();

        ck_assert_msg(read_bytes(facts, text, strlen(text), reason) == 0, "%s", reason);
        ck_assert_uint_eq(facts->n_kernels, 1);
        ck_assert(!facts->kernels[0].stream && facts->sources[0].complete_to == UTC_TIME_NONE);
        facts_free(facts);
        free(text);
}
END_TEST

/* Whole digests, each wrong in one way; the facts held before must stay as they were. */
START_TEST(what_is_wrong_is_refused_with_its_line) {
#define K(rest) "{\"kernel\":\"5.14.0-427.31.1.el9_4\"" rest "}\n"
        static const struct {
                const char *body;
                int n_records; /* -1: the body is the whole text */
                const char *place, *reason;
        } cases[] = {
                { "", -1, ":1: ", "empty" },
                { "{}\n", 0, ":1: ", "not a digest" },
                { "hello\n", 0, ":1: byte 0: ", "not a JSON value" },
                { "{\"vendor\":\"redhat\",\"digest\":1}\n", 0, ":1: ", "not a digest" },
                { "{\"digest\":2,\"vendor\":\"redhat\"}\n", 0, ":1: ", "version 2" },
                { "{\"digest\":99999999999999999999999999,\"vendor\":\"redhat\"}\n", 0,
                  ":1: ", "only version 1" },
                { "{\"digest\":\"1\",\"vendor\":\"redhat\"}\n", 0,
                  ":1: digest: ", "an integer expected" },
                { "{\"digest\":1}\n", 0, ":1: vendor: ", "missing" },
                { "{\"digest\":1,\"vendor\":\"red hat\"}\n", 0, ":1: vendor: ", "form of a name" },
                { "{\"digest\":1,\"vendor\":\"redhat\",\"complete_to\":\"yesterday\"}\n", 0,
                  ":1: complete_to: ", "time" },
                { "\xEF\xBB\xBF" HEADER, 0, ":1: ", "byte-order mark" },
                { HEADER KERNEL, 2, ":3: ", "2 records stated, 1 found" },
                { HEADER KERNEL, 0, ":3: ", "0 records stated, 1 found" },
                { HEADER KERNEL, -1, ":2: ", "not an end line" },
                { HEADER, -1, ":1: ", "not an end line" },
                { HEADER "\n" KERNEL, 2, ":2: ", "blank line" },
                { HEADER KERNEL "\n", 1, ":3: ", "blank line" },
                { "{\"digest\":1,\"vendor\":\"redhat\"}\r\n", 0, ":1: ", "CR LF" },
                { HEADER PATCH KERNEL, 2, ":3: ", "bytewise order" },
                { HEADER KERNEL KERNEL, 2, ":3: ", "again" },
                { HEADER K("") KERNEL, 2, ":3: ", "bytewise order" },
                { HEADER K(",\"advisory\":null,\"severity\":\"low\"")
                                  K(",\"advisory\":null,\"severity\":\"moderate\""),
                  2, ":3: ", "contradicts line 2: kernel 5.14.0-427.31.1.el9_4" },
                { HEADER "{\"end\":1}\n" KERNEL, 2, ":2: ", "'end' line in the middle" },
                { HEADER HEADER, 1, ":2: ", "'digest' line in the middle" },
                { HEADER "{}\n", 1, ":2: ", "empty record" },
                { HEADER "[]\n", 1, ":2: text: ", "an object expected" },
                { HEADER K(",\"stream\":\"a\",\"stream\":\"b\""), 1, ":2: ", "given twice" },
                { HEADER "{\"kernel\":\"nonsense\"}\n", 1, ":2: kernel: ", "VERSION-RELEASE" },
                { HEADER "{\"kernel\":\"5.14.0-1.el9.x86_64\"}\n", 1,
                  ":2: kernel: ", "VERSION-RELEASE" },
                { HEADER "{\"kernel\":null}\n", 1, ":2: kernel: ", "a string expected" },
                { HEADER K(",\"stream\":\"a b\""), 1, ":2: stream: ", "form of a name" },
                { HEADER K(",\"channels\":[\"els\"]"), 1, ":2: channels[0]: ", "not a channel" },
                { HEADER K(",\"channels\":\"main\""), 1, ":2: channels: ", "an array expected" },
                { HEADER K(",\"arch\":[1]"), 1, ":2: arch[0]: ", "a string expected" },
                { HEADER K(",\"released\":\"2024-08-15\""), 1, ":2: released: ", "time" },
                { HEADER K(",\"severity\":\"Important\""), 1, ":2: severity: ", "severity" },
                { HEADER K(",\"cves\":[]"), 1, ":2: cves: ", "an object expected" },
                { HEADER K(",\"cves\":{\"CVE-24-1\":null}"), 1,
                  ":2: cves.CVE-24-1: ", "not a CVE" },
                { HEADER K(",\"cves\":{\"CVE-2024-1234\":4}"), 1,
                  ":2: cves.CVE-2024-1234: ", "severity" },
                { HEADER K(",\"cves\":{\"CVE-2024-1234\":null,\"CVE-2024-1234\":null}"), 1,
                  ":2: ", "given twice" },
                { HEADER "{\"patch\":\"p\"}\n", 1, ":2: version: ", "missing" },
                { HEADER "{\"patch\":\"p\",\"version\":\"1-1\",\"base\":\"x\"}\n", 1,
                  ":2: base: ", "VERSION-RELEASE" },
                { HEADER
                  "{\"patch\":\"p\",\"version\":\"1-1\",\"advisory\":\"A\",\"cves_shared\":1}\n",
                  1, ":2: cves_shared: ", "a boolean expected" },
                { HEADER
                  "{\"patch\":\"p\",\"version\":\"1-1\",\"advisory\":\"A\",\"cves_shared\":null}\n",
                  1, ":2: cves_shared: ", "a boolean expected" },
                { HEADER "{\"patch\":\"p\",\"version\":\"1-1\",\"cves_shared\":true}\n", 1,
                  ":2: cves_shared: ", "no advisory is named" },
                { HEADER "{\"repository\":\"r\",\"channel\":\"x\"}\n", 1,
                  ":2: channel: ", "not a channel" },
                { HEADER "{\"window\":\"5.14.0-1.el9\",\"end\":\"only LTSS supported\"}\n", 1,
                  ":2: end: ", "not a date" },
                { HEADER "{\"window\":\"5.14.0-1.el9\"}\n", 1, ":2: end: ", "missing" },
                { HEADER "{\"weather\":\"\\ud800\"}\n", 1, ":2: byte 12: ", "lone surrogate" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char *good = seal(HEADER KERNEL, 1), reason[DIGEST_READ_REASON_BYTES], *text;
                Facts *facts = new_facts(), before;
                int r;

                ck_assert_int_eq(read_bytes(facts, good, strlen(good), reason), 0);
                before = *facts;
                text = cases[i].n_records < 0 ? strdup(cases[i].body)
                                              : seal(cases[i].body, cases[i].n_records);
                r = read_bytes(facts, text, strlen(text), reason);
                ck_assert_msg(r == DIGEST_READ_E_REFUSED, "row %zu gave %d: %s", i, r, text);
                ck_assert_msg(text_starts_with(reason, "test.digest") &&
                                              strstr(reason, cases[i].place) == reason + 11,
                              "row %zu: '%s', not at '%s'", i, reason, cases[i].place);
                ck_assert_msg(strstr(reason, cases[i].reason), "row %zu: '%s', not '%s'", i, reason,
                              cases[i].reason);
                ck_assert_msg(memcmp(&before, facts, sizeof(before)) == 0,
                              "row %zu changed the facts", i);
                ck_assert_str_eq(facts->kernels[0].advisory, "RHSA-2024:5363");
                facts_free(facts);
                free(text);
                free(good);
        }
#undef K
}
END_TEST

/* A digest of `n` kernels with `n_cves` CVEs each, and a window. */
static int read_many(Facts *facts, int n, int n_cves, char *reason) {
        char *body = NULL, *text;
        size_t n_bytes;
        FILE *out = open_memstream(&body, &n_bytes);
        int r;

        ck_assert_ptr_nonnull(out);
        fputs(HEADER, out);
        for (int i = 0; i < n; i++) {
                fprintf(out, "{\"kernel\":\"5.14.0-%06d.el9_4\",\"cves\":{", i);
                for (int c = 0; c < n_cves; c++)
                        fprintf(out, "%s\"CVE-2024-%d\":null", c > 0 ? "," : "", 1000 + c);
                fputs("}}\n", out);
        }
        fputs(WINDOW, out);
        fclose(out);
        text = seal(body, n + 1);
        r = read_bytes(facts, text, strlen(text), reason);
        free(text);
        free(body);
        return r;
}

START_TEST(records_and_cves_have_caps) {
        static const struct {
                int n, n_cves;
                const char *reason;
        } cases[] = {
                { DIGEST_MAX_ADVISORIES, 0, NULL },
                { DIGEST_MAX_ADVISORIES + 1, 0, "test.digest:50002: digest-advisories: " },
                { DIGEST_MAX_CVE_ROWS / 2000, 2000, NULL },
                { DIGEST_MAX_CVE_ROWS / 2000 + 1, 2000, "test.digest:102: digest-cve-rows: " },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                char reason[DIGEST_READ_REASON_BYTES];
                Facts *facts = new_facts();
                int r = read_many(facts, cases[i].n, cases[i].n_cves, reason);

                ck_assert_msg(r == (cases[i].reason ? DIGEST_READ_E_REFUSED : 0), "row %zu: %s", i,
                              reason);
                ck_assert_uint_eq(facts->n_kernels, cases[i].reason ? 0 : (size_t) cases[i].n);
                if (cases[i].reason)
                        ck_assert_msg(text_starts_with(reason, cases[i].reason), "row %zu: %s", i,
                                      reason);
                /* Each digest has the whole of it. */
                if (!cases[i].reason && cases[i].n_cves > 0) {
                        char *more = seal(HEADER KERNEL, 1);

                        ck_assert_int_eq(read_bytes(facts, more, strlen(more), reason), 0);
                        free(more);
                }
                facts_free(facts);
        }
}
END_TEST

/* A digest of so many bytes, most of them in records of a kind that nobody knows. */
static char *seal_of_size(size_t n_wanted) {
        static char line[1000001];
        char *body, *sealed;
        size_t n_bytes, n_records = 1, n_rest;
        FILE *out = open_memstream(&body, &n_bytes);

        ck_assert_ptr_nonnull(out);
        fputs(HEADER KERNEL, out);
        memset(line, 'x', sizeof(line) - 1);
        for (; fflush(out) == 0 && n_bytes + 3 * sizeof(line) < n_wanted; n_records++)
                fprintf(out, "{\"thing%03zu\":\"%s\"}\n", n_records, line);
        fprintf(out, "{\"thing%03zu\":\"%s\"}\n", n_records++, line);
        fflush(out);
        sealed = seal(body, (int) n_records + 1);
        /* One more, as long as it takes. */
        n_rest = n_wanted - strlen(sealed) - strlen("{\"thing000\":\"\"}\n");
        free(sealed);
        ck_assert_uint_lt(n_rest, 2 * sizeof(line));
        fprintf(out, "{\"thing%03zu\":[\"%.*s\",\"%.*s\"]}\n", n_records, (int) ((n_rest - 5) / 2),
                line, (int) ((n_rest - 5) - (n_rest - 5) / 2), line);
        fclose(out);
        sealed = seal(body, (int) n_records + 1);
        free(body);
        return sealed;
}

START_TEST(a_digest_has_a_most_of_bytes) {
        for (int more = 0; more < 2; more++) {
                char *text = seal_of_size(DIGEST_MAX_BYTES + (size_t) more);
                char reason[DIGEST_READ_REASON_BYTES] = "";
                Facts *facts = new_facts();
                int r;

                ck_assert_uint_eq(strlen(text), DIGEST_MAX_BYTES + (size_t) more);
                r = read_bytes(facts, text, strlen(text), reason);
                ck_assert_msg(r == (more ? DIGEST_READ_E_REFUSED : 0), "%d more: %d: %s", more, r,
                              reason);
                ck_assert_uint_eq(facts->n_kernels, more ? 0 : 1);
                if (more)
                        ck_assert_msg(strstr(reason, "digest-bytes: larger than 67108864 bytes"),
                                      "%s", reason);
                facts_free(facts);
                free(text);
        }
}
END_TEST

START_TEST(a_name_has_a_most_of_bytes) {
        for (int more = 0; more < 2; more++) {
                char reason[DIGEST_READ_REASON_BYTES] = "", body[2048], *text;
                Facts *facts = new_facts();
                int r;

                snprintf(body, sizeof(body),
                         HEADER
                         "{\"repository\":\"%0*d\",\"stream\":\"rhel-9.4\",\"channel\":\"eus\","
                         "\"kernels\":[],\"complete_at\":\"2024-08-19T00:00:00Z\"}\n",
                         DIGEST_MAX_ID_BYTES + more, 7);
                text = seal(body, 1);
                r = read_bytes(facts, text, strlen(text), reason);
                ck_assert_msg(r == (more ? DIGEST_READ_E_REFUSED : 0), "%d more: %d: %s", more, r,
                              reason);
                if (more)
                        ck_assert_msg(strstr(reason, "digest-id: a name of more than 256 bytes"),
                                      "%s", reason);
                facts_free(facts);
                free(text);
        }
}
END_TEST

START_TEST(a_record_has_a_most_of_cves) {
        for (int more = 0; more < 2; more++) {
                char reason[DIGEST_READ_REASON_BYTES] = "";
                Facts *facts = new_facts();
                int r = read_many(facts, 1, DIGEST_MAX_CVES + more, reason);

                ck_assert_msg(r == (more ? DIGEST_READ_E_REFUSED : 0), "%d more: %d: %s", more, r,
                              reason);
                if (more)
                        ck_assert_msg(strstr(reason, "digest-cves: more than 4096 CVEs"), "%s",
                                      reason);
                facts_free(facts);
        }
}
END_TEST

START_TEST(cut_anywhere_or_with_any_byte_changed_it_is_refused) {
        char *text = seal(HEADER KERNEL PATCH, 2), reason[DIGEST_READ_REASON_BYTES];
        size_t n_bytes = strlen(text);
        Facts *facts = new_facts();

        for (size_t n = 0; n < n_bytes; n++)
                ck_assert_msg(read_bytes(facts, text, n, reason) == DIGEST_READ_E_REFUSED,
                              "%zu bytes were taken", n);
        for (size_t i = 0; i < n_bytes; i++) {
                text[i] ^= 0x01;
                ck_assert_msg(read_bytes(facts, text, n_bytes, reason) == DIGEST_READ_E_REFUSED,
                              "taken with byte %zu changed", i);
                text[i] ^= 0x01;
        }
        ck_assert_uint_eq(facts->n_sources + facts->n_kernels + facts->n_patches, 0);
        ck_assert_int_eq(read_bytes(facts, text, n_bytes, reason), 0);
        facts_free(facts);
        free(text);
}
END_TEST

START_TEST(bytes_behind_the_end_are_refused) {
        static const char *const more[] = { "\n", " ", "x", KERNEL,
                                            "{\"end\":1,\"sha256\":\"\"}\n" };

        for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
                char *text = seal(HEADER KERNEL, 1), *longer, reason[DIGEST_READ_REASON_BYTES];
                Facts *facts = new_facts();

                ck_assert_int_ge(asprintf(&longer, "%s%s", text, more[i]), 0);
                ck_assert_msg(read_bytes(facts, longer, strlen(longer), reason) ==
                                              DIGEST_READ_E_REFUSED,
                              "'%s' behind the end was taken", more[i]);
                facts_free(facts);
                free(longer);
                free(text);
        }
}
END_TEST

START_TEST(a_reason_is_fit_to_print) {
        char *text = seal(HEADER
                          "{\"kernel\":\"5.14.0-1.el9\",\"cves\":{\"\\u001b[31m\\u202e\":1}}\n",
                          1);
        char reason[DIGEST_READ_REASON_BYTES];
        Facts *facts = new_facts();

        ck_assert_int_eq(read_bytes(facts, text, strlen(text), reason), DIGEST_READ_E_REFUSED);
        ck_assert_msg(!strchr(reason, '\x1b') && !strstr(reason, "\u202e"), "%s", reason);
        facts_free(facts);
        free(text);
}
END_TEST

UNIT_TEST(every_kind_of_record_is_read, records_and_cves_have_caps, a_digest_has_a_most_of_bytes,
          a_name_has_a_most_of_bytes, a_record_has_a_most_of_cves, digests_add_up,
          what_is_not_known_yet_is_passed_over, what_is_wrong_is_refused_with_its_line,
          cut_anywhere_or_with_any_byte_changed_it_is_refused, bytes_behind_the_end_are_refused,
          a_reason_is_fit_to_print)
