/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The kernel's words. Anybody may write to /dev/kmsg, but only the kernel's own records have facility
 * 0, and only texts that are exactly known count: a patch may print what it likes.
 */

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/kernel-messages.h"

#define PREFIX "livepatch: "
#define MAX_KERNEL_PRIORITY 7

/* `@` stands for the name of a patch, `%` for that of an object or module. */
static const struct {
        KernelMessageKind kind;
        const char *text;
} forms[] = {
        { KERNEL_MESSAGE_ENABLING, "enabling patch '@'" },
        { KERNEL_MESSAGE_PATCHING, "'@': starting patching transition" },
        { KERNEL_MESSAGE_UNPATCHING, "'@': starting unpatching transition" },
        { KERNEL_MESSAGE_PATCHED, "'@': patching complete" },
        { KERNEL_MESSAGE_UNPATCHED, "'@': unpatching complete" },
        { KERNEL_MESSAGE_SIGNALING, "signaling remaining tasks" },
        { KERNEL_MESSAGE_FORCING, "forcing remaining tasks to the patched state" },
        { KERNEL_MESSAGE_ENABLE_FAILED, "failed to enable patch '@'" },
        { KERNEL_MESSAGE_OBJECT_FAILED, "failed to patch object '%'" },
        { KERNEL_MESSAGE_CALLBACK_FAILED, "pre-patch callback failed for object '%'" },
        { KERNEL_MESSAGE_NOT_COMPATIBLE,
          "Livepatch patch (@) is not compatible with the already installed livepatches." },
        { KERNEL_MESSAGE_MODULE_REFUSED,
          "patch '@' failed for module '%', refusing to load module '%'" },
};

const char *kernel_message_kind_to_text(KernelMessageKind kind) {
        static const char *const words[_KERNEL_MESSAGE_MAX] = {
                [KERNEL_MESSAGE_ENABLING] = "enabling",
                [KERNEL_MESSAGE_PATCHING] = "patching",
                [KERNEL_MESSAGE_UNPATCHING] = "unpatching",
                [KERNEL_MESSAGE_PATCHED] = "patched",
                [KERNEL_MESSAGE_UNPATCHED] = "unpatched",
                [KERNEL_MESSAGE_SIGNALING] = "signaling",
                [KERNEL_MESSAGE_FORCING] = "forcing",
                [KERNEL_MESSAGE_ENABLE_FAILED] = "enable-failed",
                [KERNEL_MESSAGE_OBJECT_FAILED] = "object-failed",
                [KERNEL_MESSAGE_CALLBACK_FAILED] = "callback-failed",
                [KERNEL_MESSAGE_NOT_COMPATIBLE] = "not-compatible",
                [KERNEL_MESSAGE_MODULE_REFUSED] = "module-refused",
        };

        return words[kind];
}

static bool is_name_byte(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
}

/* Takes the name at `text` into `ret`; how long it is, 0 for none or one that is too long. */
static size_t take_name(const char *text, char ret[static KERNEL_MESSAGE_NAME_BYTES]) {
        size_t n = 0;

        while (is_name_byte(text[n]))
                n++;
        if (n == 0 || n >= KERNEL_MESSAGE_NAME_BYTES)
                return 0;
        memcpy(ret, text, n);
        ret[n] = '\0';
        return n;
}

static bool matches(const char *form, const char *text, KernelMessage *ret) {
        for (; *form != '\0'; form++) {
                size_t n = 1;

                if (*form == '@' || *form == '%')
                        n = take_name(text, *form == '@' ? ret->name : ret->object);
                else if (*text != *form)
                        return false;
                if (n == 0)
                        return false;
                text += n;
        }
        return *text == '\0';
}

/* The text of a record of the kernel's own, up to its first line's end, in `ret`; false for another one. */
static bool take_text(const char *record, size_t n_bytes, char *ret, size_t n_ret) {
        const char *semicolon = memchr(record, ';', n_bytes), *text, *end;
        unsigned priority = 0;
        size_t n = 0;

        while (n < n_bytes && record[n] >= '0' && record[n] <= '9' && n < 4)
                priority = priority * 10 + (unsigned) (record[n++] - '0');
        if (!semicolon || n == 0 || n == n_bytes || record[n] != ',' ||
            priority > MAX_KERNEL_PRIORITY)
                return false;

        text = semicolon + 1;
        n = n_bytes - (size_t) (text - record);
        end = memchr(text, '\n', n);
        n = end ? (size_t) (end - text) : n;
        if (n >= n_ret || memchr(text, '\0', n))
                return false;
        memcpy(ret, text, n);
        ret[n] = '\0';
        return true;
}

/* The second field of a record's head; 0 when it is no number. */
static uint64_t take_number(const char *record, size_t n_bytes) {
        const char *comma = memchr(record, ',', n_bytes);
        uint64_t number = 0;

        for (const char *at = comma ? comma + 1 : NULL;
             at && at < record + n_bytes && *at >= '0' && *at <= '9'; at++)
                number = number * 10 + (uint64_t) (*at - '0');
        return number;
}

void kernel_message_read(const char *record, size_t n_bytes, KernelMessage *ret) {
        char text[512];

        *ret = (KernelMessage){};
        if (!take_text(record, n_bytes, text, sizeof(text)) || !text_starts_with(text, PREFIX))
                return;
        for (size_t i = 0; i < ELEMENTS(forms); i++) {
                KernelMessage message = { .kind = forms[i].kind };

                if (matches(forms[i].text, text + strlen(PREFIX), &message)) {
                        *ret = message;
                        ret->number = take_number(record, n_bytes);
                        return;
                }
        }
}
