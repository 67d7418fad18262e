/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The login message. Login programs show the file as it is, so it is there only while it is true: it goes
 * when nothing is to be done, and with the daemon, because nobody would keep it true then.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic-file.h"
#include "base/error.h"
#include "base/text.h"
#include "login-message.h"

#define FOLDER "run/klpwatch"
#define NAME "motd"

struct LoginMessage {
        const HostRoot *root;
        bool known; /* what is in the file, or that there is none */
        char *text;
};

int login_message_new(const HostRoot *root, LoginMessage **ret) {
        LoginMessage *message;

        message = calloc(1, sizeof(*message));
        if (!message)
                return error_origin(-ENOMEM);
        message->root = root;

        *ret = message;
        return 0;
}

LoginMessage *login_message_free(LoginMessage *message) {
        if (!message)
                return NULL;

        free(message->text);
        free(message);
        return NULL;
}

static int replace(const LoginMessage *message, const char *text) {
        _cleanup_close_ int folder = -1;
        int r;

        r = host_root_open(message->root, FOLDER, O_DIRECTORY, &folder);
        if (r < 0)
                return error_trace(r);
        if (r)
                return r == HOST_ROOT_E_MISSING && !text ? 0 : 1;
        if (text)
                return atomic_file_write_volatile(folder, NAME, text, strlen(text), 0644) == 0 ? 0
                                                                                               : 1;
        return unlinkat(folder, NAME, 0) == 0 || errno == ENOENT ? 0 : 1;
}

int login_message_put(LoginMessage *message, const char *text) {
        char *copy = NULL;
        int r;

        if (message->known && text_equal(message->text, text))
                return 0;
        if (text) {
                copy = strdup(text);
                if (!copy)
                        return error_origin(-ENOMEM);
        }
        free(message->text);
        message->text = copy;
        r = replace(message, text);
        message->known = r == 0; /* what failed is tried again, even with the same text */
        return r < 0 ? error_trace(r) : r;
}
