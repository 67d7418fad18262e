/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The sign beside our entry in Cockpit's menu. The shell has the page loaded in the background (manifest: preload), so that
   it is there without anybody opening it. */

import type { Answer } from "./bus";
import { _ } from "./i18n";
import { alert_title } from "./wording";

let shown = "";

export function show_page_status(answer: Answer): void {
        const description = answer.description;
        const worst = description?.alerts.find(
                (alert) => !alert.acknowledged && !alert.snoozed_until && alert.level === description.level,
        );
        const type = description?.level === "critical" ? "error" : description?.level === "warning" ? "warning" : null;
        const status = type && description
                ? { type, title: worst ? alert_title(worst.class) : _("Live patches need attention") }
                : null;
        const text = JSON.stringify(status);

        if (text === shown) return;
        shown = text;
        cockpit.transport.control("notify", { page_status: status });
}
