/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A link that leaves Cockpit: in a tab of its own, which learns nothing about this one. */

import ExternalLinkAltIcon from "@patternfly/react-icons/dist/esm/icons/external-link-alt-icon.js";
import type { ReactNode } from "react";

export function OutsideLink({ to, children }: { to: string; children: ReactNode }) {
        return (
                <a href={to} target="_blank" rel="noopener noreferrer" className="klp-outside">
                        {children} <ExternalLinkAltIcon />
                </a>
        );
}
