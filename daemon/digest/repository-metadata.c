/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Repository metadata. Absence is proven from what this reads, so a repository counts as a whole or
 * not at all, and only packages that the vendor built itself: rebuilds carry the same versions and
 * have no live patches; none that the vendor retracted. One repository holds the kernels of several minors, and only
 * the newest is still looked after there, so the record of the repository speaks of that stream alone.
 *
 * Of the packages' list come names, versions and base kernels; of the advisories, dates and CVEs; of
 * the changelogs, CVEs where no advisory has any, and whose is which where an advisory has those of live
 * patches of several kernels; where nobody tells that, the records say so. It refuses to follow a path out of the folder.
 */

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/kernel-release.h"
#include "digest/repository-changelog.h"
#include "digest/repository-listing.h"
#include "digest/repository-metadata.h"
#include "digest/repository-primary.h"
#include "digest/repository-records.h"
#include "digest/repository-updateinfo.h"

static ChannelSet channels_of_id(const char *id, Channel *ret) {
        static const Channel widest_last[] = { CHANNEL_EUS, CHANNEL_E4S, CHANNEL_AUS, CHANNEL_TUS,
                                               CHANNEL_LTSS };
        static const char *const others[] = { "-beta-", "-htb-", "-els-", "-long-" };
        Channel found = CHANNEL_UNKNOWN;

        *ret = CHANNEL_UNKNOWN;
        /* Channels that nothing is known of: what is in them is offered to nobody here. */
        for (size_t i = 0; i < ELEMENTS(others); i++)
                if (strcasestr(id, others[i]))
                        return 0;
        /* Only an id of the vendor's own form says that nothing in it means main. */
        if (text_starts_with(id, "rhel-") || strstr(id, "SLE-") || strstr(id, "SLES"))
                found = CHANNEL_MAIN;
        for (size_t i = 0; i < ELEMENTS(widest_last); i++) {
                char token[8];

                snprintf(token, sizeof(token), "-%s-", channel_to_text(widest_last[i]));
                if (strcasestr(id, token))
                        found = widest_last[i];
        }
        *ret = found;
        return found == CHANNEL_UNKNOWN ? 0 : 1u << found;
}

/* The kernels of the newest one's stream, and what channel they are in. */
static void add_repository(RepositoryRecords *records, const char *id, Channel channel,
                           UtcTime complete_at) {
        MemoryPool *pool = records->pool;
        const TextList *kernels = &records->kernels;
        const char *newest = NULL;
        RepositoryFact *fact;

        for (size_t i = 0; i < kernels->n_items; i++)
                if (!newest || kernel_release_compare_texts(kernels->items[i], newest) > 0)
                        newest = kernels->items[i];
        fact = memory_pool_append(pool, records->found.repositories, records->found.n_repositories);
        if (!fact)
                return;
        *fact = (RepositoryFact){ .repository = memory_pool_text(pool, id),
                                  .stream = repository_package_stream(pool, newest),
                                  .channel = channel,
                                  .complete_at = complete_at };
        for (size_t i = 0; i < kernels->n_items; i++)
                if (text_equal(repository_package_stream(pool, kernels->items[i]), fact->stream))
                        text_list_add(&fact->kernels, pool, kernels->items[i]);
}

const char *repository_metadata_folder(MemoryPool *pool, const char *path) {
        const char *slash = strrchr(path, '/');

        if (strcmp(slash ? slash + 1 : path, "repomd.xml") != 0)
                return memory_pool_format(pool, "%s%srepodata", path,
                                          text_ends_with(path, "/") ? "" : "/");
        return slash ? memory_pool_text_n(pool, path, (size_t) (slash - path)) : ".";
}

/* Where a listed file lies: beside repomd.xml, and nowhere else, so of its location the last part counts. */
static const char *path_of(MemoryPool *pool, const char *folder, const RepositoryListed *file) {
        const char *slash = strrchr(file->location, '/');

        return memory_pool_format(pool, "%s/%s", folder, slash ? slash + 1 : file->location);
}

/* The listed files, each in the light of those before it. 0, REPOSITORY_FILE_E_*, or a negative errno. */
static int read_listed(const Opener *opener, const char *folder, const RepositoryListing *listing,
                       RepositoryRecords *records, char *reason) {
        const RepositoryListed *primary = &listing->files[REPOSITORY_FILE_PRIMARY],
                               *updateinfo = &listing->files[REPOSITORY_FILE_UPDATEINFO],
                               *other = &listing->files[REPOSITORY_FILE_OTHER];
        MemoryPool *pool = records->pool;
        size_t n_listed;
        int r = 0;

        if (primary->location)
                r = repository_primary_read(opener, path_of(pool, folder, primary),
                                            primary->checksum, records, reason);
        n_listed = records->found.n_patches;
        if (r == 0 && updateinfo->location)
                r = repository_updateinfo_read(opener, path_of(pool, folder, updateinfo),
                                               updateinfo->checksum, listing->complete_at, records,
                                               reason);
        if (r == 0 && other->location) {
                r = repository_changelog_read(opener, path_of(pool, folder, other), other->checksum,
                                              records, reason);
                /* Package managers fetch changelogs only when somebody asks for them; they prove nothing alone. */
                if (r == REPOSITORY_FILE_E_MISSING)
                        r = 0;
        }
        if (r)
                return r < 0 ? error_trace(r) : r;
        repository_records_drop_doubles(records, n_listed);
        repository_records_drop_retracted(records);
        return 0;
}

/* Each record is the repository's word, of the time of its revision. */
static void say_whose(Facts *found, const char *id, UtcTime complete_at) {
        const Word word = { id, complete_at > 0 ? complete_at : 0 };

        for (size_t i = 0; i < found->n_kernels; i++)
                found->kernels[i].word = word;
        for (size_t i = 0; i < found->n_patches; i++)
                found->patches[i].word = word;
        for (size_t i = 0; i < found->n_withdrawn; i++)
                found->withdrawn[i].word = word;
}

#define MOVE(from, to, kind, pool)                                                               \
        for (size_t _i = 0; _i < (from)->n_##kind; _i++) {                                       \
                typeof((to)->kind) _fact = memory_pool_append(pool, (to)->kind, (to)->n_##kind); \
                if (_fact)                                                                       \
                        *_fact = (from)->kind[_i];                                               \
        }

int repository_metadata_read(const Opener *opener, const char *path, const char *id, Facts *facts,
                             RepositoryMetadata *ret,
                             char ret_reason[static REPOSITORY_FILE_REASON_BYTES]) {
        MemoryPool *pool = facts->pool;
        const char *folder = repository_metadata_folder(pool, path);
        RepositoryRecords records = { .pool = pool };
        RepositoryListing listing;
        RepositoryMetadata result;
        Channel channel;
        int r;

        records.channels = channels_of_id(id, &channel);
        r = repository_listing_read(opener, memory_pool_format(pool, "%s/repomd.xml", folder), pool,
                                    &listing, ret_reason);
        if (r == 0)
                r = read_listed(opener, folder, &listing, &records, ret_reason);
        if (r < 0)
                return error_trace(r);
        if (r > 0)
                return REPOSITORY_METADATA_E_REFUSED;
        result = (RepositoryMetadata){ .vendor = records.vendor,
                                       .complete_at = listing.complete_at };
        if (!listing.files[REPOSITORY_FILE_PRIMARY].location)
                text_list_add(&result.notes, pool,
                              "no list of packages (primary) in it: absence cannot be proven");
        else if (result.complete_at == UTC_TIME_NONE)
                text_list_add(&result.notes, pool,
                              "its revision is no time: absence cannot be proven");
        else if (result.vendor && records.kernels.n_items > 0)
                add_repository(&records, id, channel, result.complete_at);

        say_whose(&records.found, memory_pool_text(pool, id), result.complete_at);
        MOVE(&records.found, facts, kernels, pool)
        MOVE(&records.found, facts, patches, pool)
        MOVE(&records.found, facts, repositories, pool)
        MOVE(&records.found, facts, withdrawn, pool)
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        *ret = result;
        return 0;
}
