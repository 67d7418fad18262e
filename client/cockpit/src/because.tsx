/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The daemon's own reasoning, a sentence a step. It speaks English, which a screen reader has to know. */

import { List, ListItem } from "@patternfly/react-core/dist/esm/components/List/index.js";

export function Because({ lines }: { lines: string[] }) {
        if (lines.length === 0) return null;
        return (
                <List className="klp-because" lang="en" dir="ltr">
                        {lines.map((line, i) => (
                                <ListItem key={i}>{line}</ListItem>
                        ))}
                </List>
        );
}
