/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include "base/bounded-read.h"
#include "base/sha256.h"
#include "base/text.h"
#include "format/digest-read.h"
#include "host-tree.h"
#include "store/digest-store.h"
#include "unit-test.h"

/* A digest of one kernel, complete to a day of August 2024; `version` of the format. */
static const char *digest_of(int version, const char *kernel, int day) {
        static char buffers[4][1024];
        static unsigned turn;
        char *text = buffers[turn++ % 4], hash[SHA256_TEXT_BYTES];
        int n;

        n = snprintf(text, sizeof(buffers[0]),
                     "{\"digest\":%d,\"vendor\":\"redhat\",\"source\":\"a "
                     "test\",\"complete_to\":\"2024-08-%02dT00:00:00Z\"}\n"
                     "{\"kernel\":\"%s\",\"stream\":\"rhel-9.4\",\"channels\":[\"main\"],\"arch\":["
                     "\"x86_64\"],"
                     "\"released\":null,\"advisory\":null,\"severity\":null,\"cves\":{}}\n",
                     version, day, kernel);
        sha256_text(text, (size_t) n, hash);
        snprintf(text + n, sizeof(buffers[0]) - (size_t) n, "{\"end\":1,\"sha256\":\"%s\"}\n",
                 hash);
        return text;
}

static DigestStore *open_store(const HostTree *tree) {
        DigestStore *store = NULL;
        char *message = NULL;

        ck_assert_msg(digest_store_open(host_tree_path(tree, "state"), &store, &message) == 0, "%s",
                      message);
        ck_assert_ptr_null(message);
        return store;
}

static Facts *new_facts(void) {
        Facts *facts = NULL;

        ck_assert_int_eq(facts_new(&facts), 0);
        return facts;
}

static int replace(DigestStore *store, const char *name, const char *digest, char **ret_message) {
        *ret_message = NULL;
        return digest_store_replace(store, name, digest, strlen(digest), ret_message);
}

static void assert_replaced(DigestStore *store, const char *name, const char *digest) {
        _cleanup_free_ char *message = NULL;

        ck_assert_msg(replace(store, name, digest, &message) == 0, "%s", message);
        ck_assert_ptr_null(message);
}

/* What a file of the store holds; "" when there is none. */
static const char *content(const HostTree *tree, const char *file) {
        static char text[2048];
        _cleanup_free_ char *data = NULL;
        char path[512];
        size_t n_bytes;

        snprintf(path, sizeof(path), "state/digests/%s", file);
        if (bounded_read(AT_FDCWD, host_tree_path(tree, path), sizeof(text) - 1, &data, &n_bytes) !=
            0)
                return "";
        strcpy(text, data);
        return text;
}

static ino_t inode_of(const HostTree *tree, const char *path) {
        struct stat st;

        ck_assert_int_eq(stat(host_tree_path(tree, path), &st), 0);
        return st.st_ino;
}

static size_t n_files(const HostTree *tree) {
        _cleanup_closedir_ DIR *dir = opendir(host_tree_path(tree, "state/digests"));
        struct dirent *entry;
        size_t n = 0;

        ck_assert_ptr_nonnull(dir);
        while ((entry = readdir(dir)))
                n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        return n;
}

START_TEST(a_store_is_made_when_needed_and_opened_again) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        DigestStore *store = open_store(&tree);
        struct stat st;

        assert_replaced(store, "redhat", digest_of(1, "5.14.0-1.el9_4", 1));
        ck_assert_ptr_null(digest_store_free(store));
        store = open_store(&tree);
        ck_assert_str_eq(content(&tree, "redhat.digest"), digest_of(1, "5.14.0-1.el9_4", 1));
        ck_assert_int_eq(stat(host_tree_path(&tree, "state/digests/redhat.digest"), &st), 0);
        ck_assert_int_eq(st.st_mode & 07777, 0644);
        digest_store_free(store);
        ck_assert_ptr_null(digest_store_free(NULL));
}
END_TEST

START_TEST(a_store_that_cannot_be_is_refused_by_its_name) {
        static const struct {
                const char *path, *part;
        } cases[] = {
                { "no/such/folder", "cannot be made: No such file or directory" },
                { "file", "cannot be opened: Not a directory" },
                { "file/below", "cannot be made: Not a directory" },
                { "blocked", "blocked/digests: cannot be opened: Not a directory" },
        };
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_write(&tree, "file", "x");
        host_tree_write(&tree, "blocked/digests", "x");
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const char *path = host_tree_path(&tree, cases[i].path);
                _cleanup_free_ char *message = NULL;
                DigestStore *store = NULL;

                ck_assert_int_eq(digest_store_open(path, &store, &message), DIGEST_STORE_E_REFUSED);
                ck_assert_ptr_null(store);
                ck_assert_msg(text_starts_with(message, path) && strstr(message, cases[i].part),
                              "row %zu says %s", i, message);
        }
}
END_TEST

START_TEST(every_stored_digest_is_loaded_in_the_order_of_names) {
        static const struct {
                const char *names[4];
                size_t n_names;
                const char *sources; /* as loaded */
        } cases[] = {
                { {}, 0, "" },
                { { "redhat" }, 1, "redhat " },
                { { "zulu", "alpha" }, 2, "alpha zulu " },
                { { "b.2", "b", "B_1", "0-x" }, 4, "0-x B_1 b.2 b " },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
                _cleanup_(facts_freep) Facts *facts = new_facts();
                char sources[128] = "";
                TextList messages = {};

                for (size_t k = 0; k < cases[i].n_names; k++) {
                        char kernel[64];

                        snprintf(kernel, sizeof(kernel), "5.14.0-%zu.el9_4", k + 1);
                        assert_replaced(store, cases[i].names[k],
                                        digest_of(1, kernel, (int) k + 1));
                }
                ck_assert_int_eq(digest_store_load(store, NULL, facts, &messages), 0);
                ck_assert_msg(messages.n_items == 0, "row %zu says %s", i, messages.items[0]);
                for (size_t k = 0; k < facts->n_sources; k++) {
                        strcat(sources, facts->sources[k].name);
                        strcat(sources, " ");
                        ck_assert_int_eq(facts->sources[k].kind, FEED_KIND_FILE);
                        ck_assert_uint_eq(facts->kernels[k].source, k);
                }
                ck_assert_msg(strcmp(sources, cases[i].sources) == 0, "row %zu loaded %s", i,
                              sources);
                ck_assert_uint_eq(facts->n_kernels, cases[i].n_names);
        }
}
END_TEST

START_TEST(loading_appends_to_what_the_facts_hold) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
        _cleanup_(facts_freep) Facts *facts = new_facts();
        char reason[DIGEST_READ_REASON_BYTES];
        const char *first = digest_of(1, "5.14.0-1.el9_4", 1);
        TextList messages = {};

        ck_assert_int_eq(digest_read(facts, "first", FEED_KIND_CACHE, first, strlen(first), reason),
                         0);
        assert_replaced(store, "second", digest_of(1, "5.14.0-2.el9_4", 2));
        ck_assert_int_eq(digest_store_load(store, NULL, facts, &messages), 0);
        ck_assert_uint_eq(facts->n_sources, 2);
        ck_assert_str_eq(facts->sources[0].name, "first");
        ck_assert_str_eq(facts->kernels[1].release, "5.14.0-2.el9_4");
        ck_assert_uint_eq(facts->kernels[1].source, 1);
}
END_TEST

START_TEST(what_is_no_digest_by_its_name_is_passed_over) {
        static const char *const files[] = {
                ".redhat.digest.tmp",    ".hidden.digest", ".digest", "notes.txt",
                "redhat.digest.corrupt", "redhat.digest~", "digest"
        };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
        _cleanup_(facts_freep) Facts *facts = new_facts();
        TextList messages = {};

        for (size_t i = 0; i < ELEMENTS(files); i++) {
                char path[64];

                snprintf(path, sizeof(path), "state/digests/%s", files[i]);
                host_tree_write(&tree, path, "broken");
        }
        ck_assert_int_eq(digest_store_load(store, NULL, facts, &messages), 0);
        ck_assert_msg(messages.n_items == 0, "says %s", messages.items[0]);
        ck_assert_uint_eq(facts->n_sources, 0);
        ck_assert_uint_eq(n_files(&tree), ELEMENTS(files));
}
END_TEST

START_TEST(a_broken_digest_is_set_aside_and_the_others_count) {
        static const struct {
                const char *what, *content;
        } cases[] = {
                { "empty", "" },
                { "no digest", "<html>404</html>\n" },
                { "cut", "{\"digest\":1,\"vendor\":\"redhat\",\"source\":null,\"complete_to\":null}"
                         "\n{\"kernel\":\"5.14" },
                { "an older version", "{\"digest\":0,\"vendor\":\"redhat\"}\n{\"end\":0}\n" },
                { "no version", "{\"digest\":\"2\",\"vendor\":\"redhat\"}\n{\"end\":0}\n" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
                _cleanup_(facts_freep) Facts *facts = new_facts(), *again = new_facts();
                TextList messages = {}, messages_again = {};

                assert_replaced(store, "a", digest_of(1, "5.14.0-1.el9_4", 1));
                host_tree_write(&tree, "state/digests/b.digest", cases[i].content);
                host_tree_write(&tree, "state/digests/b.digest.corrupt", "one of before");
                assert_replaced(store, "c", digest_of(1, "5.14.0-3.el9_4", 3));

                ck_assert_int_eq(digest_store_load(store, NULL, facts, &messages), 0);
                ck_assert_msg(messages.n_items == 1, "row '%s': %zu messages", cases[i].what,
                              messages.n_items);
                ck_assert_msg(text_starts_with(messages.items[0], "b:") &&
                                              text_ends_with(messages.items[0],
                                                             "; it is set aside as "
                                                             "b.digest.corrupt, "
                                                             "the next import replaces it"),
                              "row '%s' says %s", cases[i].what, messages.items[0]);
                ck_assert_uint_eq(facts->n_sources, 2);
                ck_assert_str_eq(facts->sources[0].name, "a");
                ck_assert_str_eq(facts->sources[1].name, "c");
                ck_assert_uint_eq(facts->n_kernels, 2);
                ck_assert_str_eq(facts->kernels[1].release, "5.14.0-3.el9_4");
                ck_assert_uint_eq(facts->kernels[1].source, 1);
                ck_assert_int_ne(access(host_tree_path(&tree, "state/digests/b.digest"), F_OK), 0);
                ck_assert_str_eq(content(&tree, "b.digest.corrupt"), cases[i].content);

                /* Said once: it is out of the way now, and an import brings it back. */
                assert_replaced(store, "b", digest_of(1, "5.14.0-2.el9_4", 2));
                ck_assert_int_eq(digest_store_load(store, NULL, again, &messages_again), 0);
                ck_assert_uint_eq(messages_again.n_items, 0);
                ck_assert_uint_eq(again->n_sources, 3);
        }
}
END_TEST

/* Whatever single byte rots, the digest does not count. */
START_TEST(a_digest_with_a_changed_byte_does_not_count) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
        char text[1024];
        size_t n_bytes;

        strcpy(text, digest_of(1, "5.14.0-1.el9_4", 1));
        n_bytes = strlen(text);
        for (size_t i = 0; i < n_bytes; i++) {
                _cleanup_(facts_freep) Facts *facts = new_facts();
                TextList messages = {};

                text[i] ^= 1;
                host_tree_write_bytes(&tree, "state/digests/a.digest", text, n_bytes);
                text[i] ^= 1;
                ck_assert_int_eq(digest_store_load(store, NULL, facts, &messages), 0);
                ck_assert_msg(facts->n_sources == 0 && facts->n_kernels == 0,
                              "byte %zu changed, and it counts", i);
                ck_assert_msg(messages.n_items == 1, "byte %zu changed: %zu messages", i,
                              messages.n_items);
        }
}
END_TEST

START_TEST(a_digest_of_a_newer_version_is_left_alone) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
        _cleanup_(facts_freep) Facts *facts = new_facts();
        _cleanup_free_ char *message = NULL;
        const char *newer = digest_of(2, "5.14.0-1.el9_4", 1);
        TextList messages = {};

        host_tree_write(&tree, "state/digests/a.digest", newer);
        host_tree_write(&tree, "state/digests/far.digest",
                        "{\"digest\":99999999999999999999999}\n");
        ck_assert_int_eq(digest_store_load(store, NULL, facts, &messages), 0);
        ck_assert_uint_eq(messages.n_items, 2);
        ck_assert_str_eq(messages.items[0], "a.digest: written by a newer version of klpwatch; it "
                                            "is left alone and not used");
        ck_assert(text_starts_with(messages.items[1], "far.digest: written by a newer version"));
        ck_assert_uint_eq(facts->n_sources, 0);
        ck_assert_str_eq(content(&tree, "a.digest"), newer);
        ck_assert_uint_eq(n_files(&tree), 2);

        /* Nor does an import of this version take its place. */
        ck_assert_int_eq(replace(store, "a", digest_of(1, "5.14.0-2.el9_4", 2), &message),
                         DIGEST_STORE_E_REFUSED);
        ck_assert_str_eq(message, "a.digest was written by a newer version of klpwatch; it stays");
        ck_assert_str_eq(content(&tree, "a.digest"), newer);
}
END_TEST

START_TEST(what_cannot_be_read_is_said_and_the_others_count) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
        _cleanup_(facts_freep) Facts *facts = new_facts();
        TextList messages = {};

        alarm(20); /* a FIFO that is waited for ends the test */
        host_tree_mkdir(&tree, "state/digests/a.digest");
        ck_assert_int_eq(mkfifo(host_tree_path(&tree, "state/digests/b.digest"), 0644), 0);
        host_tree_link(&tree, "state/digests/c.digest", "nowhere");
        assert_replaced(store, "d", digest_of(1, "5.14.0-1.el9_4", 1));
        ck_assert_int_eq(digest_store_load(store, NULL, facts, &messages), 0);
        ck_assert_uint_eq(messages.n_items, 3);
        ck_assert_str_eq(messages.items[0],
                         "a.digest: cannot be read: Is a directory; it is ignored");
        ck_assert_str_eq(messages.items[1],
                         "b.digest: cannot be read: Invalid argument; it is ignored");
        ck_assert_str_eq(messages.items[2],
                         "c.digest: cannot be read: No such file or directory; it is ignored");
        ck_assert_uint_eq(facts->n_sources, 1);
        ck_assert_str_eq(facts->sources[0].name, "d");
        alarm(0);
}
END_TEST

START_TEST(only_a_whole_digest_replaces_the_stored_one) {
        static const char *const bad[] = { "", "{}\n", "no digest\n",
                                           "{\"digest\":1,\"vendor\":\"redhat\"}\n" };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
        char held[1024], cut[1024];

        strcpy(held, digest_of(1, "5.14.0-1.el9_4", 1));
        assert_replaced(store, "redhat", held);
        for (size_t i = 0; i < ELEMENTS(bad) + 3; i++) {
                _cleanup_free_ char *message = NULL;
                const char *digest = cut;

                strcpy(cut, digest_of(1, "5.14.0-2.el9_4", 2));
                if (i < ELEMENTS(bad))
                        digest = bad[i];
                else if (i == ELEMENTS(bad))
                        cut[strlen(cut) - 1] = '\0';
                else if (i == ELEMENTS(bad) + 1)
                        strstr(cut, "rhel-9.4")[7] = '5';
                else
                        strcpy(cut, digest_of(2, "5.14.0-2.el9_4", 2));
                ck_assert_msg(replace(store, "redhat", digest, &message) == DIGEST_STORE_E_REFUSED,
                              "row %zu was taken", i);
                ck_assert_msg(text_starts_with(message, "redhat:") &&
                                              text_ends_with(message, "; the stored digest stays"),
                              "row %zu says %s", i, message);
                ck_assert_msg(strcmp(content(&tree, "redhat.digest"), held) == 0,
                              "row %zu changed the stored one", i);
                ck_assert_uint_eq(n_files(&tree), 1);
        }
        assert_replaced(store, "redhat", digest_of(1, "5.14.0-2.el9_4", 2));
        ck_assert_str_eq(content(&tree, "redhat.digest"), digest_of(1, "5.14.0-2.el9_4", 2));
        ck_assert_uint_eq(n_files(&tree), 1);
}
END_TEST

START_TEST(a_name_is_no_path) {
        static const struct {
                const char *name;
                bool taken;
        } cases[] = {
                { "redhat", true },     { "A-z_0.9", true },    { "-", true },
                { "x.digest", true },   { "", false },          { ".", false },
                { "..", false },        { ".hidden", false },   { "a/b", false },
                { "../escape", false }, { "/etc/x", false },    { "a b", false },
                { "a\nb", false },      { "\303\244", false },  { "a:b", false },
                { "a\\b", false },      { "a\033[31m", false },
        };
        char name[202], longest[202];

        for (size_t i = 0; i < ELEMENTS(cases) + 2; i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
                bool taken = i < ELEMENTS(cases) ? cases[i].taken : i == ELEMENTS(cases);
                _cleanup_free_ char *message = NULL;
                int r;

                memset(longest, 'x', sizeof(longest));
                longest[i == ELEMENTS(cases) ? 200 : 201] = '\0';
                strcpy(name, i < ELEMENTS(cases) ? cases[i].name : longest);
                r = replace(store, name, digest_of(1, "5.14.0-1.el9_4", 1), &message);
                ck_assert_msg(r == (taken ? 0 : DIGEST_STORE_E_REFUSED), "'%s' was %s", name,
                              taken ? "refused" : "taken");
                ck_assert_msg(n_files(&tree) == taken, "'%s' left %zu files", name, n_files(&tree));
                ck_assert_msg(taken == !message, "'%s' says %s", name, message);
                if (message)
                        ck_assert_msg(strstr(message, "is no name for a stored digest"),
                                      "'%s' says %s", name, message);
        }
}
END_TEST

START_TEST(the_same_digest_again_writes_nothing) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
        ino_t before;

        assert_replaced(store, "redhat", digest_of(1, "5.14.0-1.el9_4", 1));
        before = inode_of(&tree, "state/digests/redhat.digest");
        /* Another name for the old file keeps its inode number from being given out again. */
        ck_assert_int_eq(link(host_tree_path(&tree, "state/digests/redhat.digest"),
                              host_tree_path(&tree, "held")),
                         0);
        assert_replaced(store, "redhat", digest_of(1, "5.14.0-1.el9_4", 1));
        ck_assert_uint_eq(inode_of(&tree, "state/digests/redhat.digest"), before);
        assert_replaced(store, "redhat", digest_of(1, "5.14.0-1.el9_4", 2));
        ck_assert_uint_ne(inode_of(&tree, "state/digests/redhat.digest"), before);
}
END_TEST

START_TEST(a_broken_stored_digest_is_replaced) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);

        host_tree_write(&tree, "state/digests/redhat.digest", "broken");
        assert_replaced(store, "redhat", digest_of(1, "5.14.0-1.el9_4", 1));
        ck_assert_str_eq(content(&tree, "redhat.digest"), digest_of(1, "5.14.0-1.el9_4", 1));
}
END_TEST

START_TEST(a_folder_that_takes_no_file_keeps_the_stored_digest) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(digest_store_freep) DigestStore *store = open_store(&tree);
        _cleanup_(facts_freep) Facts *facts = new_facts();
        _cleanup_free_ char *message = NULL;
        char held[1024];
        bool root = geteuid() == 0;
        TextList messages = {};
        int r, r_load;

        strcpy(held, digest_of(1, "5.14.0-1.el9_4", 1));
        assert_replaced(store, "redhat", held);
        host_tree_write(&tree, "state/digests/broken.digest", "broken");
        ck_assert_int_eq(chmod(host_tree_path(&tree, "state/digests"), 0555), 0);
        if (root && seteuid(65534) < 0) {
                fprintf(stderr, "not tested: root may write everywhere, and cannot become another "
                                "user here: %m\n");
                return;
        }
        r = replace(store, "redhat", digest_of(1, "5.14.0-2.el9_4", 2), &message);
        r_load = digest_store_load(store, NULL, facts, &messages);
        if (root)
                ck_assert_int_eq(seteuid(0), 0);
        ck_assert_int_eq(chmod(host_tree_path(&tree, "state/digests"), 0755), 0);

        ck_assert_int_eq(r, DIGEST_STORE_E_REFUSED);
        ck_assert_str_eq(message, "redhat.digest: cannot be stored: Permission denied; the stored "
                                  "digest stays");
        ck_assert_str_eq(content(&tree, "redhat.digest"), held);
        /* The broken one cannot be set aside; the good one counts all the same. */
        ck_assert_int_eq(r_load, 0);
        ck_assert_uint_eq(facts->n_sources, 1);
        ck_assert_str_eq(facts->sources[0].name, "redhat");
        ck_assert_uint_eq(messages.n_items, 1);
        ck_assert_msg(text_ends_with(messages.items[0], "; it is ignored (and could not be "
                                                        "renamed: Permission denied)"),
                      "says %s", messages.items[0]);
        ck_assert_str_eq(content(&tree, "broken.digest"), "broken");
}
END_TEST

UNIT_TEST(a_store_is_made_when_needed_and_opened_again,
          a_store_that_cannot_be_is_refused_by_its_name,
          every_stored_digest_is_loaded_in_the_order_of_names,
          loading_appends_to_what_the_facts_hold, what_is_no_digest_by_its_name_is_passed_over,
          a_broken_digest_is_set_aside_and_the_others_count,
          a_digest_with_a_changed_byte_does_not_count, a_digest_of_a_newer_version_is_left_alone,
          what_cannot_be_read_is_said_and_the_others_count,
          only_a_whole_digest_replaces_the_stored_one, a_name_is_no_path,
          the_same_digest_again_writes_nothing, a_broken_stored_digest_is_replaced,
          a_folder_that_takes_no_file_keeps_the_stored_digest)
