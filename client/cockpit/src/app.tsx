/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The frame: which view is shown, and what stands in its place while there is no answer. */

import { Nav, NavItem, NavList } from "@patternfly/react-core/dist/esm/components/Nav/index.js";
import { Page, PageSection } from "@patternfly/react-core/dist/esm/components/Page/index.js";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Bus } from "./bus";
import { today_of } from "./description";
import { _, N_ } from "./i18n";
import { Alerts } from "./alerts";
import { ExposureDetail } from "./exposure-detail";
import { Exposures } from "./exposures";
import { Feeds } from "./feeds";
import { Kernels } from "./kernels";
import { Overview } from "./overview";
import { Patches } from "./patches";
import { Failed, Loading, Missing } from "./states";

const views: [string, string][] = [
        ["overview", N_("Overview")],
        ["exposures", N_("Exposures")],
        ["kernels", N_("Kernels")],
        ["patches", N_("Live patches")],
        ["feeds", N_("Feeds")],
        ["alerts", N_("Alerts")],
];

function useLocation(): Cockpit.Location {
        const [location, set_location] = useState(cockpit.location);

        useEffect(() => {
                const follow = () => set_location(cockpit.location);

                cockpit.addEventListener("locationchanged", follow);
                return () => cockpit.removeEventListener("locationchanged", follow);
        }, []);
        return location;
}

/* The clock, at a new day: then dates are other ones. */
function useClock(): number {
        const [clock, set_clock] = useState(Date.now());

        useEffect(() => {
                const timer = setTimeout(() => set_clock(Date.now()), 86400000 - (clock % 86400000) + 1000);
                return () => clearTimeout(timer);
        }, [clock]);
        return clock;
}

function View({ bus, name, location }: { bus: Bus; name: string; location: Cockpit.Location }) {
        const answer = useSyncExternalStore(bus.subscribe, bus.current);
        const clock = useClock();

        if (answer.phase === "failed") return <Failed problem={answer.problem} retry={bus.connect} />;
        if (answer.phase === "missing") return <Missing />;
        if (answer.phase !== "ready" || !answer.description) return <Loading />;

        const { description } = answer;
        const today = today_of(description, clock);
        switch (name) {
                case "exposures":
                        return location.path[1] ? (
                                <ExposureDetail
                                        bus={bus}
                                        revision={answer.exposures_revision}
                                        cve={location.path[1]}
                                        today={today}
                                        description={description}
                                />
                        ) : (
                                <Exposures
                                        bus={bus}
                                        revision={answer.exposures_revision}
                                        today={today}
                                        location={location}
                                        known={description.exposure.as_of !== null}
                                />
                        );
                case "kernels":
                        return <Kernels bus={bus} revision={answer.kernels_revision} today={today} description={description} />;
                case "patches":
                        return <Patches bus={bus} description={description} />;
                case "feeds":
                        return <Feeds bus={bus} description={description} />;
                case "alerts":
                        return <Alerts description={description} />;
                default:
                        return <Overview bus={bus} description={description} today={today} />;
        }
}

export function App({ bus }: { bus: Bus }) {
        const location = useLocation();
        const name = views.some(([view]) => view === location.path[0]) ? location.path[0] : "overview";

        /* On a phone not all names find room. */
        useEffect(() => {
                document.querySelector(".klp-nav .pf-m-current")?.scrollIntoView({ block: "nearest", inline: "center" });
        }, [name]);

        return (
                <Page className="klp-page pf-m-no-sidebar" isContentFilled>
                        <h1 className="klp-sr">{_("Kernel live patches")}</h1>
                        <Nav variant="horizontal-subnav" aria-label={_("Views")} className="klp-nav">
                                <NavList>
                                        {views.map(([view, title]) => (
                                                <NavItem key={view} isActive={view === name} to={`#/${view === "overview" ? "" : view}`}>
                                                        {_(title)}
                                                </NavItem>
                                        ))}
                                </NavList>
                        </Nav>
                        <PageSection hasBodyWrapper={false} isFilled variant="secondary">
                                <View bus={bus} name={name} location={location} />
                        </PageSection>
                </Page>
        );
}
