/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "digest/csaf-document.h"
#include "digest/csaf-product.h"
#include "unit-test.h"

/* A document of one release, with the parts that the cases below exchange. */
#define HEAD(id, date) "\"tracking\":{\"id\":\"" id "\",\"initial_release_date\":\"" date "\"}"
#define GOOD_HEAD                                           \
        HEAD("RHSA-2024:5363", "2024-08-15T05:34:56+00:00") \
        ",\"aggregate_severity\":{\"text\":\"Important\"}"
#define RELATION(component, product)                                                              \
        "{\"full_product_name\":{\"product_id\":\"" product ":" component                         \
        "\"},\"product_reference\":\"" component "\",\"relates_to_product_reference\":\"" product \
        "\"}"
#define CVE(id, impact, fixed)                                                            \
        "{\"cve\":\"" id "\",\"threats\":[{\"category\":\"impact\",\"details\":\"" impact \
        "\"}],\"product_status\":{\"fixed\":[" fixed "]}}"
#define DOCUMENT(head, relations, vulnerabilities)                                 \
        "{\"document\":{" head "},\"product_tree\":{\"relationships\":[" relations \
        "]},\"vulnerabilities\":[" vulnerabilities "]}"

#define BASE "BaseOS-9.4.0.Z.MAIN.EUS"
#define CORE "kernel-core-0:5.14.0-427.31.1.el9_4.x86_64"
#define KPATCH "kpatch-patch-5_14_0-427_13_1-0:1-2.el9_4.x86_64"
#define ID(component) "\"" BASE ":" component "\""
#define GOOD DOCUMENT(GOOD_HEAD, RELATION(CORE, BASE), CVE("CVE-2024-36971", "Important", ID(CORE)))

static JsonText *json; /* for all texts, as in an archive */
static MemoryPool *pool;
static CsafDocument document;
static JsonProblem problem;

static int read_n(const char *text, size_t n_bytes) {
        char *exact = malloc(n_bytes > 0 ? n_bytes : 1);
        int r;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, text, n_bytes);
        if (pool)
                memory_pool_free(pool);
        ck_assert_int_eq(memory_pool_new(&pool), 0);
        if (!json)
                ck_assert_int_eq(json_text_new_empty(&json), 0);
        document = (CsafDocument){};
        problem = (JsonProblem){};
        r = csaf_document_read(json, exact, n_bytes, pool, &document, &problem);
        free(exact);
        return r;
}

static int read_text(const char *text) {
        return read_n(text, strlen(text));
}

START_TEST(a_kernel_advisory_is_read) {
        const KernelFact *kernel;
        char buffer[UTC_TIME_TEXT_BYTES];

        ck_assert_msg(read_text(GOOD) == 0, "%s: %s", problem.place, problem.reason);
        ck_assert_str_eq(document.id, "RHSA-2024:5363");
        ck_assert(document.revised == UTC_TIME_NONE);
        ck_assert_uint_eq(document.n_kernels, 1);
        ck_assert_uint_eq(document.n_patches, 0);
        kernel = &document.kernels[0];
        ck_assert_str_eq(kernel->release, "5.14.0-427.31.1.el9_4");
        ck_assert_str_eq(kernel->stream, "rhel-9.4");
        ck_assert_uint_eq(kernel->channels, 1u << CHANNEL_MAIN | 1u << CHANNEL_EUS);
        ck_assert_uint_eq(kernel->arch.n_items, 1);
        ck_assert_str_eq(kernel->arch.items[0], "x86_64");
        ck_assert_str_eq(utc_time_format(kernel->released, buffer), "2024-08-15T05:34:56Z");
        ck_assert_int_eq(kernel->severity, SEVERITY_IMPORTANT);
        ck_assert_uint_eq(kernel->n_cves, 1);
        ck_assert_str_eq(kernel->cves[0].id, "CVE-2024-36971");
        ck_assert_int_eq(kernel->cves[0].severity, SEVERITY_IMPORTANT);
}
END_TEST

START_TEST(products_tell_minor_and_channels) {
        static const struct {
                const char *id;
                int major, minor; /* 0: not a base product */
                ChannelSet channels;
        } cases[] = {
                { "BaseOS-9.4.0.GA", 9, 4, 1u << CHANNEL_MAIN },
                { "BaseOS-9.4.0.Z.MAIN.EUS", 9, 4, 1u << CHANNEL_MAIN | 1u << CHANNEL_EUS },
                { "BaseOS-9.7.0.Z.MAIN", 9, 7, 1u << CHANNEL_MAIN },
                { "BaseOS-9.4.0.Z.EUS", 9, 4, 1u << CHANNEL_EUS },
                { "BaseOS-8.6.0.Z.AUS", 8, 6, 1u << CHANNEL_AUS },
                { "BaseOS-8.6.0.Z.E4S", 8, 6, 1u << CHANNEL_E4S },
                { "BaseOS-8.6.0.Z.TUS", 8, 6, 1u << CHANNEL_TUS },
                { "BaseOS-8.4.0.Z.EUS_LONG_LIFE", 8, 4, 0 },
                { "BaseOS-10.1.Z", 10, 1, 0 },
                { "7Server-7.9.Z", 7, 9, 1u << CHANNEL_MAIN },
                { "7Server-7.4.AUS", 7, 4, 1u << CHANNEL_AUS },
                { "7ComputeNode-7.7.EUS", 7, 7, 1u << CHANNEL_EUS },
                { "AppStream-9.4.0.GA" },
                { "NFV-9.4.0.GA" },
                { "9Base-RHOSE-4.14" },
                { "BaseOS" },
                { "BaseOS-" },
                { "7Server-optional-7.9.Z" },
                { "8Base-7Server-7.9.Z" },
                { "BaseOS-9999.4" },
                { "" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                CsafProduct product = {};
                bool is_base = csaf_product_parse(cases[i].id, &product);

                ck_assert_msg(is_base == (cases[i].major > 0), "row '%s'", cases[i].id);
                ck_assert_msg(product.major == cases[i].major && product.minor == cases[i].minor &&
                                              product.channels == cases[i].channels,
                              "row '%s' gave %d.%d, %x", cases[i].id, product.major, product.minor,
                              product.channels);
        }
}
END_TEST

START_TEST(components_are_taken_by_their_exact_names) {
        static const struct {
                const char *id;
                int kind; /* -1: none of ours, -2: ours, but malformed */
                const char *name, *version, *arch;
        } cases[] = {
                { CORE, CSAF_COMPONENT_KERNEL_CORE, "", "5.14.0-427.31.1.el9_4", "x86_64" },
                { "kernel-core-5.14.0-427.31.1.el9_4.s390x", CSAF_COMPONENT_KERNEL_CORE, "",
                  "5.14.0-427.31.1.el9_4", "s390x" },
                { "kernel-core-0:5.14.0-427.31.1.el9_4", CSAF_COMPONENT_KERNEL_CORE, "",
                  "5.14.0-427.31.1.el9_4", "" },
                { "kernel-0:3.10.0-1160.el7.x86_64", CSAF_COMPONENT_KERNEL, "", "3.10.0-1160.el7",
                  "x86_64" },
                { "kernel-0:3.10.0-1160.el7.src", -1, "", "", "" },
                { "kernel-core-0:5.14.0.x86_64", -2, "", "", "" },
                { "kernel-core-0:.x86_64", -2, "", "", "" },
                { "kernel-core-0:5.14.0-1.el9_4 .x86_64", -2, "", "", "" },
                { "kernel-core-0:5.14.0-1.el9.x86_64+rt", -2, "", "", "" },
                { "kernel-rt-core-0:5.14.0-1.el9.x86_64", -1, "", "", "" },
                { "kernel-64k-core-0:5.14.0-1.el9.aarch64", -1, "", "", "" },
                { "kernel-debug-core-0:5.14.0-1.el9.x86_64", -1, "", "", "" },
                { "kernel-headers-0:5.14.0-1.el9.x86_64", -1, "", "", "" },
                { "bpftool-0:7.3.0-427.el9.x86_64", -1, "", "", "" },
                { KPATCH, CSAF_COMPONENT_PATCH, "kpatch-patch-5_14_0-427_13_1", "1-2.el9_4",
                  "x86_64" },
                { "kpatch-patch-4_18_0-193-0:1-10.el8.ppc64le", CSAF_COMPONENT_PATCH,
                  "kpatch-patch-4_18_0-193", "1-10.el8", "ppc64le" },
                { "kpatch-patch-4_18_0-193-1-10.el8.ppc64le", CSAF_COMPONENT_PATCH,
                  "kpatch-patch-4_18_0-193", "1-10.el8", "ppc64le" },
                { "kpatch-patch-5_14_0-427_13_1-debuginfo-0:1-2.el9_4.x86_64", -1, "", "", "" },
                { "kpatch-patch-5_14_0-427_13_1-debugsource-0:1-2.el9_4.x86_64", -1, "", "", "" },
                { "kpatch-patch-5_14_0-427_13_1-0:1-2.el9_4.src", -1, "", "", "" },
                { "kpatch-patch-5_14_0-427_13_1", -2, "", "", "" },
                { "kpatch-patch-", -2, "", "", "" },
                { "kpatch-patch-1-2", -2, "", "", "" },
                { "kpatch-0:0.9.7-1.el9.noarch", -1, "", "", "" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                CsafComponent component = {};
                bool ours = csaf_component_parse(cases[i].id, &component);
                int kind = !ours ? -1 : component.malformed ? -2 : (int) component.kind;

                ck_assert_msg(kind == cases[i].kind, "row '%s' gave %d", cases[i].id, kind);
                if (kind >= 0)
                        ck_assert_msg(strcmp(component.name, cases[i].name) == 0 &&
                                                      strcmp(component.version, cases[i].version) ==
                                                                      0 &&
                                                      strcmp(component.arch, cases[i].arch) == 0,
                                      "row '%s' gave '%s' '%s' '%s'", cases[i].id, component.name,
                                      component.version, component.arch);
        }
}
END_TEST

START_TEST(noise_is_passed_over_whatever_is_wrong_with_it) {
        static const char *const cases[] = {
                "[]",
                "7",
                "{}",
                "{\"document\":7}",
                "{\"document\":{\"title\":\"kernel-core-5 \\ud83d\\ude00\"}}",
                "{\"document\":{\"title\":\"\xC3\"}}",
                "{\"document\":{\"tracking\":{\"id\":\"\"}},\"product_tree\":{\"relationships\":[7,"
                "{\"product_reference\":\"kernel-rt-core-0:5.14.0-1.el9.x86_64\"}]}}",
                /* OpenShift holds kernels, but not of the base system. */
                DOCUMENT(HEAD("", ""), RELATION(CORE, "9Base-RHOSE-4.14"), CVE("x", "y", "7")),
                DOCUMENT(HEAD("", ""), RELATION("bpftool-0:7.3.0-1.el9.x86_64", BASE), "7"),
                /* The empty `kernel` package of RHEL 9 alone is no kernel. */
                DOCUMENT(GOOD_HEAD, RELATION("kernel-0:5.14.0-427.31.1.el9_4.x86_64", BASE), ""),
                /* RHEL 7 has no such package. */
                DOCUMENT(GOOD_HEAD, RELATION(CORE, "7Server-7.9.Z"), ""),
                /* In the product tree, but fixed by none of the vulnerabilities. */
                DOCUMENT(GOOD_HEAD, RELATION(CORE, BASE), CVE("CVE-2024-1111", "Low", "")),
                DOCUMENT(GOOD_HEAD, RELATION(CORE, BASE),
                         "{\"cve\":\"CVE-2024-1111\",\"product_status\":{\"known_not_affected\":"
                         "[" ID(CORE) "]}}"),
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                int r = read_text(cases[i]);

                ck_assert_msg(r == CSAF_DOCUMENT_E_NOISE, "row %zu gave %d: %s: %s", i, r,
                              problem.place, problem.reason);
                ck_assert_uint_eq(document.n_kernels + document.n_patches, 0);
        }
}
END_TEST

START_TEST(noise_tells_its_date_where_it_is_easily_seen) {
        char buffer[UTC_TIME_TEXT_BYTES];

        ck_assert_int_eq(read_text("{\"document\":{\"tracking\": {\"initial_release_date\" : "
                                   "\"2023-02-07T16:58:44+00:00\"}}}"),
                         CSAF_DOCUMENT_E_NOISE);
        ck_assert_str_eq(utc_time_format(document.released, buffer), "2023-02-07T16:58:44Z");
        ck_assert_int_eq(read_text("{\"initial_release_date\":7}"), CSAF_DOCUMENT_E_NOISE);
        ck_assert(document.released == UTC_TIME_NONE);
        ck_assert_int_eq(read_text("{\"initial_release_date\":\"soon\"}"), CSAF_DOCUMENT_E_NOISE);
        ck_assert(document.released == UTC_TIME_NONE);
}
END_TEST

START_TEST(what_is_wrong_with_a_kernel_advisory_refuses_it) {
#define WITH_HEAD(head) \
        DOCUMENT(head, RELATION(CORE, BASE), CVE("CVE-2024-36971", "Important", ID(CORE)))
#define WITH_TREE(relations) \
        DOCUMENT(GOOD_HEAD, relations, CVE("CVE-2024-36971", "Important", ID(CORE)))
#define WITH_CVES(cves) DOCUMENT(GOOD_HEAD, RELATION(CORE, BASE), cves)
#define PAIR(id, component, product)                                                            \
        "{\"full_product_name\":{\"product_id\":\"" id "\"},\"product_reference\":\"" component \
        "\",\"relates_to_product_reference\":\"" product "\"}"
        static const struct {
                const char *text, *place, *reason;
        } cases[] = {
                { WITH_HEAD(""), "document.tracking", "missing" },
                { WITH_HEAD("\"tracking\":[]"), "document.tracking", "an object expected" },
                { WITH_HEAD("\"tracking\":{}"), "document.tracking.id", "missing" },
                { WITH_HEAD(HEAD("", "2024-08-15T05:34:56Z")), "document.tracking.id",
                  "not an advisory" },
                { WITH_HEAD(HEAD("CVE-2024-36971", "2024-08-15T05:34:56Z")), "document.tracking.id",
                  "not an advisory" },
                { WITH_HEAD(HEAD("RHSA-2024:", "2024-08-15T05:34:56Z")), "document.tracking.id",
                  "not an advisory" },
                { WITH_HEAD(HEAD("RHSA-2024:5363 ", "2024-08-15T05:34:56Z")),
                  "document.tracking.id", "not an advisory" },
                { WITH_HEAD(HEAD("RHSA-2024:5363", "2024-08-15")),
                  "document.tracking.initial_release_date", "date" },
                { WITH_HEAD(HEAD("RHSA-2024:5363", "2024-08-15T05:34:56")),
                  "document.tracking.initial_release_date", "zone" },
                { WITH_HEAD("\"tracking\":{\"id\":\"RHSA-2024:5363\"}"),
                  "document.tracking.initial_release_date", "missing" },
                { WITH_HEAD("\"tracking\":{\"id\":\"RHSA-2024:1\",\"id\":\"RHSA-2024:2\"}"),
                  "document.tracking.id", "twice" },
                { WITH_HEAD(GOOD_HEAD ",\"notes\":{}"), "document.notes", "an array expected" },
                { WITH_HEAD("\"aggregate_severity\":\"Important\"," HEAD("RHSA-2024:5363",
                                                                         "2024-08-15T05:34:56Z")),
                  "document.aggregate_severity", "an object expected" },
                { WITH_HEAD(HEAD("RHSA-2024:5363",
                                 "2024-08-15T05:34:56Z") ",\"title\":\"\\ud800\""),
                  "byte", "lone surrogate" },
                { WITH_HEAD(HEAD("RHSA-2024:5363", "2024-08-15T05:34:56Z") ",\"title\":\"\xC3\""),
                  "byte", "UTF-8" },
                { "\xEF\xBB\xBF" GOOD, "byte 0", "byte-order mark" },
                { GOOD "}", "byte", "behind the end" },
                { WITH_TREE(RELATION("kernel-core-0:5.14.0.x86_64", BASE)), "product_tree",
                  "no sound version" },
                { WITH_TREE(RELATION("kpatch-patch-5_14_0-427_13_1-0:1.x86_64", BASE)),
                  "product_tree", "no sound version" },
                { WITH_TREE("7," RELATION(CORE, BASE)), "product_tree.relationships[0]",
                  "an object expected" },
                { WITH_TREE(RELATION(CORE, BASE) ",{}"),
                  "product_tree.relationships[1].full_product_name", "missing" },
                { WITH_TREE(RELATION(CORE, BASE) "," PAIR("a", "b", "c") "," PAIR("a", "b", "d")),
                  "product_tree.relationships[2]", "another relationship" },
                { WITH_TREE(RELATION(CORE, BASE) "," PAIR("a", "a", "c")),
                  "product_tree.relationships[1]", "circular" },
                { WITH_TREE(RELATION(CORE, BASE) "," PAIR("a", "b", "c") "," PAIR("b", "c", "a")),
                  "product_tree.relationships[1]", "circular" },
                { "{\"document\":{" GOOD_HEAD "},\"product_tree\":{},\"vulnerabilities\":[" CVE(
                                  "CVE-2024-36971", "Important", ID(CORE)) "]}",
                  "vulnerabilities[0].product_status.fixed", "does not define" },
                { "{\"document\":{" GOOD_HEAD
                  "},\"vulnerabilities\":[" CVE("CVE-2024-36971", "Important", ID(CORE)) "]}",
                  "product_tree", "missing" },
                { WITH_CVES("{}"), "vulnerabilities[0].cve", "missing" },
                { WITH_CVES("null"), "vulnerabilities[0]", "an object expected, null" },
                { WITH_CVES(CVE("CVE-2024-36971", "Low", ID(CORE)) "," CVE("CVE-24-1", "Low", "")),
                  "vulnerabilities[1].cve", "not a CVE" },
                { WITH_CVES(CVE("CVE-2024-36971", "Low", ID(CORE) ",7")),
                  "vulnerabilities[0].product_status.fixed[1]", "a string expected" },
                { WITH_CVES("{\"cve\":\"CVE-2024-36971\",\"product_status\":[]}"),
                  "vulnerabilities[0].product_status", "an object expected" },
                { WITH_CVES("{\"cve\":\"CVE-2024-36971\",\"threats\":[{}]}"),
                  "vulnerabilities[0].threats[0].category", "missing" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                int r = read_text(cases[i].text);

                ck_assert_msg(r == CSAF_DOCUMENT_E_REFUSED, "row %zu gave %d: %s", i, r,
                              cases[i].text);
                ck_assert_msg(strncmp(problem.place, cases[i].place, strlen(cases[i].place)) == 0,
                              "row %zu: '%s', not '%s'", i, problem.place, cases[i].place);
                ck_assert_msg(strstr(problem.reason, cases[i].reason), "row %zu: '%s', not '%s'", i,
                              problem.reason, cases[i].reason);
                ck_assert_msg(!document.id && document.n_kernels == 0, "row %zu was half used", i);
        }
}
END_TEST

START_TEST(what_is_not_read_may_hold_anything) {
        static const char *const cases[] = {
                DOCUMENT(GOOD_HEAD ",\"title\":7,\"category\":[],\"publisher\":null,\"lang\":{"
                                   "\"x\":1,\"x\":2}",
                         RELATION(CORE, BASE), CVE("CVE-2024-36971", "Important", ID(CORE))),
                DOCUMENT(GOOD_HEAD, RELATION(CORE, BASE),
                         "{\"cve\":\"CVE-2024-36971\",\"cwe\":7,\"scores\":{},\"n\":"
                         "1234567890123456789012345678901,"
                         "\"product_status\":{\"known_not_affected\":7,\"fixed\":[" ID(CORE) "]}}"),
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                ck_assert_msg(read_text(cases[i]) == 0, "row %zu: %s: %s", i, problem.place,
                              problem.reason);
}
END_TEST

START_TEST(only_what_a_cve_lists_as_fixed_counts_for_it) {
        static const char text[] = DOCUMENT(
                        GOOD_HEAD,
                        RELATION(CORE, BASE) "," RELATION("bpftool-0:7.3.0-1.el9.x86_64", BASE),
                        CVE("CVE-2024-3333", "Low", ID(CORE)) "," CVE("CVE-2024-2222", "Critical", ID("bpftool-0:7.3.0-1.el9.x86_64")) "," CVE(
                                        "CVE-2024-1111", "None",
                                        ID(CORE) "," ID(CORE)) "," CVE("CVE-2024-3333", "Moderate",
                                                                       ID(CORE)));

        ck_assert_msg(read_text(text) == 0, "%s: %s", problem.place, problem.reason);
        ck_assert_uint_eq(document.kernels[0].n_cves, 2);
        ck_assert_str_eq(document.kernels[0].cves[0].id, "CVE-2024-1111");
        ck_assert_int_eq(document.kernels[0].cves[0].severity, SEVERITY_UNKNOWN);
        ck_assert_str_eq(document.kernels[0].cves[1].id, "CVE-2024-3333");
        ck_assert_int_eq(document.kernels[0].cves[1].severity, SEVERITY_MODERATE);
}
END_TEST

static void hold_kernel(const char *arch, ChannelSet channels, const char *cves) {
        char text[200];

        for (size_t i = 0; i < document.n_kernels; i++) {
                KernelFact *kernel = &document.kernels[i];

                text[0] = '\0';
                text_list_sort(&kernel->arch);
                for (size_t j = 0; j < kernel->arch.n_items; j++)
                        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
                                 j > 0 ? " " : "", kernel->arch.items[j]);
                if (strcmp(text, arch) != 0 || kernel->channels != channels)
                        continue;
                text[0] = '\0';
                for (size_t j = 0; j < kernel->n_cves; j++)
                        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
                                 j > 0 ? " " : "", kernel->cves[j].id);
                ck_assert_str_eq(text, cves);
                return;
        }
        ck_abort_msg("no kernel for %s in %x among %zu", arch, channels, document.n_kernels);
}

START_TEST(a_cve_counts_only_where_it_is_listed) {
#define BUILD(arch) "kernel-core-0:5.14.0-427.31.1.el9_4." arch
#define AUS "BaseOS-9.4.0.Z.AUS"
#define ON(product, arch) "\"" product ":" BUILD(arch) "\""
#define EVERYWHERE \
        ON(BASE, "x86_64") "," ON(BASE, "aarch64") "," ON(BASE, "s390x") "," ON(AUS, "x86_64")
#define TREE                                                              \
        RELATION(BUILD("x86_64"), BASE)                                   \
        "," RELATION(BUILD("aarch64"), BASE) "," RELATION(BUILD("s390x"), \
                                                          BASE) "," RELATION(BUILD("x86_64"), AUS)
#define OF_TREE(vulnerabilities) DOCUMENT(GOOD_HEAD, TREE, vulnerabilities)
        static const char one[] = OF_TREE(CVE("CVE-2024-1111", "Low", EVERYWHERE));
        static const char three[] = OF_TREE(CVE("CVE-2024-1111", "Low", EVERYWHERE) "," CVE(
                        "CVE-2024-2222", "Low", ON(BASE, "s390x")) "," CVE("CVE-2024-3333", "Low",
                                                                           ON(AUS, "x86_64")));
        const ChannelSet main_eus = 1u << CHANNEL_MAIN | 1u << CHANNEL_EUS, aus = 1u << CHANNEL_AUS;

        /* Each everywhere: one record. */
        ck_assert_int_eq(read_text(one), 0);
        ck_assert_uint_eq(document.n_kernels, 1);
        hold_kernel("aarch64 s390x x86_64", main_eus | aus, "CVE-2024-1111");

        /* One everywhere, one on s390x alone, one in AUS alone. */
        ck_assert_int_eq(read_text(three), 0);
        ck_assert_uint_eq(document.n_kernels, 3);
        hold_kernel("aarch64 x86_64", main_eus, "CVE-2024-1111");
        hold_kernel("s390x", main_eus, "CVE-2024-1111 CVE-2024-2222");
        hold_kernel("x86_64", aus, "CVE-2024-1111 CVE-2024-3333");

        /* Where it is listed nowhere it was not released. */
        ck_assert_int_eq(read_text(OF_TREE(CVE("CVE-2024-1111", "Low", ON(BASE, "s390x")))), 0);
        ck_assert_uint_eq(document.n_kernels, 1);
        hold_kernel("s390x", main_eus, "CVE-2024-1111");
}
END_TEST

START_TEST(severity_is_the_advisorys_else_its_highest_cves) {
#define SEVERITY(head, impact)                                                           \
        DOCUMENT(HEAD("RHSA-2024:1", "2024-08-15T05:34:56Z") head, RELATION(CORE, BASE), \
                 CVE("CVE-2024-1111", "Low", ID(CORE)) "," CVE("CVE-2024-2222", impact, ID(CORE)))
        static const struct {
                const char *text;
                Severity severity;
        } cases[] = {
                { SEVERITY(",\"aggregate_severity\":{\"text\":\"Important\"}", "Moderate"),
                  SEVERITY_IMPORTANT },
                { SEVERITY(",\"aggregate_severity\":{\"text\":\"important\"}", "Critical"),
                  SEVERITY_IMPORTANT },
                { SEVERITY("", "Moderate"), SEVERITY_MODERATE },
                { SEVERITY(",\"aggregate_severity\":{}", "Moderate"), SEVERITY_MODERATE },
                { SEVERITY(",\"aggregate_severity\":{\"text\":\"Odd\"}", "Moderate"),
                  SEVERITY_MODERATE },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                ck_assert_int_eq(read_text(cases[i].text), 0);
                ck_assert_msg(document.kernels[0].severity == cases[i].severity, "row %zu gave %d",
                              i, document.kernels[0].severity);
        }
}
END_TEST

START_TEST(a_document_without_vulnerabilities_still_releases) {
        ck_assert_int_eq(read_text(DOCUMENT(HEAD("RHBA-2024:1", "2024-08-15T05:34:56Z"),
                                            RELATION(CORE, BASE), "")),
                         0);
        ck_assert_uint_eq(document.n_kernels, 1);
        ck_assert_uint_eq(document.kernels[0].n_cves, 0);
        ck_assert_int_eq(document.kernels[0].severity, SEVERITY_UNKNOWN);
        ck_assert_int_eq(read_text("{\"document\":{" GOOD_HEAD
                                   "},\"product_tree\":{\"relationships\":[" RELATION(CORE,
                                                                                      BASE) "]}}"),
                         0);
}
END_TEST

START_TEST(streams_and_channels_of_one_advisory_are_told_apart) {
#define FIXED(component, product) "\"" product ":" component "\""
#define TWO(one, two)                                                    \
        DOCUMENT(GOOD_HEAD, RELATION(CORE, one) "," RELATION(CORE, two), \
                 CVE("CVE-2024-1111", "Low", FIXED(CORE, one) "," FIXED(CORE, two)))
        /* Several channels of one minor are one record. */
        ck_assert_int_eq(read_text(TWO("BaseOS-8.6.0.Z.AUS", "BaseOS-8.6.0.Z.TUS")), 0);
        ck_assert_uint_eq(document.n_kernels, 1);
        ck_assert_uint_eq(document.kernels[0].channels, 1u << CHANNEL_AUS | 1u << CHANNEL_TUS);
        ck_assert_uint_eq(document.kernels[0].n_cves, 1);

        /* One product without a known channel: what the others say would be half the truth. */
        ck_assert_int_eq(read_text(TWO("BaseOS-8.6.0.Z.AUS", "BaseOS-8.6.0.Z.ODD")), 0);
        ck_assert_uint_eq(document.kernels[0].channels, 0);

        /* Two minors are two records. */
        ck_assert_int_eq(read_text(TWO("BaseOS-9.4.0.Z.EUS", "BaseOS-9.5.0.Z.MAIN")), 0);
        ck_assert_uint_eq(document.n_kernels, 2);
        ck_assert_str_eq(document.kernels[0].stream, "rhel-9.4");
        ck_assert_str_eq(document.kernels[1].stream, "rhel-9.5");

        /* Without a minor in the id the kernel's dist tag tells. */
        ck_assert_int_eq(read_text(TWO("BaseOS-9", "AppStream-9")), 0);
        ck_assert_uint_eq(document.n_kernels, 1);
        ck_assert_str_eq(document.kernels[0].stream, "rhel-9.4");
}
END_TEST

START_TEST(the_kernel_of_rhel_7_is_plain_kernel) {
#define OLD "kernel-0:3.10.0-1160.118.1.el7.x86_64"
        ck_assert_int_eq(read_text(DOCUMENT(
                                         GOOD_HEAD, RELATION(OLD, "7Server-7.9.Z"),
                                         CVE("CVE-2024-1111", "Low", FIXED(OLD, "7Server-7.9.Z")))),
                         0);
        ck_assert_uint_eq(document.n_kernels, 1);
        ck_assert_str_eq(document.kernels[0].release, "3.10.0-1160.118.1.el7");
        ck_assert_str_eq(document.kernels[0].stream, "rhel-7.9");
        ck_assert_uint_eq(document.kernels[0].channels, 1u << CHANNEL_MAIN);
}
END_TEST

START_TEST(relationships_that_lean_on_others_are_followed) {
        ck_assert_int_eq(read_text(DOCUMENT(GOOD_HEAD,
                                            PAIR("inner", CORE, BASE) "," PAIR("outer", "inner",
                                                                               "inner"),
                                            CVE("CVE-2024-1111", "Low", "\"outer\""))),
                         0);
        ck_assert_uint_eq(document.n_kernels, 1);
        ck_assert_str_eq(document.kernels[0].cves[0].id, "CVE-2024-1111");
}
END_TEST

START_TEST(a_live_patch_knows_its_base_only_where_it_is_certain) {
#define NOTE(text) GOOD_HEAD ",\"notes\":[{\"category\":\"general\",\"text\":\"" text "\"}]"
#define PATCHED(head, component, product)            \
        DOCUMENT(head, RELATION(component, product), \
                 CVE("CVE-2024-1111", "Low", FIXED(component, product)))
#define KPATCH8 "kpatch-patch-4_18_0-372_9_1-0:1-3.el8_6.x86_64"
        static const struct {
                const char *text, *package, *version, *base;
        } cases[] = {
                { PATCHED(GOOD_HEAD, KPATCH, BASE), "kpatch-patch-5_14_0-427_13_1", "1-2",
                  "5.14.0-427.13.1.el9_4" },
                { PATCHED(GOOD_HEAD, KPATCH8, "BaseOS-8.6.0.Z.E4S"), "kpatch-patch-4_18_0-372_9_1",
                  "1-3", NULL },
                { PATCHED(NOTE("This is targeted for kernel-4.18.0-372.9.1.el8."), KPATCH8,
                          "BaseOS-8.6.0.Z.E4S"),
                  "kpatch-patch-4_18_0-372_9_1", "1-3", "4.18.0-372.9.1.el8" },
                { PATCHED(NOTE("targeted for kernel-4.18.0-372.13.1.el8_6, targeted for "
                               "kernel-4.18.0-372.9.1.el8.x86_64."),
                          KPATCH8, "BaseOS-8.6.0.Z.E4S"),
                  "kpatch-patch-4_18_0-372_9_1", "1-3", "4.18.0-372.9.1.el8" },
                { PATCHED(NOTE("targeted for kernel-4.18.0-372.9.10.el8_6."), KPATCH8,
                          "BaseOS-8.6.0.Z.E4S"),
                  "kpatch-patch-4_18_0-372_9_1", "1-3", NULL },
                { PATCHED(NOTE("targeted for kernel-"), KPATCH8, "BaseOS-8.6.0.Z.E4S"),
                  "kpatch-patch-4_18_0-372_9_1", "1-3", NULL },
                { PATCHED(GOOD_HEAD, "kpatch-patch-3_10_0-1062_1_1-0:1-4.el7.x86_64",
                          "7Server-7.7.Z"),
                  "kpatch-patch-3_10_0-1062_1_1", "1-4", "3.10.0-1062.1.1.el7" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                ck_assert_msg(read_text(cases[i].text) == 0, "row %zu: %s: %s", i, problem.place,
                              problem.reason);
                ck_assert_uint_eq(document.n_patches, 1);
                ck_assert_str_eq(document.patches[0].package, cases[i].package);
                ck_assert_str_eq(document.patches[0].version, cases[i].version);
                ck_assert_msg(text_equal(document.patches[0].base, cases[i].base),
                              "row %zu gave %s", i, document.patches[0].base ?: "none");
        }
}
END_TEST

START_TEST(one_advisory_patches_several_bases) {
#define OTHER "kpatch-patch-5_14_0-427_31_1-0:1-1.el9_4.x86_64"
#define DEBUG "kpatch-patch-5_14_0-427_31_1-debuginfo-0:1-1.el9_4.x86_64"
        ck_assert_int_eq(
                        read_text(DOCUMENT(GOOD_HEAD,
                                           RELATION(KPATCH, BASE) "," RELATION(
                                                           OTHER, BASE) "," RELATION(DEBUG, BASE),
                                           CVE("CVE-2024-1111", "Low",
                                               ID(KPATCH) "," ID(OTHER) "," ID(
                                                               DEBUG)) "," CVE("CVE-2024-2222",
                                                                               "Low", ID(KPATCH)))),
                        0);
        ck_assert_uint_eq(document.n_patches, 2);
        ck_assert_str_eq(document.patches[0].base, "5.14.0-427.13.1.el9_4");
        ck_assert_uint_eq(document.patches[0].n_cves, 2);
        ck_assert_str_eq(document.patches[1].base, "5.14.0-427.31.1.el9_4");
        ck_assert_uint_eq(document.patches[1].n_cves, 1);
}
END_TEST

START_TEST(a_document_cut_anywhere_is_refused) {
        static const char *const texts[] = {
                GOOD,
                "{\"document\":{\"title\":\"nothing of ours\",\"notes\":[{},[7,\"}\"]]}}",
        };

        for (size_t i = 0; i < ELEMENTS(texts); i++)
                for (size_t n = 0; n < strlen(texts[i]); n++) {
                        int r = read_n(texts[i], n);

                        ck_assert_msg(r == CSAF_DOCUMENT_E_REFUSED, "%zu: %zu bytes gave %d", i, n,
                                      r);
                }
}
END_TEST

START_TEST(what_is_no_json_at_all_is_refused) {
        static const char *const cases[] = {
                "", "{} {}", "{}}", "\xEF\xBB\xBF{}", "<html>", "[1, 2"
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                ck_assert_msg(read_text(cases[i]) == CSAF_DOCUMENT_E_REFUSED, "'%s'", cases[i]);
}
END_TEST

START_TEST(names_spelled_with_escapes_are_names) {
        char text[] = GOOD, spelled[sizeof(text) * 2], *to = spelled;

        for (const char *at = text; *at != '\0'; at++) {
                if (strncmp(at, "-core-", 6) == 0) {
                        to = stpcpy(to, "\\u002dcore\\u002D");
                        at += 5;
                        continue;
                }
                *to++ = *at;
        }
        *to = '\0';
        ck_assert_msg(read_text(spelled) == 0, "%s: %s", problem.place, problem.reason);
        ck_assert_uint_eq(document.n_kernels, 1);
}
END_TEST

#define FLAT_DOCUMENT(product, component)                 \
        DOCUMENT(GOOD_HEAD, RELATION(component, product), \
                 CVE("CVE-2024-36971", "Important", "\"" product ":" component "\""))

START_TEST(the_flat_form_names_kernels_by_their_source) {
        static const struct {
                const char *text, *stream;
                ChannelSet channels;
        } cases[] = {
                { FLAT_DOCUMENT("rhel-9.4.0.z.eus", "kernel-0:5.14.0-427.61.1.el9_4"), "rhel-9.4",
                  1u << CHANNEL_EUS },
                { FLAT_DOCUMENT("rhel-9.7.z::appstream", "kernel-0:5.14.0-611.5.1.el9_7"),
                  "rhel-9.7", 0 },
                { FLAT_DOCUMENT("rhel-9.4.0.z.main.eus::baseos", "kernel-0:5.14.0-427.61.1.el9_4"),
                  "rhel-9.4", 1u << CHANNEL_MAIN | 1u << CHANNEL_EUS },
                { FLAT_DOCUMENT("rhel-9", "kernel-core-0:5.14.0-427.61.1.el9_4.x86_64"), "rhel-9.4",
                  0 },
                { FLAT_DOCUMENT("rhel-7.9.z", "kernel-0:3.10.0-1160.el7.x86_64"), "rhel-7.9", 0 },
                { FLAT_DOCUMENT("rhel-9.7.z::nfv", "kernel-0:5.14.0-611.5.1.el9_7"), NULL, 0 },
                { FLAT_DOCUMENT("rhel-9.7.z", "kernel-0:5.14.0-611.5.1.el9_7.x86_64"), NULL, 0 },
                { FLAT_DOCUMENT("rhel-9.7.z", "kernel-rt-0:5.14.0-611.5.1.el9_7"), NULL, 0 },
                { FLAT_DOCUMENT("rhel-x", "kernel-0:5.14.0-611.5.1.el9_7"), NULL, 0 },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                int r = read_text(cases[i].text);

                ck_assert_msg(r == (cases[i].stream ? 0 : CSAF_DOCUMENT_E_NOISE),
                              "row %zu gave %d: %s: %s", i, r, problem.place, problem.reason);
                ck_assert_uint_eq(document.n_kernels, cases[i].stream ? 1 : 0);
                if (!cases[i].stream)
                        continue;
                ck_assert_str_eq(document.kernels[0].stream, cases[i].stream);
                ck_assert_uint_eq(document.kernels[0].channels, cases[i].channels);
                ck_assert_uint_eq(document.kernels[0].n_cves, 1);
        }
}
END_TEST

START_TEST(a_source_and_its_core_are_one_kernel) {
        static const char text[] = DOCUMENT(
                        GOOD_HEAD,
                        RELATION("kernel-0:5.14.0-611.5.1.el9_7", "rhel-9.7.z") "," RELATION(
                                        "kernel-core-0:5.14.0-611.5.1.el9_7.x86_64", "rhel-9.7.z"),
                        CVE("CVE-2024-1111", "Low",
                            "\"rhel-9.7.z:kernel-0:5.14.0-611.5.1.el9_7\""));

        ck_assert_msg(read_text(text) == 0, "%s: %s", problem.place, problem.reason);
        ck_assert_uint_eq(document.n_kernels, 1);
        ck_assert_uint_eq(document.kernels[0].arch.n_items, 1);
}
END_TEST

START_TEST(a_withdrawn_document_is_an_id_without_records) {
#define WITHDRAWN(more) "{\"document\":{\"tracking\":{\"status\":\"deleted\"" more "}}}"
        ck_assert_int_eq(read_text(WITHDRAWN(",\"id\":\"RHSA-2024:5363\"")), 0);
        ck_assert_str_eq(document.id, "RHSA-2024:5363");
        ck_assert_uint_eq(document.n_kernels + document.n_patches, 0);
        ck_assert(document.revised == INT64_MAX);
        ck_assert(document.released == UTC_TIME_NONE);
        ck_assert_int_eq(read_text(WITHDRAWN(",\"id\":\"RHSA-2024:5363\",\"current_release_date\":"
                                             "\"1970-01-01T00:00:01Z\"")),
                         0);
        ck_assert_int_eq(document.revised, 1000000);

        ck_assert_int_eq(read_text(WITHDRAWN(",\"id\":\"CVE-2024-1\"")), CSAF_DOCUMENT_E_NOISE);
        ck_assert_int_eq(read_text(WITHDRAWN("")), CSAF_DOCUMENT_E_REFUSED);
        ck_assert_str_eq(problem.place, "document.tracking.id");
        ck_assert_int_eq(read_text(WITHDRAWN(",\"id\":7")), CSAF_DOCUMENT_E_REFUSED);
        ck_assert_int_eq(read_text("{\"document\":{\"title\":\"deleted\"}}"),
                         CSAF_DOCUMENT_E_NOISE);
}
END_TEST

/* Each a package of its own, in one advisory. */
static double time_of_packages(int n) {
        struct timespec before, after;
        size_t n_bytes;
        char *text;
        FILE *out = open_memstream(&text, &n_bytes);

        ck_assert_ptr_nonnull(out);
        fputs("{\"document\":{" GOOD_HEAD "},\"product_tree\":{\"relationships\":[", out);
        for (int i = 0; i < n; i++)
                fprintf(out, "%s" RELATION("kpatch-patch-5_14_0-%d_1-0:1-2.el9_4.x86_64", BASE),
                        i == 0 ? "" : ",", i, i);
        fputs("]},\"vulnerabilities\":[]}", out);
        fclose(out);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
        ck_assert_msg(read_n(text, n_bytes) == 0, "%s: %s", problem.place, problem.reason);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
        ck_assert_uint_eq(document.n_patches, (size_t) n);
        free(text);
        return (double) (after.tv_sec - before.tv_sec) +
               (double) (after.tv_nsec - before.tv_nsec) / 1e9;
}

START_TEST(ten_times_the_packages_take_ten_times_as_long) {
        double few, many;

        if (getenv("KLPWATCH_TEST_EVERY"))
                return; /* valgrind takes its own share of the time */
        few = time_of_packages(2000);
        many = time_of_packages(20000);
        ck_assert_msg(many < 30 * few, "%.3f s for 2,000 and %.3f s for 20,000", few, many);
}
END_TEST

UNIT_TEST(ten_times_the_packages_take_ten_times_as_long, a_kernel_advisory_is_read,
          a_cve_counts_only_where_it_is_listed, products_tell_minor_and_channels,
          components_are_taken_by_their_exact_names, noise_is_passed_over_whatever_is_wrong_with_it,
          noise_tells_its_date_where_it_is_easily_seen,
          what_is_wrong_with_a_kernel_advisory_refuses_it, what_is_not_read_may_hold_anything,
          only_what_a_cve_lists_as_fixed_counts_for_it,
          severity_is_the_advisorys_else_its_highest_cves,
          a_document_without_vulnerabilities_still_releases,
          streams_and_channels_of_one_advisory_are_told_apart, the_kernel_of_rhel_7_is_plain_kernel,
          relationships_that_lean_on_others_are_followed,
          a_live_patch_knows_its_base_only_where_it_is_certain, one_advisory_patches_several_bases,
          a_document_cut_anywhere_is_refused, what_is_no_json_at_all_is_refused,
          names_spelled_with_escapes_are_names, the_flat_form_names_kernels_by_their_source,
          a_source_and_its_core_are_one_kernel, a_withdrawn_document_is_an_id_without_records)
