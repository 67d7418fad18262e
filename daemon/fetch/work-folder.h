/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where downloads are put: a folder of one feed's own, kept between attempts or for one attempt.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/memory-pool.h"

enum {
        WORK_FOLDER_E_REFUSED = 1, /* the problem says why */
};

typedef struct WorkFolder WorkFolder;

/*
 * `feed`'s folder below the folder `cache`, which no other attempt uses meanwhile; with `cache` NULL a
 * temporary one. `ret_problem` is in `pool`. 0, WORK_FOLDER_E_REFUSED or -ENOMEM.
 */
int work_folder_new(const char *cache, const char *feed, MemoryPool *pool, WorkFolder **ret,
                    const char **ret_problem);

/* Removes what is temporary. */
WorkFolder *work_folder_free(WorkFolder *folder);
DEFINE_CLEANUP(WorkFolder, work_folder_free);

int work_folder_fd(const WorkFolder *folder);

/*
 * How many bytes more may be put there: all feeds together keep 3 GiB at most, and a tenth of the disk stays free.
 * `ret_limit` says which of the two it is.
 */
uint64_t work_folder_room(const WorkFolder *folder, const char **ret_limit);

/* True where nothing of it stays. */
bool work_folder_is_temporary(const WorkFolder *folder);

/* Opens, and makes where it is not there, the folder `name` in `folder_fd`. A descriptor, or -1 with errno. */
int work_folder_open_inner(int folder_fd, const char *name);

/* The entries of a folder, to be closed with closedir(); NULL with errno. */
DIR *work_folder_list(int folder_fd);

/* Removes everything in a folder but the names in `kept`; what cannot be removed stays. */
void work_folder_empty(int folder_fd, const TextList *kept);
