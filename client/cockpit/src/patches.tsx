/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Live patches: the chain from the feed to the next boot, and the modules in the kernel. Those are followed as objects of
 * their own, so that a transition is seen when it begins and when it ends.
 */

import { Card, CardBody, CardHeader, CardTitle } from "@patternfly/react-core/dist/esm/components/Card/index.js";
import { DescriptionList } from "@patternfly/react-core/dist/esm/components/DescriptionList/index.js";
import { Progress } from "@patternfly/react-core/dist/esm/components/Progress/index.js";
import { useEffect, useState } from "react";
import { LIVEPATCH, PATH, type Bus } from "./bus";
import { chain_of, mark_text, type Link } from "./chain";
import { Command } from "./command";
import { show_time, usec_to_ms } from "./dates";
import { is_calm, type Description, type LoadedPatch } from "./description";
import { _, format, ngettext } from "./i18n";
import { Item } from "./item";
import { MarkIcon, Marked } from "./marks";
import { Nothing } from "./states";
import { advisory_link } from "./links";
import { OutsideLink } from "./outside-link";
import { patch_word } from "./wording";

/* What stands on the bus of a live patch, as far as it is shown here. */
interface Module {
        name: string;
        package: string;
        version: string;
        base: string;
        enabled: boolean;
        transition: boolean;
        since: number;
        enabled_since: number;
        took: number;
        replaced_by: string;
        known: boolean;
        path: string;
        survives: string;
}

function useModules(bus: Bus): Module[] | null {
        const [modules, set_modules] = useState<Module[] | null>(null);
        const client = bus.client;

        useEffect(() => {
                if (!client) return;
                const found = client.proxies(LIVEPATCH, PATH);
                let over = false;
                const read = () => {
                        if (over) return;
                        set_modules(
                                Object.entries(found)
                                        .filter(([path, proxy]) => path.startsWith(PATH) && proxy.valid)
                                        .map(([, proxy]) => ({
                                                name: proxy.Name,
                                                package: proxy.Package,
                                                version: proxy.PackageVersion,
                                                base: proxy.BaseKernel,
                                                enabled: proxy.Enabled,
                                                transition: proxy.Transition,
                                                since: proxy.Since,
                                                enabled_since: proxy.EnabledSince,
                                                took: proxy.TransitionTook,
                                                replaced_by: proxy.ReplacedBy,
                                                known: proxy.Known,
                                                path: proxy.ModulePath,
                                                survives: proxy.SurvivesReboot,
                                        }))
                                        .sort((a, b) => (a.name < b.name ? -1 : 1)),
                        );
                };

                found.wait(read);
                found.addEventListener("added", read);
                found.addEventListener("changed", read);
                found.addEventListener("removed", read);
                return () => {
                        over = true;
                };
        }, [client]);
        return modules;
}

function ChainLink({ link, calm }: { link: Link; calm: boolean }) {
        const mark = calm && link.mark !== "success" ? "neutral" : link.mark;

        return (
                <li className={`klp-link klp-${mark}`} data-link={link.id} data-mark={mark}>
                        <MarkIcon mark={mark} size="lg" />
                        <div className="klp-link-name">{link.name}</div>
                        <div className="klp-link-what">{link.what || "\u00a0"}</div>
                        <div className="klp-subtle">{(mark === link.mark && link.word) || mark_text(mark)}</div>
                </li>
        );
}

function Chain({ description }: { description: Description }) {
        const links = chain_of(description);
        const calm = is_calm(description);
        const broken = calm ? [] : links.filter((link) => link.trouble);
        const state = patch_word(description.patch.state);
        const newest = description.patch.newest;
        const advisory = newest?.advisory;
        const link = advisory ? advisory_link(advisory, description.host.stream) : null;

        return (
                <Card component="section" id="chain">
                        <CardHeader>
                                <CardTitle component="h2">{_("From feed to reboot")}</CardTitle>
                        </CardHeader>
                        <CardBody>
                                <p className="klp-headline">
                                        <Marked mark={calm ? "neutral" : state.mark}>{state.text}</Marked>
                                        {link && <OutsideLink to={link}>{advisory}</OutsideLink>}
                                </p>
                                <ol className="klp-chain" aria-label={_("From feed to reboot")}>
                                        {links.map((each) => (
                                                <ChainLink key={each.id} link={each} calm={calm} />
                                        ))}
                                </ol>
                                {broken.length > 0 && (
                                        <ul className="klp-troubles" aria-label={_("What is broken")}>
                                                {broken.map((each) => (
                                                        <li key={each.id}>
                                                                <Marked mark={each.mark}>{each.trouble}</Marked>
                                                                {each.command && <Command command={each.command} />}
                                                        </li>
                                                ))}
                                        </ul>
                                )}
                        </CardBody>
                </Card>
        );
}

function survival(module: Module, described: LoadedPatch | undefined) {
        const why = described?.survives_reboot_because;
        const mark = module.survives === "yes" ? "success" : module.survives === "no" ? "danger" : "unknown";
        const text = module.survives === "yes" ? _("Yes") : module.survives === "no" ? _("No") : _("Not known");

        return (
                <>
                        <Marked mark={mark}>{text}</Marked>
                        {why && (
                                <div className="klp-subtle" lang="en">
                                        {why}
                                </div>
                        )}
                </>
        );
}

function ModuleCard({ module, description }: { module: Module; description: Description }) {
        const described = description.patch.loaded?.find((patch) => patch.name === module.name);
        const since = usec_to_ms(module.transition ? module.since : module.enabled_since);
        const seconds = Math.round(module.took / 1000000);
        const stalled = module.transition && description.patch.state === "stalled";

        return (
                <Card component="section" className="klp-module" data-module={module.name}>
                        <CardHeader>
                                <CardTitle component="h3">{module.package ? `${module.package} ${module.version}` : module.name}</CardTitle>
                        </CardHeader>
                        <CardBody>
                                <div role="status">
                                        {module.transition ? (
                                                <Progress
                                                        aria-label={_("Transition")}
                                                        title={stalled ? _("Stuck in its transition") : _("In transition")}
                                                        measureLocation="none"
                                                        className="klp-transition"
                                                        variant={stalled ? "danger" : undefined}
                                                        value={undefined}
                                                />
                                        ) : (
                                                <Marked mark={module.enabled ? (module.known ? "success" : "warning") : "danger"}>
                                                        {module.enabled
                                                                ? module.known
                                                                        ? _("Enabled")
                                                                        : _("Enabled, but known to no feed")
                                                                : _("Not enabled")}
                                                </Marked>
                                        )}
                                </div>
                                <DescriptionList columnModifier={{ default: "1Col", md: "2Col" }} className="klp-module-facts">
                                        <Item term={_("Module")}>{module.name}</Item>
                                        <Item term={_("For kernel")}>{module.base || _("not known")}</Item>
                                        {since !== null && (
                                                <Item term={module.transition ? _("In transition since") : _("Enabled since")}>{show_time(since)}</Item>
                                        )}
                                        {seconds > 0 && (
                                                <Item term={_("Transition took")}>
                                                        {format(ngettext("$0 second", "$0 seconds", seconds), seconds)}
                                                </Item>
                                        )}
                                        {module.replaced_by && <Item term={_("Replaced by")}>{module.replaced_by}</Item>}
                                        <Item term={_("File on disk")}>
                                                <span className="klp-path">{module.path || _("none")}</span>
                                        </Item>
                                        <Item term={_("Comes back after a reboot")}>{survival(module, described)}</Item>
                                </DescriptionList>
                        </CardBody>
                </Card>
        );
}

export function Patches({ bus, description }: { bus: Bus; description: Description }) {
        const modules = useModules(bus);

        return (
                <div className="klp-stack" id="patches">
                        <Chain description={description} />
                        <h2 className="klp-section-title">{_("In the kernel")}</h2>
                        {modules?.map((module) => (
                                <ModuleCard key={module.name} module={module} description={description} />
                        ))}
                        {modules?.length === 0 && <Nothing title={_("No live patch is loaded")} level="h3" />}
                </div>
        );
}
