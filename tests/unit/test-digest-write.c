/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "base/text.h"
#include "format/digest-read.h"
#include "format/digest-write.h"
#include "unit-test.h"

static const DigestHeader header = { .vendor = "redhat",
                                     .source = "a \"test\"\\",
                                     .complete_to = 0 };

static Facts *new_facts(void) {
        Facts *facts;

        ck_assert_int_eq(facts_new(&facts), 0);
        return facts;
}

static void add_source(Facts *facts, const char *name, UtcTime complete_to) {
        *memory_pool_append(facts->pool, facts->sources, facts->n_sources) = (FactSource){
                .name = name, .vendor = "redhat", .complete_to = complete_to
        };
}

static KernelFact *add_kernel(Facts *facts, const char *release, Severity severity, size_t source) {
        KernelFact *kernel = memory_pool_append(facts->pool, facts->kernels, facts->n_kernels);

        *kernel = (KernelFact){
                .release = release,
                .stream = "rhel-9.4",
                .released = UTC_TIME_NONE,
                .severity = severity,
                .source = source,
        };
        return kernel;
}

static int write_facts(const Facts *facts, TextList *notes, char **ret) {
        size_t n_bytes = 0;
        int r;

        *ret = NULL;
        r = digest_write(facts, &header, notes, facts->pool, ret, &n_bytes);
        if (r == 0)
                ck_assert_uint_eq(strlen(*ret), n_bytes);
        return r;
}

/* Every kind of record, in the form of the design to the byte. */
START_TEST(records_have_one_form) {
        static const char expected[] =
                        "{\"digest\":1,\"vendor\":\"redhat\",\"source\":\"a "
                        "\\\"test\\\"\\\\\",\"complete_to\":\"1970-01-01T00:00:00Z\"}\n"
                        "{\"kernel\":\"5.14.0-427.31.1.el9_4\",\"stream\":\"rhel-9.4\","
                        "\"channels\":[\"eus\",\"main\"],"
                        "\"arch\":[\"aarch64\",\"x86_64\"],\"released\":\"1970-01-02T00:00:00Z\","
                        "\"advisory\":\"RHSA-1\","
                        "\"severity\":\"important\",\"cves\":{\"CVE-2023-1111\":null,\"CVE-2024-"
                        "1111\":\"low\"}}\n"
                        "{\"kernel\":\"5.14.0-427.33.1.el9_4\",\"stream\":\"rhel-9.4\","
                        "\"channels\":null,\"arch\":null,"
                        "\"released\":null,\"advisory\":null,\"severity\":null,\"cves\":{}}\n"
                        "{\"patch\":\"kpatch-patch-1\",\"version\":\"1-2\",\"base\":null,"
                        "\"stream\":null,"
                        "\"channels\":[\"aus\",\"e4s\",\"eus\",\"main\"],\"arch\":null,"
                        "\"released\":null,\"advisory\":null,"
                        "\"severity\":null,\"cves\":{}}\n"
                        "{\"repository\":\"r\",\"stream\":null,\"channel\":null,\"kernels\":[\"1-"
                        "1\",\"1-2\"],"
                        "\"complete_at\":null}\n"
                        "{\"window\":\"6.4.0-1\",\"package\":null,\"end\":\"1970-01-03\","
                        "\"source\":\"list\"}\n";
        CveFact cves[] = { { "CVE-2023-1111", SEVERITY_UNKNOWN },
                           { "CVE-2024-1111", SEVERITY_LOW } };
        Facts *facts = new_facts();
        char hash[SHA256_TEXT_BYTES], *text, *end;
        RepositoryFact *repository;
        KernelFact *kernel;
        TextList notes = {};

        add_source(facts, "one", 0);
        add_kernel(facts, "5.14.0-427.33.1.el9_4", SEVERITY_UNKNOWN, 0);
        kernel = add_kernel(facts, "5.14.0-427.31.1.el9_4", SEVERITY_IMPORTANT, 0);
        kernel->channels = 1u << CHANNEL_MAIN | 1u << CHANNEL_EUS;
        text_list_add(&kernel->arch, facts->pool, "x86_64");
        text_list_add(&kernel->arch, facts->pool, "aarch64");
        text_list_add(&kernel->arch, facts->pool, "x86_64");
        kernel->released = USEC_PER_DAY;
        kernel->advisory = "RHSA-1";
        kernel->cves = cves;
        kernel->n_cves = 2;
        *memory_pool_append(facts->pool, facts->windows, facts->n_windows) =
                        (WindowFact){ .kernel = "6.4.0-1", .end = 2, .origin = "list" };
        *memory_pool_append(facts->pool, facts->patches, facts->n_patches) = (PatchFact){
                .package = "kpatch-patch-1",
                .version = "1-2",
                .channels = 1u << CHANNEL_MAIN | 1u << CHANNEL_EUS | 1u << CHANNEL_E4S |
                            1u << CHANNEL_AUS,
                .released = UTC_TIME_NONE,
        };
        repository = memory_pool_append(facts->pool, facts->repositories, facts->n_repositories);
        *repository = (RepositoryFact){ .repository = "r", .complete_at = UTC_TIME_NONE };
        text_list_add(&repository->kernels, facts->pool, "1-2");
        text_list_add(&repository->kernels, facts->pool, "1-1");

        ck_assert_int_eq(write_facts(facts, &notes, &text), 0);
        end = strstr(text, "{\"end\":5,\"sha256\":\"");
        ck_assert_msg(end && (size_t) (end - text) == strlen(expected), "wrote\n%s", text);
        ck_assert_msg(strncmp(text, expected, strlen(expected)) == 0, "wrote\n%s", text);
        sha256_text(expected, strlen(expected), hash);
        ck_assert_msg(strstr(end, hash), "wrote %s", end);
        ck_assert(text_ends_with(text, "\"}\n"));
        free(text);
        facts_free(facts);
}
END_TEST

START_TEST(what_was_written_reads_back_to_the_same_bytes) {
        CveFact cve = { "CVE-2024-1111", SEVERITY_UNKNOWN };
        char *text, *again, reason[DIGEST_READ_REASON_BYTES];
        Facts *facts = new_facts(), *back = new_facts();
        TextList notes = {};

        add_source(facts, "one", 0);
        add_kernel(facts, "5.14.0-1.el9", SEVERITY_LOW, 0)->released = 1735689600123456;
        add_kernel(facts, "5.14.0-2.el9", SEVERITY_CRITICAL, 0);
        *memory_pool_append(facts->pool, facts->patches, facts->n_patches) =
                        (PatchFact){ .package = "kpatch-patch-1",
                                     .version = "1-2",
                                     .released = UTC_TIME_NONE,
                                     .advisory = "RHSA-1",
                                     .cves = &cve,
                                     .n_cves = 1,
                                     .cves_shared = true };
        facts->kernels[0].word = (Word){ "rhel-9-baseos", 1735689600123456 };
        *memory_pool_append(facts->pool, facts->windows, facts->n_windows) =
                        (WindowFact){ "5.14.0-1.el9", NULL, 100, "a list", .revised = 86400000000 };
        for (size_t i = 0; i < 2; i++)
                *memory_pool_append(facts->pool, facts->withdrawn, facts->n_withdrawn) =
                                (WithdrawnFact){ i == 0 ? "RHSA-2" : "RHSA-3",
                                                 { i == 0 ? "rhel-9-baseos" : NULL,
                                                   i == 0 ? 1 : INT64_MAX } };
        ck_assert_int_eq(write_facts(facts, &notes, &text), 0);
        ck_assert_ptr_nonnull(strstr(text, ",\"told_by\":\"rhel-9-baseos\",\"revised\":"
                                           "\"2025-01-01T00:00:00.123456Z\"}\n"));
        ck_assert_ptr_nonnull(strstr(text, ",\"source\":\"a list\",\"revised\":"
                                           "\"1970-01-02T00:00:00Z\"}\n"));
        ck_assert_ptr_nonnull(strstr(text, "{\"withdrawn\":\"RHSA-2\",\"told_by\":"
                                           "\"rhel-9-baseos\",\"revised\":"
                                           "\"1970-01-01T00:00:00.000001Z\"}\n"
                                           "{\"withdrawn\":\"RHSA-3\"}\n"));
        ck_assert_msg(strstr(text, ",\"cves\":{\"CVE-2024-1111\":null},\"cves_shared\":true}\n"),
                      "wrote\n%s", text);
        ck_assert_msg(digest_read(back, "back", FEED_KIND_FILE, text, strlen(text), reason) == 0,
                      "%s", reason);
        ck_assert_str_eq(back->sources[0].source, header.source);
        ck_assert(back->patches[0].cves_shared);
        ck_assert_int_eq(back->withdrawn[1].word.revised, INT64_MAX);
        ck_assert_int_eq(write_facts(back, &notes, &again), 0);
        ck_assert_str_eq(text, again);
        free(again);
        free(text);
        facts_free(back);
        facts_free(facts);
}
END_TEST

START_TEST(the_order_of_facts_does_not_matter) {
        char *text, *again;
        Facts *facts = new_facts(), *turned = new_facts();
        TextList notes = {};

        add_source(facts, "one", 0);
        add_source(turned, "one", 0);
        add_kernel(facts, "5.14.0-1.el9", SEVERITY_LOW, 0);
        add_kernel(facts, "5.14.0-2.el9", SEVERITY_LOW, 0);
        add_kernel(facts, "5.14.0-10.el9", SEVERITY_LOW, 0);
        add_kernel(turned, "5.14.0-10.el9", SEVERITY_LOW, 0);
        add_kernel(turned, "5.14.0-2.el9", SEVERITY_LOW, 0);
        add_kernel(turned, "5.14.0-1.el9", SEVERITY_LOW, 0);
        ck_assert_int_eq(write_facts(facts, &notes, &text), 0);
        ck_assert_int_eq(write_facts(turned, &notes, &again), 0);
        ck_assert_str_eq(text, again);
        free(again);
        free(text);
        facts_free(turned);
        facts_free(facts);
}
END_TEST

START_TEST(nothing_is_a_digest_too) {
        char *text, reason[DIGEST_READ_REASON_BYTES];
        DigestHeader bare = { .vendor = "redhat", .complete_to = UTC_TIME_NONE };
        Facts *facts = new_facts();
        TextList notes = {};
        size_t n_bytes;

        ck_assert_int_eq(digest_write(facts, &bare, &notes, facts->pool, &text, &n_bytes), 0);
        ck_assert_msg(text_starts_with(text, "{\"digest\":1,\"vendor\":\"redhat\",\"source\":null,"
                                             "\"complete_to\":null}\n"),
                      "wrote %s", text);
        ck_assert_msg(digest_read(facts, "bare", FEED_KIND_FILE, text, n_bytes, reason) == 0, "%s",
                      reason);
        free(text);
        facts_free(facts);
}
END_TEST

UNIT_TEST(records_have_one_form, what_was_written_reads_back_to_the_same_bytes,
          the_order_of_facts_does_not_matter, nothing_is_a_digest_too)
