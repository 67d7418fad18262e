/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

import "@patternfly/patternfly/patternfly-base.css";
import "./fonts.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { Bus } from "./bus";
import { _ } from "./i18n";
import { show_page_status } from "./page-status";
import { follow_theme } from "./theme";
/* Behind the styles of all components, some of which it bends. */
import "./klpwatch.css";

follow_theme();
document.documentElement.lang = (cockpit.language || "en").replace("_", "-");
document.documentElement.dir = cockpit.language_direction || "ltr";
document.title = _("Kernel live patches");

cockpit.transport.wait(() => {
        const bus = new Bus();

        bus.subscribe(() => show_page_status(bus.answer));
        createRoot(document.getElementById("app")!).render(
                <StrictMode>
                        <App bus={bus} />
                </StrictMode>,
        );
});
