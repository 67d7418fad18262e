/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The overview: what to do, until when the running kernel is covered, and what is open, in one look. */

import { Button } from "@patternfly/react-core/dist/esm/components/Button/index.js";
import { Card, CardBody, CardHeader, CardTitle } from "@patternfly/react-core/dist/esm/components/Card/index.js";
import { DescriptionList } from "@patternfly/react-core/dist/esm/components/DescriptionList/index.js";
import { ExpandableSection } from "@patternfly/react-core/dist/esm/components/ExpandableSection/index.js";
import { useEffect, useState } from "react";
import { advice_shown } from "./advice";
import { Because } from "./because";
import { describe_at, type Bus } from "./bus";
import { Command } from "./command";
import { day_to_ms, parse_day, parse_time, show_day, show_days_left, show_time, type Day } from "./dates";
import { is_calm, short_release, type Description } from "./description";
import { _, format, ngettext } from "./i18n";
import { Item } from "./item";
import { MarkIcon, Marked } from "./marks";
import * as remedy from "./remedy";
import { TimeLine, type Moment } from "./time-line";
import {
        alert_title,
        basis_text,
        coverage_word,
        freshness_word,
        level_word,
        patch_word,
        severity_order,
        severity_word,
        type Mark,
} from "./wording";

const SELECTIONS_MAX = 6;

interface Props {
        bus: Bus;
        description: Description;
        today: Day;
}

/* The selection days to come until `until`: the daemon names the next one, and for that day the one after. */
function useSelections(bus: Bus, description: Description, until: Day | null): Day[] {
        const next = description.coverage.next_selection;
        const key = [next, until, description.host.stream, description.host.channel].join(" ");
        const [found, set_found] = useState<{ key: string; days: Day[] }>({ key: "", days: [] });

        useEffect(() => {
                const first = parse_day(next);
                const days: Day[] = [];
                let over = false;

                const ask = async () => {
                        let day = first;

                        while (day !== null && !over && days.length < SELECTIONS_MAX && (days.length === 0 || day <= (until ?? day))) {
                                days.push(day);
                                if (until === null || !bus.client) break;
                                const then: Description = await describe_at(bus.client, day_to_ms(day) + 43200000);
                                const later = parse_day(then.coverage.next_selection);
                                day = later !== null && later > day ? later : null;
                        }
                        if (!over) set_found({ key, days });
                };

                ask().catch(() => {
                        if (!over) set_found({ key, days });
                });
                return () => {
                        over = true;
                };
        }, [key]);

        const first = parse_day(next);
        return found.key === key ? found.days : first === null ? [] : [first];
}

function AdviceCard({ description }: { description: Description }) {
        const shown = advice_shown(description);
        const command = shown.mark === "success" || shown.mark === "neutral" ? null : remedy.for_advice(description);

        return (
                <Card component="section" id="advice" className={`klp-advice klp-${shown.mark}`} aria-label={_("Advice")}>
                        <CardBody>
                                <div className="klp-advice-row">
                                        <MarkIcon mark={shown.mark} size="lg" />
                                        <div>
                                                <h2 className="klp-advice-text" lang={shown.in_daemons_words ? "en" : undefined}>
                                                        {shown.text} {shown.gain}
                                                </h2>
                                                {command && <Command command={command} />}
                                        </div>
                                </div>
                        </CardBody>
                </Card>
        );
}

function who_says({ basis, end_basis }: Description["coverage"]): string {
        if (basis && end_basis && basis !== end_basis)
                return format(_("Known from $0; the end from $1."), basis_text(basis), basis_text(end_basis));
        return basis || end_basis ? format(_("Known from $0."), basis_text(basis || end_basis)) : "";
}

function coverage_text({ state }: Description["coverage"], end: Day | null): string {
        if (end !== null)
                switch (state) {
                        case "covered":
                                return format(_("Covered until $0"), show_day(end));
                        case "ending":
                                return format(_("Covered only until $0"), show_day(end));
                        case "ended":
                                return format(_("Coverage ended on $0"), show_day(end));
                        case "unconfirmed":
                                return format(_("Not proven; if at all, covered until $0"), show_day(end));
                }
        return coverage_word(state).text;
}

function CoverageCard({ bus, description, today }: Props) {
        const { coverage, reboot } = description;
        const word = coverage_word(coverage.state);
        const start = parse_day(coverage.start);
        const end = parse_day(coverage.end);
        const by = parse_day(reboot.by);
        const calm = is_calm(description);
        const selections = useSelections(bus, description, end);
        const [open, set_open] = useState(false);
        const moments: Moment[] = [{ kind: "today", day: today, label: _("Today") }];

        selections
                .filter((day) => day > today)
                .forEach((day) => moments.push({ kind: "selection", day, label: _("Kernel selection") }));
        if (description.reboot.now) moments.push({ kind: "reboot", day: today, label: _("Reboot advised now") });
        else if (by !== null && by >= today) moments.push({ kind: "reboot", day: by, label: _("Reboot advised by") });
        if (end !== null)
                moments.push({
                        kind: "end",
                        day: end,
                        label: coverage.end_expected ? _("End, as expected") : _("End of coverage"),
                });
        moments.sort((a, b) => a.day - b.day);

        return (
                <Card component="section" id="coverage" className="klp-wide">
                        <CardHeader>
                                <CardTitle component="h2">{_("Coverage")}</CardTitle>
                        </CardHeader>
                        <CardBody>
                                <p className="klp-headline">
                                        <Marked mark={calm ? "neutral" : word.mark}>
                                                {coverage_text(coverage, end)}
                                        </Marked>
                                        {end !== null && <span className="klp-days-left">{show_days_left(end - today)}</span>}
                                </p>
                                {(end !== null || selections.length > 0) && (
                                        <TimeLine start={start} end={end} proven={coverage.eligible === "yes"} moments={moments} />
                                )}
                                <p className="klp-who">{who_says(coverage)}</p>
                                {coverage.because.length > 0 && (
                                        <ExpandableSection
                                                toggleText={_("Reasoning")}
                                                isExpanded={open}
                                                onToggle={(_event, expanded) => set_open(expanded)}
                                        >
                                                <Because lines={coverage.because} />
                                        </ExpandableSection>
                                )}
                        </CardBody>
                </Card>
        );
}

function go(...path: string[]): () => void {
        return () => cockpit.location.go(path);
}

function ExposureCard({ description }: { description: Description }) {
        const { exposure, coverage, freshness } = description;
        const as_of = parse_day(exposure.as_of);
        const open = severity_order.filter((severity) => (exposure.open[severity] ?? 0) > 0);
        const n_open = open.reduce((sum, severity) => sum + exposure.open[severity], 0);
        /* Silence of old facts, or about a kernel that they do not know, is no good news. */
        const sure = freshness.state === "fresh" && coverage.state !== "unknown" && as_of !== null;

        return (
                <Card component="section" id="open-cves">
                        <CardHeader>
                                <CardTitle component="h2">{_("Open CVEs")}</CardTitle>
                        </CardHeader>
                        <CardBody>
                                {n_open === 0 && (
                                        <p className="klp-headline">
                                                <Marked mark={sure ? "success" : "unknown"}>
                                                        {sure
                                                                ? _("None known")
                                                                : as_of === null
                                                                  ? _("Not known: there are no facts about this kernel yet")
                                                                  : _("None known; there may be newer ones")}
                                                </Marked>
                                        </p>
                                )}
                                {n_open > 0 && (
                                        <ul className="klp-counts">
                                                {open.map((severity) => (
                                                        <li key={severity}>
                                                                <Button
                                                                        variant="link"
                                                                        isInline
                                                                        onClick={() => cockpit.location.go(["exposures"], { severity })}
                                                                >
                                                                        <Marked mark={severity_word(severity).mark}>
                                                                                {format("$0 $1", exposure.open[severity], severity_word(severity).text)}
                                                                        </Marked>
                                                                </Button>
                                                        </li>
                                                ))}
                                        </ul>
                                )}
                                {as_of !== null && (
                                        <p className="klp-who">{format(_("Facts up to $0"), show_day(as_of))}</p>
                                )}
                        </CardBody>
                </Card>
        );
}

function AlertsCard({ description }: { description: Description }) {
        const counting = description.alerts.filter((alert) => !alert.acknowledged && !alert.snoozed_until);
        const level = level_word(description.level);

        return (
                <Card component="section" id="alerts-summary">
                        <CardHeader>
                                <CardTitle component="h2">{_("Alerts")}</CardTitle>
                        </CardHeader>
                        <CardBody>
                                <p className="klp-headline">
                                        <Marked mark={level.mark}>
                                                {counting.length === 0
                                                        ? level.text
                                                        : format(ngettext("$0 alert", "$0 alerts", counting.length), counting.length)}
                                        </Marked>
                                </p>
                                <ul className="klp-counts">
                                        {counting.map((alert) => (
                                                <li key={alert.id}>
                                                        <Button variant="link" isInline onClick={go("alerts")}>
                                                                <Marked mark={level_word(alert.level).mark}>{alert_title(alert.class)}</Marked>
                                                        </Button>
                                                </li>
                                        ))}
                                </ul>
                        </CardBody>
                </Card>
        );
}

function HostCard({ description }: { description: Description }) {
        const { host, patch, freshness, next_boot, reboot } = description;
        const booted = parse_time(host.booted);
        const complete_to = parse_day(freshness.complete_to);
        const state = patch_word(patch.state);
        const calm = is_calm(description);
        const next = short_release(next_boot.kernel, host.arch);
        const target = short_release(reboot.kernel, host.arch);
        const facts = freshness_word(freshness.state);
        let next_mark: Mark = next_boot.leaves_stream ? "danger" : next_boot.leaves_stream === false ? "success" : "unknown";

        if (calm) next_mark = "neutral";
        return (
                <Card component="section" id="host" className="klp-wide">
                        <CardHeader>
                                <CardTitle component="h2">{_("This host")}</CardTitle>
                        </CardHeader>
                        <CardBody>
                                <DescriptionList isHorizontal={false} columnModifier={{ default: "1Col", md: "2Col", xl: "3Col" }}>
                                        <Item term={_("Running kernel")}>
                                                {short_release(host.kernel, host.arch) || _("not known")}
                                        </Item>
                                        <Item term={_("Stream and channel")}>
                                                {format("$0, $1", host.stream ?? _("not known"), host.channel ?? _("channel not known"))}
                                        </Item>
                                        <Item term={_("Booted")}>{booted === null ? _("not known") : show_time(booted)}</Item>
                                        <Item term={_("Live patch")}>
                                                <Marked mark={calm ? "neutral" : state.mark}>{state.text}</Marked>
                                        </Item>
                                        <Item term={_("Next boot")}>
                                                <Marked mark={next_mark}>
                                                        {!next
                                                                ? _("not known")
                                                                : next_boot.leaves_stream && !calm
                                                                  ? format(_("$0, which leaves the live-patch stream"), next)
                                                                  : next}
                                                </Marked>
                                        </Item>
                                        <Item term={_("Next kernel")}>
                                                {target
                                                        ? reboot.installed
                                                                ? format(_("$0 (installed)"), target)
                                                                : format(_("$0 (not installed)"), target)
                                                        : _("none is known")}
                                        </Item>
                                        <Item term={_("Facts")}>
                                                <Marked mark={facts.mark}>
                                                        {complete_to === null
                                                                ? facts.text
                                                                : format(_("$0, complete to $1"), facts.text, show_day(complete_to))}
                                                </Marked>
                                        </Item>
                                </DescriptionList>
                        </CardBody>
                </Card>
        );
}

export function Overview(props: Props) {
        return (
                <div className="klp-stack" id="overview">
                        <AdviceCard description={props.description} />
                        <CoverageCard {...props} />
                        <div className="klp-beside">
                                <ExposureCard description={props.description} />
                                <AlertsCard description={props.description} />
                        </div>
                        <HostCard description={props.description} />
                </div>
        );
}
