/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One CVE: the verdict, why, and every fact behind it. */

import { Breadcrumb, BreadcrumbItem } from "@patternfly/react-core/dist/esm/components/Breadcrumb/index.js";
import { Card, CardBody, CardHeader, CardTitle } from "@patternfly/react-core/dist/esm/components/Card/index.js";
import { DescriptionList } from "@patternfly/react-core/dist/esm/components/DescriptionList/index.js";
import { useEffect, useState } from "react";
import { Because } from "./because";
import { MANAGER, PATH, failure_text, plain, type Bus } from "./bus";
import { show_day, usec_to_day, type Day } from "./dates";
import type { Description } from "./description";
import type { Exposure } from "./exposure-list";
import { Deadline, Severity, fixed_by } from "./exposures";
import { _, format } from "./i18n";
import { Item } from "./item";
import { advisory_link, cve_links } from "./links";
import { MarkIcon, Marked } from "./marks";
import { OutsideLink } from "./outside-link";
import { Loading, Nothing } from "./states";
import { severity_word, verdict_sentence, verdict_word } from "./wording";

interface Fact {
        kind: string;
        name: string;
        stream: string;
        channels: string[];
        available: boolean;
        shared: boolean;
        date: number;
        advisory: string;
        severity: string;
        advisory_severity: string;
        source: string;
        complete_to: number;
}

interface Explanation extends Exposure {
        because: string[];
        facts: Fact[];
}

function Advisory({ id, stream }: { id: string; stream: string }) {
        const link = advisory_link(id, stream);

        if (!id) return <span className="klp-subtle">{_("none")}</span>;
        return link ? <OutsideLink to={link}>{id}</OutsideLink> : <>{id}</>;
}

function FactRow({ fact }: { fact: Fact }) {
        const day = usec_to_day(fact.date);
        const severity = fact.severity || fact.advisory_severity;

        return (
                <li className="klp-fact">
                        <MarkIcon mark={fact.available ? "success" : "neutral"} />
                        <div>
                                <strong>
                                        {fact.kind === "patch" ? format(_("Live patch $0"), fact.name) : format(_("Kernel $0"), fact.name)}
                                </strong>
                                <div className="klp-fact-line">
                                        <span>{day === null ? _("no date") : show_day(day)}</span>
                                        <Advisory id={fact.advisory} stream={fact.stream} />
                                        {severity && <span>{severity_word(severity).text}</span>}
                                        <span>
                                                {fact.channels.length > 0
                                                        ? format(_("$0, channels: $1"), fact.stream, fact.channels.join(", "))
                                                        : fact.stream}
                                        </span>
                                        {!fact.available && <span>{_("This host's channel does not get it.")}</span>}
                                        {fact.shared && <span>{_("It fixes live patches of several kernels, and nobody tells which.")}</span>}
                                </div>
                                <div className="klp-subtle" lang="en">
                                        {fact.source}
                                </div>
                        </div>
                </li>
        );
}

interface Props {
        bus: Bus;
        revision: number;
        cve: string;
        today: Day;
        description: Description;
}

const NO_SUCH_CVE = "org.klpwatch1.Error.NoSuchCve";

export function ExposureDetail({ bus, revision, cve, today, description }: Props) {
        const [explained, set_explained] = useState<Explanation | null>(null);
        const [problem, set_problem] = useState<{ text: string; unknown: boolean } | null>(null);

        /* What was said of another CVE must not stand under the name of this one. */
        useEffect(() => {
                set_explained(null);
                set_problem(null);
        }, [cve]);

        useEffect(() => {
                let over = false;

                bus.client?.call(PATH, MANAGER, "Explain", [cve]).then(
                        ([answer]) => {
                                if (over) return;
                                const flat = plain<Explanation>(answer);
                                set_explained({ ...flat, facts: flat.facts.map((fact) => plain<Fact>(fact)) });
                                set_problem(null);
                        },
                        (failure) =>
                                !over && set_problem({ text: failure_text(failure), unknown: (failure as Cockpit.Failure)?.name === NO_SUCH_CVE }),
                );
                return () => {
                        over = true;
                };
        }, [bus, revision, cve]);

        const verdict = explained && verdict_word(explained.verdict);
        return (
                <div className="klp-stack" id="exposure">
                        <Breadcrumb aria-label={_("Path")}>
                                <BreadcrumbItem to="#/exposures">{_("Exposures")}</BreadcrumbItem>
                                <BreadcrumbItem isActive>{cve}</BreadcrumbItem>
                        </Breadcrumb>
                        {problem ? (
                                <Nothing
                                        title={format(
                                                problem.unknown
                                                        ? _("Nothing is known about $0")
                                                        : _("klpwatchd did not tell about $0"),
                                                cve,
                                        )}
                                >
                                        {problem.text}
                                </Nothing>
                        ) : !explained || !verdict ? (
                                <Loading />
                        ) : (
                                <>
                                        <Card component="section">
                                                <CardHeader>
                                                        <CardTitle component="h2">{cve}</CardTitle>
                                                </CardHeader>
                                                <CardBody>
                                                        <p className="klp-headline">
                                                                <Marked mark={verdict.mark}>{verdict_sentence(explained.verdict)}</Marked>
                                                        </p>
                                                        <DescriptionList columnModifier={{ default: "1Col", md: "2Col" }}>
                                                                <Item term={_("Severity")}>
                                                                        <Severity row={explained} />
                                                                </Item>
                                                                <Item term={_("Deadline")}>
                                                                        <Deadline row={explained} today={today} />
                                                                </Item>
                                                                <Item term={_("Fixed by")}>{fixed_by(explained) || _("not known")}</Item>
                                                                <Item term={_("Advisories")}>
                                                                        <span className="klp-fact-line">
                                                                                {explained.patch_advisory && (
                                                                                        <Advisory
                                                                                                id={explained.patch_advisory}
                                                                                                stream={explained.kernel_stream}
                                                                                        />
                                                                                )}
                                                                                <Advisory id={explained.kernel_advisory} stream={explained.kernel_stream} />
                                                                        </span>
                                                                </Item>
                                                                <Item term={_("Read more")}>
                                                                        <span className="klp-fact-line">
                                                                                {cve_links(cve, description.host.vendor).map(([name, to]) => (
                                                                                        <OutsideLink key={to} to={to}>
                                                                                                {name}
                                                                                        </OutsideLink>
                                                                                ))}
                                                                        </span>
                                                                </Item>
                                                                {explained.note && (
                                                                        <Item term={_("Note")}>
                                                                                <span lang="en">{explained.note}</span>
                                                                        </Item>
                                                                )}
                                                        </DescriptionList>
                                                </CardBody>
                                        </Card>
                                        <Card component="section">
                                                <CardHeader>
                                                        <CardTitle component="h2">{_("Reasoning")}</CardTitle>
                                                </CardHeader>
                                                <CardBody>
                                                        <Because lines={explained.because} />
                                                </CardBody>
                                        </Card>
                                        <Card component="section">
                                                <CardHeader>
                                                        <CardTitle component="h2">{_("Chain of facts")}</CardTitle>
                                                </CardHeader>
                                                <CardBody>
                                                        <ol className="klp-facts">
                                                                {explained.facts.map((fact, i) => (
                                                                        <FactRow key={i} fact={fact} />
                                                                ))}
                                                        </ol>
                                                </CardBody>
                                        </Card>
                                </>
                        )}
                </div>
        );
}
