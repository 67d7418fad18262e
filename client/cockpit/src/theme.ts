/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Light or dark, as the shell around the page is. Cockpit keeps the choice in the browser's store for all of its frames and
 * tells it by an event; "auto" follows the desktop. Old and new shells do the same, only the class that PatternFly looks at is
 * another, and the one here is that of the PatternFly that the page brings.
 */

const DARK = "pf-v6-theme-dark";
const STORED = "shell:style";

export function follow_theme(): void {
        const desktop = window.matchMedia("(prefers-color-scheme: dark)");
        const apply = (style?: string) => {
                const wanted = style ?? localStorage.getItem(STORED) ?? "auto";

                document.documentElement.classList.toggle(
                        DARK,
                        wanted === "dark" || (wanted === "auto" && desktop.matches),
                );
        };

        window.addEventListener("storage", (event) => event.key === STORED && apply());
        window.addEventListener("cockpit-style", (event) => apply((event as CustomEvent).detail?.style));
        desktop.addEventListener("change", () => apply());
        apply();
}
