/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/stat.h>
#include <unistd.h>

#include "host-tree.h"
#include "login-message.h"
#include "unit-test.h"

#define FILE_NAME "run/klpwatch/motd"

static const char *text_of(const HostTree *tree) {
        static char text[64];
        FILE *file = fopen(host_tree_path(tree, FILE_NAME), "re");
        size_t n;

        if (!file)
                return "(none)";
        n = fread(text, 1, sizeof(text) - 1, file);
        text[n] = '\0';
        fclose(file);
        return text;
}

START_TEST(it_is_written_once_and_removed) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        _cleanup_(login_message_freep) LoginMessage *message = NULL;

        host_tree_write(&tree, FILE_NAME, "old\n");
        ck_assert_int_eq(host_root_new(tree.path, &root), 0);
        ck_assert_int_eq(login_message_new(root, &message), 0);
        ck_assert_int_eq(login_message_put(message, "new\n"), 0);
        ck_assert_str_eq(text_of(&tree), "new\n");
        host_tree_write(&tree, FILE_NAME, "another's\n");
        ck_assert_int_eq(login_message_put(message, "new\n"), 0);
        ck_assert_str_eq(text_of(&tree), "another's\n");
        ck_assert_int_eq(login_message_put(message, NULL), 0);
        ck_assert_str_eq(text_of(&tree), "(none)");
}
END_TEST

START_TEST(what_could_not_be_written_is_tried_again) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        _cleanup_(login_message_freep) LoginMessage *message = NULL;

        host_tree_write(&tree, "run/.keep", "");
        ck_assert_int_eq(host_root_new(tree.path, &root), 0);
        ck_assert_int_eq(login_message_new(root, &message), 0);
        ck_assert_int_eq(login_message_put(message, "new\n"), 1); /* the folder is not there */
        ck_assert_int_eq(mkdir(host_tree_path(&tree, "run/klpwatch"), 0755), 0);
        ck_assert_int_eq(login_message_put(message, "new\n"), 0);
        ck_assert_str_eq(text_of(&tree), "new\n");
}
END_TEST

UNIT_TEST(it_is_written_once_and_removed, what_could_not_be_written_is_tried_again)
