/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is shown where there is nothing else to show, and why. */

import { Button } from "@patternfly/react-core/dist/esm/components/Button/index.js";
import {
        EmptyState,
        EmptyStateActions,
        EmptyStateBody,
        EmptyStateFooter,
} from "@patternfly/react-core/dist/esm/components/EmptyState/index.js";
import { Spinner } from "@patternfly/react-core/dist/esm/components/Spinner/index.js";
import DisconnectedIcon from "@patternfly/react-icons/dist/esm/icons/disconnected-icon.js";
import ExclamationCircleIcon from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon.js";
import SearchIcon from "@patternfly/react-icons/dist/esm/icons/search-icon.js";
import type { ReactNode } from "react";
import { Command } from "./command";
import { _ } from "./i18n";

export function Loading() {
        return (
                <EmptyState
                        headingLevel="h2"
                        titleText={_("Asking klpwatchd…")}
                        icon={() => <Spinner aria-label={_("Loading")} />}
                        role="status"
                />
        );
}

export function Missing() {
        return (
                <EmptyState headingLevel="h2" titleText={_("klpwatchd is not running")} icon={DisconnectedIcon} id="missing">
                        <EmptyStateBody>
                                {_("It watches this host's kernels and live patches. This page shows its answer as soon as it runs.")}
                        </EmptyStateBody>
                        <EmptyStateFooter>
                                <Command command="systemctl enable --now klpwatchd.service" />
                                <EmptyStateActions>
                                        <Button
                                                variant="link"
                                                onClick={() => cockpit.jump("/system/services#/klpwatchd.service")}
                                        >
                                                {_("Show the service")}
                                        </Button>
                                </EmptyStateActions>
                        </EmptyStateFooter>
                </EmptyState>
        );
}

export function Failed({ problem, retry }: { problem: string; retry: () => void }) {
        return (
                <EmptyState
                        headingLevel="h2"
                        status="danger"
                        titleText={_("klpwatchd cannot be asked")}
                        icon={ExclamationCircleIcon}
                        id="failed"
                >
                        <EmptyStateBody>{problem}</EmptyStateBody>
                        <EmptyStateFooter>
                                <EmptyStateActions>
                                        <Button onClick={retry}>{_("Try again")}</Button>
                                </EmptyStateActions>
                        </EmptyStateFooter>
                </EmptyState>
        );
}

interface NothingProps {
        title: string;
        children?: ReactNode;
        action?: ReactNode;
        level?: "h2" | "h3";
}

export function Nothing({ title, children, action, level }: NothingProps) {
        return (
                <EmptyState headingLevel={level ?? "h2"} titleText={title} icon={SearchIcon} variant="sm">
                        {children && <EmptyStateBody>{children}</EmptyStateBody>}
                        {action && (
                                <EmptyStateFooter>
                                        <EmptyStateActions>{action}</EmptyStateActions>
                                </EmptyStateFooter>
                        )}
                </EmptyState>
        );
}
