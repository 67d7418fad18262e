/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Handing a digest over. On the bus it is a descriptor of sealed memory, which no browser can make and Cockpit's bridge does not
 * pass on. klpctl makes it from its standard input; nothing that it prints is read, its exit status decides.
 */

import { _ } from "./i18n";

const MAX_BYTES = 64 * 1024 * 1024;

export async function import_digest(file: File): Promise<void> {
        if (file.size > MAX_BYTES) throw new Error(_("It is larger than 64 MiB, which no digest is."));
        const data = new Uint8Array(await file.arrayBuffer());

        await cockpit.spawn(["klpctl", "import", "-"], { superuser: "try", err: "message", binary: true }).input(data);
}
