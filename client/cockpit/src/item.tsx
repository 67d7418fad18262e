/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One term of a description list, and what is said of it. */

import type { ReactNode } from "react";
import {
        DescriptionListDescription,
        DescriptionListGroup,
        DescriptionListTerm,
} from "@patternfly/react-core/dist/esm/components/DescriptionList/index.js";

export function Item({ term, children }: { term: string; children: ReactNode }) {
        return (
                <DescriptionListGroup>
                        <DescriptionListTerm>{term}</DescriptionListTerm>
                        <DescriptionListDescription>{children}</DescriptionListDescription>
                </DescriptionListGroup>
        );
}
