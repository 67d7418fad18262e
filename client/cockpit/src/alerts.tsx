/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is the matter: each alert with what to do about it, and a way to say that it has been seen, or not to hear of it for a while. */

import { Button } from "@patternfly/react-core/dist/esm/components/Button/index.js";
import { Card, CardBody, CardFooter, CardHeader, CardTitle } from "@patternfly/react-core/dist/esm/components/Card/index.js";
import { EmptyState, EmptyStateBody } from "@patternfly/react-core/dist/esm/components/EmptyState/index.js";
import { FormSelect, FormSelectOption } from "@patternfly/react-core/dist/esm/components/FormSelect/index.js";
import { Label } from "@patternfly/react-core/dist/esm/components/Label/index.js";
import CheckCircleIcon from "@patternfly/react-icons/dist/esm/icons/check-circle-icon.js";
import { useState } from "react";
import { ALERT, PATH, call_privileged, encode_path } from "./bus";
import { Command } from "./command";
import { parse_time, show_time } from "./dates";
import { present_ms, type AlertState, type Description } from "./description";
import { _, format } from "./i18n";
import { MarkLabel } from "./marks";
import { Refused } from "./refused";
import { useAction } from "./use-action";
import { alert_title, level_word } from "./wording";

const DAY_MS = 86400000;

function What({ alert }: { alert: AlertState }) {
        /* A command or one sentence. */
        if (!alert.action) return null;
        return alert.action.endsWith(".") ? <p lang="en">{alert.action}</p> : <Command command={alert.action} />;
}

function AlertCard({ alert, now }: { alert: AlertState; now: number }) {
        const action = useAction();
        const [days, set_days] = useState("1");
        const level = level_word(alert.level);
        const since = parse_time(alert.since);
        const snoozed = parse_time(alert.snoozed_until);
        const path = `${PATH}/alert/${encode_path(alert.id)}`;
        const title = alert_title(alert.class);
        const snooze = (until_ms: number) =>
                action.run(() => call_privileged(path, ALERT, "Snooze", [Math.round(until_ms * 1000)], "t"));

        return (
                <Card component="section" className="klp-alert" data-alert={alert.id} aria-label={title}>
                        <CardHeader>
                                <CardTitle component="h2">{title}</CardTitle>
                        </CardHeader>
                        <CardBody>
                                <div className="klp-labels">
                                        <MarkLabel mark={level.mark}>{level.text}</MarkLabel>
                                        {alert.acknowledged && <Label variant="outline">{_("Acknowledged")}</Label>}
                                        {snoozed !== null && (
                                                <Label variant="outline">{format(_("Snoozed until $0"), show_time(snoozed))}</Label>
                                        )}
                                        {since !== null && <span className="klp-subtle">{format(_("since $0"), show_time(since))}</span>}
                                </div>
                                <p lang="en" className="klp-alert-text">
                                        {alert.text}
                                </p>
                                <What alert={alert} />
                                {alert.cves.length > 0 && (
                                        <p className="klp-fact-line">
                                                {alert.cves.map((cve) => (
                                                        <a key={cve} href={`#/exposures/${cve}`}>
                                                                {cve}
                                                        </a>
                                                ))}
                                        </p>
                                )}
                                <Refused action={action} />
                        </CardBody>
                        <CardFooter className="klp-actions">
                                {!alert.acknowledged && (
                                        <Button
                                                variant="secondary"
                                                className="klp-acknowledge"
                                                isDisabled={action.busy}
                                                aria-label={format(_("Acknowledge: $0"), title)}
                                                onClick={() => action.run(() => call_privileged(path, ALERT, "Acknowledge"))}
                                        >
                                                {_("Acknowledge")}
                                        </Button>
                                )}
                                {snoozed !== null ? (
                                        <Button
                                                variant="secondary"
                                                className="klp-wake"
                                                isDisabled={action.busy}
                                                aria-label={format(_("End the snooze: $0"), title)}
                                                onClick={() => snooze(0)}
                                        >
                                                {_("End the snooze")}
                                        </Button>
                                ) : (
                                        <span className="klp-snooze">
                                                <FormSelect
                                                        aria-label={format(_("How long to snooze: $0"), title)}
                                                        value={days}
                                                        onChange={(_event, value) => set_days(value)}
                                                >
                                                        <FormSelectOption value="1" label={_("1 day")} />
                                                        <FormSelectOption value="7" label={_("1 week")} />
                                                        <FormSelectOption value="30" label={_("30 days")} />
                                                </FormSelect>
                                                <Button
                                                        variant="secondary"
                                                        className="klp-snooze-button"
                                                        isDisabled={action.busy}
                                                        aria-label={format(_("Snooze: $0"), title)}
                                                        onClick={() => snooze(now + Number(days) * DAY_MS)}
                                                >
                                                        {_("Snooze")}
                                                </Button>
                                        </span>
                                )}
                        </CardFooter>
                </Card>
        );
}

export function Alerts({ description }: { description: Description }) {
        if (description.alerts.length === 0)
                return (
                        <EmptyState headingLevel="h2" status="success" icon={CheckCircleIcon} titleText={_("No alerts")} id="no-alerts">
                                <EmptyStateBody>{_("Nothing about this host's kernels and live patches needs attention.")}</EmptyStateBody>
                        </EmptyState>
                );
        return (
                <div className="klp-stack" id="alerts">
                        {description.alerts.map((alert) => (
                                <AlertCard key={alert.id} alert={alert} now={present_ms(description, Date.now())} />
                        ))}
                </div>
        );
}
