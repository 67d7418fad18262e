/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Names of documents. Inside an archive the name is all that tells a document from whatever else
 * there may be, so it is held against the vendors' forms from its first byte to its last: no other
 * folder, no `..`, no leading slash. CSAF says how a name comes of an id (section 5.1): in lower
 * case, and each run of other characters than letters, digits, '+' and '-' as one '_'. It refuses to
 * mend a name.
 */

#include <string.h>

#include "base/text.h"
#include "digest/document-name.h"

#define SUFFIX ".json"
#define DIGITS "0123456789"

/* `2024/rhsa-2024_5363.json`: the folder is the year of the id. */
static bool is_redhat(const char *name) {
        static const char *const kinds[] = { "rhsa-", "rhba-", "rhea-" };
        const char *file = name + 5;
        size_t n;

        if (strspn(name, DIGITS) != 4 || name[4] != '/')
                return false;
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
                if (!text_starts_with(file, kinds[i]) || strncmp(file + 5, name, 4) != 0 ||
                    file[9] != '_')
                        continue;
                n = strspn(file + 10, DIGITS);
                return n > 0 && n <= 9 && strcmp(file + 10 + n, SUFFIX) == 0;
        }
        return false;
}

/* `csaf/` and a normalised name, or such a name that begins like SUSE's. */
static bool is_suse(const char *name) {
        static const char folder[] = "csaf/";
        size_t n;

        if (text_starts_with(name, folder))
                name += strlen(folder);
        else if (!text_starts_with(name, "suse-") && !text_starts_with(name, "opensuse-"))
                return false;
        n = strspn(name, DIGITS "abcdefghijklmnopqrstuvwxyz+-_");
        return n > 0 && n <= 200 && strcmp(name + n, SUFFIX) == 0;
}

bool document_name_is_member(const char *name) {
        return is_redhat(name) || is_suse(name);
}

static char lowered(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
}

static bool is_kept(char c) {
        return c == '+' || c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool document_name_is_of(const char *name, const char *id) {
        const char *slash = strrchr(name, '/');

        if (slash)
                name = slash + 1;
        while (*id != '\0') {
                if (is_kept(lowered(*id))) {
                        if (*name++ != lowered(*id++))
                                return false;
                        continue;
                }
                if (*name++ != '_')
                        return false;
                while (*id != '\0' && !is_kept(lowered(*id)))
                        id++;
        }
        return strcmp(name, SUFFIX) == 0;
}
