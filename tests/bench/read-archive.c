/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A bare read of an archive: libarchive hands out every byte of every member, and nobody looks at them.
 * Prints the numbers of members and of bytes.
 *
 *   read-archive FILE
 */

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char *argv[]) {
        struct archive *archive = archive_read_new();
        unsigned long long n_members = 0, n_bytes = 0;
        struct archive_entry *entry;
        static char buffer[65536];
        la_ssize_t n;
        int r;

        if (argc != 2 || !archive || archive_read_support_filter_all(archive) != ARCHIVE_OK ||
            archive_read_support_format_tar(archive) != ARCHIVE_OK ||
            archive_read_open_filename(archive, argv[1], 65536) != ARCHIVE_OK)
                return EXIT_FAILURE;
        while ((r = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
                n_members++;
                while ((n = archive_read_data(archive, buffer, sizeof(buffer))) > 0)
                        n_bytes += (unsigned long long) n;
                if (n < 0)
                        return EXIT_FAILURE;
        }
        archive_read_free(archive);
        printf("%llu %llu\n", n_members, n_bytes);
        return r == ARCHIVE_EOF ? EXIT_SUCCESS : EXIT_FAILURE;
}
