/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Links. They are put into the page when it is finished, so that nothing that lays out text needs to
 * know that they have no width. An id is matched as a whole word of a fixed form before a link is made
 * of it: only letters, digits, "-" and ":" ever get into an address, whatever a feed wrote around
 * them. It refuses to guess: an id whose publisher has no certain address stays plain.
 */

#include <string.h>

#include "base/text.h"
#include "ctl/link.h"

#define LINK_BEGIN "\033]8;;"
#define LINK_ADDRESS_END "\033\\"
#define LINK_END LINK_BEGIN LINK_ADDRESS_END

#define COLOUR_BEGIN '\033'
#define COLOUR_END "m"

#define DIGITS "0123456789"
#define YEAR_DIGITS 4
#define NUMBER_DIGITS_MIN 4
#define NUMBER_DIGITS_MAX 10

typedef struct LinkForm {
        const char *prefix; /* of the id, up to the year */
        char mark;          /* between the year and the number */
        const char *vendor; /* NULL: whoever's kernel runs */
        const char *address;
} LinkForm;

/* Where the text goes; with no room yet, only its size is told. */
typedef struct Sink {
        char *bytes;
        size_t n_bytes;
} Sink;

LinkMode link_mode_choose(const char *urlify, const char *term, bool is_terminal) {
        static const char *const yes[] = { "1", "yes", "y", "true", "t", "on" };
        static const char *const no[] = { "0", "no", "n", "false", "f", "off" };

        for (size_t i = 0; urlify && i < ELEMENTS(yes); i++) {
                if (strcasecmp(urlify, yes[i]) == 0)
                        return LINK_MODE_ALWAYS;
                if (strcasecmp(urlify, no[i]) == 0)
                        return LINK_MODE_OFF;
        }
        return is_terminal && term && strcmp(term, "dumb") != 0 ? LINK_MODE_DIRECT : LINK_MODE_OFF;
}

static bool goes_on(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (unsigned char) c >= 0x80 || (c != '\0' && strchr("-_/:=@", c));
}

/* Bytes of the id of this form at the beginning of `text`; 0 when there is none. */
static size_t match(const LinkForm *form, const char *text) {
        const char *rest = text + strlen(form->prefix);
        size_t n_digits;

        if (!text_starts_with(text, form->prefix) || strspn(rest, DIGITS) != YEAR_DIGITS ||
            rest[YEAR_DIGITS] != form->mark)
                return 0;
        rest += YEAR_DIGITS + 1;
        n_digits = strspn(rest, DIGITS);
        if (n_digits < NUMBER_DIGITS_MIN || n_digits > NUMBER_DIGITS_MAX)
                return 0;

        rest += n_digits;
        /* A mark behind it may belong to the sentence; with more of a word behind it, it does not. */
        if (rest[0] == ':' || rest[0] == '.' ? goes_on(rest[1]) : goes_on(rest[0]))
                return 0;
        return (size_t) (rest - text);
}

static const LinkForm *find(const char *vendor, const char *text, size_t *ret_n_bytes) {
        static const LinkForm forms[] = {
                { "CVE-", '-', "redhat", "https://access.redhat.com/security/cve/" },
                { "CVE-", '-', NULL, "https://www.cve.org/CVERecord?id=" },
                { "RHSA-", ':', NULL, "https://access.redhat.com/errata/" },
                { "RHBA-", ':', NULL, "https://access.redhat.com/errata/" },
                { "RHEA-", ':', NULL, "https://access.redhat.com/errata/" },
        };

        for (size_t i = 0; i < ELEMENTS(forms); i++) {
                size_t n_bytes;

                if (forms[i].vendor && (!vendor || strcmp(forms[i].vendor, vendor) != 0))
                        continue;
                n_bytes = match(&forms[i], text);
                if (n_bytes > 0) {
                        *ret_n_bytes = n_bytes;
                        return &forms[i];
                }
        }
        return NULL;
}

static void put(Sink *sink, const char *bytes, size_t n_bytes) {
        if (sink->bytes)
                memcpy(sink->bytes + sink->n_bytes, bytes, n_bytes);
        sink->n_bytes += n_bytes;
}

static void put_link(Sink *sink, const LinkForm *form, const char *id, size_t n_bytes) {
        put(sink, LINK_BEGIN, strlen(LINK_BEGIN));
        put(sink, form->address, strlen(form->address));
        put(sink, id, n_bytes);
        put(sink, LINK_ADDRESS_END, strlen(LINK_ADDRESS_END));
        put(sink, id, n_bytes);
        put(sink, LINK_END, strlen(LINK_END));
}

static void put_text(Sink *sink, const char *vendor, const char *text) {
        bool in_word = false;

        while (*text) {
                size_t n_bytes = 1;
                const LinkForm *form = in_word ? NULL : find(vendor, text, &n_bytes);

                if (form) {
                        put_link(sink, form, text, n_bytes);
                        in_word = true;
                } else {
                        bool colour = *text == COLOUR_BEGIN;

                        if (colour)
                                n_bytes = strcspn(text, COLOUR_END);
                        put(sink, text, n_bytes);
                        in_word = !colour && (goes_on(*text) || *text == '.');
                        if (colour && text[n_bytes] != '\0')
                                put(sink, text + n_bytes++, 1);
                }
                text += n_bytes;
        }
}

const char *link_text(MemoryPool *pool, const char *vendor, const char *text) {
        Sink sink = {};

        put_text(&sink, vendor, text);
        if (sink.n_bytes == strlen(text))
                return text;

        sink = (Sink){ .bytes = memory_pool_alloc(pool, sink.n_bytes + 1) };
        if (!sink.bytes)
                return "";
        put_text(&sink, vendor, text);
        sink.bytes[sink.n_bytes] = '\0';
        return sink.bytes;
}
