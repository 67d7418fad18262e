/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the look at the bytes passes over nobody ever misses, so it must pass over nothing of which the parser would make
 * a record. Documents of every form that the parser knows are spelled in thousands of ways: each must come
 * through, and say what the plain one says.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory-pool.h"
#include "digest/csaf-bytes.h"
#include "digest/csaf-document.h"
#include "unit-test.h"

#define HEAD(id)                                                                              \
        "\"document\":{\"category\":\"csaf_security_advisory\",\"tracking\":{\"id\":\"" id    \
        "\",\"initial_release_date\":\"2024-08-15T05:34:56+00:00\"},\"aggregate_severity\":{" \
        "\"text\":\"Important\"}}"
#define TREE(component, product)                                                                 \
        "\"product_tree\":{\"relationships\":[{\"full_product_name\":{\"product_id\":\"" product \
        ":" component "\"},\"product_reference\":\"" component                                   \
        "\",\"relates_to_product_reference\":\"" product "\"}]}"
#define FLAWS(status, component, product)                                                          \
        "\"vulnerabilities\":[{\"cve\":\"CVE-2024-36971\",\"threats\":[{\"category\":\"impact\","  \
        "\"details\":\"Important\"}],\"product_status\":{\"" status "\":[\"" product ":" component \
        "\"]}}]"
#define DOCUMENT(id, status, component, product)                                                 \
        {                                                                                        \
                "{" HEAD(id) "," TREE(component, product) "," FLAWS(status, component,           \
                                                                    product) "}",                \
                                "{" FLAWS(status, component,                                     \
                                          product) "," TREE(component, product) "," HEAD(id) "}" \
        }

/* Each with its members in two orders. */
static const char *const documents[][2] = {
        DOCUMENT("RHSA-2024:5363", "fixed", "kernel-core-0:5.14.0-427.31.1.el9_4.x86_64",
                 "BaseOS-9.4.0.Z.MAIN.EUS"),
        DOCUMENT("RHBA-2024:5364", "fixed", "kernel-core-0:4.18.0-553.16.1.el8_10.ppc64le",
                 "BaseOS-8.10.0.Z.MAIN.EUS"),
        DOCUMENT("RHEA-2024:5365", "fixed", "kernel-core-5.14.0-70.el9_0.x86_64",
                 "BaseOS-9.0.0.GA"),
        DOCUMENT("RHSA-2024:5523", "fixed", "kpatch-patch-5_14_0-427_13_1-0:1-2.el9_4.x86_64",
                 "BaseOS-9.4.0.Z.EUS"),
        DOCUMENT("RHSA-2019:2854", "fixed", "kpatch-patch-3_10_0-1062-0:1-1.el7.x86_64",
                 "7Server-7.7.Z"),
        DOCUMENT("RHSA-2020:1", "fixed", "kernel-0:3.10.0-1160.el7.x86_64", "7Server-7.9.Z"),
        DOCUMENT("RHSA-2020:2", "fixed", "kernel-0:3.10.0-1160.el7.x86_64", "7Client-7.9.Z"),
        DOCUMENT("RHSA-2020:3", "fixed", "kernel-0:3.10.0-1160.el7.x86_64", "7Workstation-7.9.Z"),
        DOCUMENT("RHSA-2020:4", "fixed", "kernel-3.10.0-1160.el7.x86_64", "7ComputeNode-7.9.Z"),
        DOCUMENT("RHSA-2026:1", "fixed", "kernel-0:5.14.0-427.61.1.el9_4", "rhel-9.4.0.z.eus"),
        DOCUMENT("RHSA-2026:2", "fixed", "kernel-0:5.14.0-611.5.1.el9_7", "rhel-9.7.z::appstream"),
        DOCUMENT("RHSA-2026:3", "fixed", "kpatch-patch-5_14_0-427_13_1-0:1-2.el9_4.x86_64",
                 "rhel-9.4.0.z.eus::baseos"),
        DOCUMENT("SUSE-SU-2023:9001-1", "recommended",
                 "kernel-default-5.14.21-150500.55.28.1.x86_64",
                 "SUSE Linux Enterprise Module for Basesystem 15 SP5"),
        DOCUMENT("SUSE-SU-2023:9002-1", "fixed", "kernel-default-6.12.0-160000.5.1.x86_64",
                 "SUSE Linux Enterprise Server 16.0"),
        DOCUMENT("SUSE-SU-2023:9011-1", "recommended",
                 "kernel-livepatch-5_14_21-150500_55_28-default-14-150500.2.1.x86_64",
                 "SUSE Linux Enterprise Live Patching 15 SP5"),
        DOCUMENT("SUSE-SU-2019:1-1", "recommended",
                 "kgraft-patch-4_12_14-95_6-default-5-2.1.x86_64",
                 "SUSE Linux Enterprise Live Patching 12 SP4"),
        { "{\"document\":{\"tracking\":{\"id\":\"RHSA-2024:5363\",\"status\":\"deleted\"}}}",
          "{\"document\":{\"tracking\":{\"status\":\"deleted\",\"id\":\"RHSA-2024:5363\"}}}" },
};

static uint32_t random_state = 1;

static uint32_t pick(uint32_t n) {
        random_state = random_state * 1664525 + 1013904223;
        return (random_state >> 8) % n;
}

static void say_versions(const CsafDocument *document, FILE *out) {
        fprintf(out, "%s%s", document->id, document->withdrawn ? " withdrawn" : "");
        for (size_t i = 0; i < document->n_kernels; i++)
                fprintf(out, " %s of %s, %zu CVEs", document->kernels[i].release,
                        document->kernels[i].stream, document->kernels[i].n_cves);
        for (size_t i = 0; i < document->n_patches; i++)
                fprintf(out, " %s %s for %s of %s, %zu CVEs", document->patches[i].package,
                        document->patches[i].version, document->patches[i].base,
                        document->patches[i].stream, document->patches[i].n_cves);
}

/* What a document says, the caller's to free; `what` names it. */
static char *records_of(const char *text, size_t n_bytes, const char *what) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_(json_text_freep) JsonText *json = NULL;
        _cleanup_free_ char *exact = malloc(n_bytes + 1); /* so that a read behind it is seen */
        CsafDocument document = {}, noise;
        JsonProblem problem = {};
        size_t n_said;
        char *said;
        FILE *out;
        int r;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, text, n_bytes);
        exact[n_bytes] = 'x'; /* the byte that reading may change, and must not need */
        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_int_eq(json_text_new_empty(&json), 0);
        ck_assert_msg(!csaf_document_is_noise(exact, n_bytes, &noise), "%s is passed over: %.*s",
                      what, (int) n_bytes, text);
        r = csaf_document_read(json, exact, n_bytes, pool, &document, &problem);
        ck_assert_msg(r == 0, "%s gave %d: %s: %s: %.*s", what, r, problem.place, problem.reason,
                      (int) n_bytes, text);
        ck_assert(document.n_kernels + document.n_patches > 0 || document.withdrawn);
        out = open_memstream(&said, &n_said);
        ck_assert_ptr_nonnull(out);
        say_versions(&document, out);
        fclose(out);
        return said;
}

static void hold_against_plain(const char *plain, const char *text, size_t n_bytes,
                               const char *what) {
        _cleanup_free_ char *expected = records_of(plain, strlen(plain), "the plain one");
        _cleanup_free_ char *said = records_of(text, n_bytes, what);

        ck_assert_str_eq(said, expected);
}

START_TEST(any_letter_may_be_an_escape) {
        for (size_t i = 0; i < ELEMENTS(documents); i++) {
                const char *plain = documents[i][0];
                bool in_string = false;

                for (size_t at = 0; plain[at] != '\0'; at++) {
                        char text[2048];
                        int n;

                        in_string ^= plain[at] == '"';
                        if (!in_string || plain[at] == '"')
                                continue;
                        n = snprintf(text, sizeof(text),
                                     at % 2 == 0 ? "%.*s\\u%04x%s" : "%.*s\\u%04X%s", (int) at,
                                     plain, (unsigned char) plain[at], plain + at + 1);
                        hold_against_plain(plain, text, (size_t) n, "an escape");
                }
        }
}
END_TEST

/* Wherever it stands: a name comes several times, and one of them alone would be found. */
START_TEST(a_letter_may_be_an_escape_everywhere) {
        for (size_t i = 0; i < ELEMENTS(documents); i++)
                for (char c = ' '; c < 0x7F; c++) {
                        const char *plain = documents[i][0];
                        char text[8192], *to = text;
                        bool in_string = false;

                        if (c == '"' || c == '\\')
                                continue;
                        for (const char *at = plain; *at != '\0'; at++) {
                                in_string ^= *at == '"';
                                if (in_string && *at == c)
                                        to += sprintf(to, "\\u%04x", (unsigned char) c);
                                else
                                        *to++ = *at;
                        }
                        hold_against_plain(plain, text, (size_t) (to - text), "an escaped one");
                }
}
END_TEST

START_TEST(a_name_may_lie_across_any_border_of_blocks) {
        for (size_t i = 0; i < ELEMENTS(documents); i++)
                for (size_t order = 0; order < 2; order++)
                        for (int n_spaces = 0; n_spaces <= 128; n_spaces++) {
                                const char *plain = documents[i][order];
                                char text[2048];
                                int n = snprintf(text, sizeof(text), "{%*s%s", n_spaces, "",
                                                 plain + 1);

                                hold_against_plain(plain, text, (size_t) n, "a moved one");
                                n = snprintf(text, sizeof(text), "%.*s%*s}",
                                             (int) strlen(plain) - 1, plain, n_spaces, "");
                                hold_against_plain(plain, text, (size_t) n, "a longer one");
                        }
}
END_TEST

/* Spaces of every kind between what they may stand between, and escapes, few or many. */
static size_t spell(const char *plain, char *text) {
        static const char *const spaces[] = { " ",  "\n",       "\r\n",
                                              "\t", "        ", "\n                " };
        uint32_t one_in = 1 + pick(40), spaces_in = 1 + pick(6);
        bool in_string = false;
        char *to = text;

        for (const char *at = plain; *at != '\0'; at++) {
                if (*at == '"') {
                        if (!in_string && at > plain && pick(spaces_in) == 0)
                                to = stpcpy(to, spaces[pick(ELEMENTS(spaces))]);
                        in_string = !in_string;
                } else if (in_string && pick(one_in) == 0) {
                        to += sprintf(to, pick(2) ? "\\u%04x" : "\\u%04X", (unsigned char) *at);
                        continue;
                }
                *to++ = *at;
                if (!in_string && pick(spaces_in) == 0)
                        to = stpcpy(to, spaces[pick(ELEMENTS(spaces))]);
        }
        return (size_t) (to - text);
}

START_TEST(no_spelling_is_passed_over) {
        for (size_t i = 0; i < 20000; i++) {
                const char *const *orders = documents[i % ELEMENTS(documents)];
                const char *plain = orders[pick(2)];
                static char text[16384];
                size_t n = spell(plain, text);

                hold_against_plain(plain, text, n, "a spelled one");
        }
}
END_TEST

/* Else all of the above would say nothing. */
START_TEST(without_its_product_or_its_package_each_is_passed_over) {
        for (size_t i = 0; i < ELEMENTS(documents) - 1; i++) {
                static const char *const names[] = { "kernel", "kpatch", "kgraft", "BaseOS",
                                                     "7",      "rhel",   "SUSE" };

                for (size_t package = 0; package < 2; package++) {
                        _cleanup_free_ char *text = strdup(documents[i][0]);
                        CsafDocument noise;

                        for (size_t k = package ? 0 : 3; k < (package ? 3 : ELEMENTS(names)); k++) {
                                char opened[16];

                                snprintf(opened, sizeof(opened), "%s%s", package ? "" : "\"",
                                         names[k]);
                                for (char *at = text; (at = strstr(at, opened)); at++)
                                        at[strlen(opened) - 1] = 'X';
                        }
                        ck_assert_msg(csaf_document_is_noise(text, strlen(text), &noise), "%s",
                                      text);
                }
        }
}
END_TEST

UNIT_TEST(any_letter_may_be_an_escape, a_letter_may_be_an_escape_everywhere,
          a_name_may_lie_across_any_border_of_blocks, no_spelling_is_passed_over,
          without_its_product_or_its_package_each_is_passed_over)
