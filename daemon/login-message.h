/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The message that greets whoever logs in: run/klpwatch/motd, to which a link in the vendor's motd.d leads.
 */

#include "host/host-root.h"

typedef struct LoginMessage LoginMessage;

/* `root` is borrowed. 0 or -ENOMEM. */
int login_message_new(const HostRoot *root, LoginMessage **ret);
LoginMessage *login_message_free(LoginMessage *message);
DEFINE_CLEANUP(LoginMessage, login_message_free);

/*
 * Puts `text` in the place of what is there; NULL takes the file away. What is there already is not written
 * again; what could not be is tried again each time. 0, 1 when it could not be done (errno says why), or -ENOMEM.
 */
int login_message_put(LoginMessage *message, const char *text);
