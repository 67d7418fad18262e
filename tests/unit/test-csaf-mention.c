/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "base/cleanup.h"
#include "digest/csaf-mention.h"
#include "unit-test.h"

START_TEST(a_product_and_a_component_that_fit_concern_us) {
        static const struct {
                const char *text;
                bool concerns;
        } cases[] = {
                { "{\"product_tree\":[\"BaseOS-9.4.0.GA\",{\"x\":\"kernel-core-0:5.14.0-1.el9\"}]}",
                  true },
                { "{\"vulnerabilities\":[\"BaseOS-9.4.0.GA:kpatch-patch-5_14_0-1-0:1-1.el9\"]}",
                  true },
                { "{\"product_tree\":[\"7Server-7.9.Z\",\"kernel-0:3.10.0-1160.el7\"]}", true },
                { "{\"product_tree\":[\"rhel-9.7.z\",\"kernel-0:5.14.0-1.el9\"]}", true },
                { "{\"product_tree\":[\"SUSE Linux Enterprise Server 12 SP5\","
                  "\"kernel-default-4.12.14-122.179.1\"]}",
                  true },
                { "{\"product_tree\":[\"SUSE Linux Enterprise Live Patching 12 SP5:"
                  "kgraft-patch-3_12_51-60_25-default-3-2.1\"]}",
                  true },
                { "{\"document\":[\"BaseOS-9.4.0.GA\",\"kernel-core-0:5.14.0-1.el9\"]}", false },
                { "{\"product_tree\":[\"BaseOS-9.4.0.GA\",\"kernel-0:5.14.0-1.el9\"]}", false },
                { "{\"product_tree\":[\"BaseOS-9.4.0.GA\","
                  "\"kernel-default-4.12.14-122.179.1\"]}",
                  false },
                { "{\"product_tree\":[\"SUSE Linux Enterprise Server 12 SP5\","
                  "\"kernel-core-0:5.14.0-1.el9\"]}",
                  false },
                { "{\"product_tree\":[\"kernel-core-0:5.14.0-1.el9\",7,null,{}]}", false },
                { "{}", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                JsonProblem problem;
                JsonText *text = NULL;
                JsonValue root;

                ck_assert_int_eq(json_text_new(&text, cases[i].text, strlen(cases[i].text), 64,
                                               &problem),
                                 0);
                ck_assert(json_root(text, JSON_OBJECT, &root));
                ck_assert_msg(csaf_mention_concerns_us(&root) == cases[i].concerns, "%s",
                              cases[i].text);
                json_text_free(text);
        }
}
END_TEST

UNIT_TEST(a_product_and_a_component_that_fit_concern_us)
