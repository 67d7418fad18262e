/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The book of alerts over a restart: `STATE/alerts`. What is to be told is stored with it before it is told and once
 * more after it, so that a crash in between repeats one announcement and loses none.
 */

#include "core/alert.h"

typedef struct AlertStore AlertStore;

enum {
        ALERT_STORE_E_REFUSED =
                        1, /* the file system, or what is stored, said no; the message says what and why */
};

/* Opens the folder `path`, which is there. On refusal `ret_message` is in `pool`. */
int alert_store_open(const char *path, MemoryPool *pool, AlertStore **ret,
                     const char **ret_message);
AlertStore *alert_store_free(AlertStore *store);
DEFINE_CLEANUP(AlertStore, alert_store_free);

/*
 * Reads the book into `pool`; an empty one when there is none. What cannot be read, or is of a newer version, is set
 * aside as alerts.corrupt or alerts.newer; if that does not work it is left, and nothing is written over it. Then
 * `ret_message` tells it, and is NULL otherwise. 0 or -ENOMEM.
 */
int alert_store_load(AlertStore *store, MemoryPool *pool, AlertBook *ret, const char **ret_message);

/* Replaces what is stored, unless it is the same. 0, ALERT_STORE_E_REFUSED or -ENOMEM. */
int alert_store_save(AlertStore *store, const AlertBook *book, MemoryPool *pool,
                     const char **ret_message);
