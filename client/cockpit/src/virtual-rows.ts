/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A window over many rows of one height. Only those in sight are in the page, and some beside them, so that the tabulator
 * key and fast scrolling find the next ones there; two empty rows stand in for the height of all others.
 */

import { useEffect, useState, type RefObject } from "react";

const BESIDE = 12;
const STEP = 6; /* the window moves by this many rows at once */

export interface Window {
        first: number;
        last: number; /* the one after */
        row_height: number;
}

function scroller_of(element: HTMLElement): HTMLElement {
        for (let at = element.parentElement; at; at = at.parentElement)
                if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
        return document.documentElement;
}

/* `body` holds the rows; the first one of class klp-row tells the height of all. */
export function useVirtualRows(body: RefObject<HTMLElement | null>, n_rows: number): Window {
        const [window_, set_window] = useState<Window>({ first: 0, last: Math.min(n_rows, 40), row_height: 0 });

        useEffect(() => {
                const element = body.current;

                if (!element) return;
                const scroller = scroller_of(element);
                let timer: ReturnType<typeof setTimeout> | undefined;

                const look = () => {
                        const row = element.querySelector<HTMLElement>(".klp-row");
                        const row_height = row?.getBoundingClientRect().height || 44;
                        const above = scroller.getBoundingClientRect().top - element.getBoundingClientRect().top;
                        const n_seen = Math.ceil(scroller.clientHeight / row_height);
                        const at = Math.floor(Math.max(0, above) / row_height);
                        const first = Math.max(0, Math.floor((at - BESIDE) / STEP) * STEP);
                        const last = Math.min(n_rows, Math.ceil((at + n_seen + BESIDE) / STEP) * STEP);

                        timer = undefined;
                        set_window((old) =>
                                old.first === first && old.last === last && Math.abs(old.row_height - row_height) < 0.5
                                        ? old
                                        : { first, last, row_height },
                        );
                };
                /* Rows are made in a task of their own: the frame that was scrolled is not held up by them. */
                const later = () => {
                        timer ||= setTimeout(look);
                };
                const sizes = new ResizeObserver(later);

                look();
                scroller.addEventListener("scroll", later, { passive: true });
                /* The next press of the tabulator key must find the row that it goes to. */
                element.addEventListener("focusin", look);
                sizes.observe(scroller);
                return () => {
                        clearTimeout(timer);
                        scroller.removeEventListener("scroll", later);
                        element.removeEventListener("focusin", look);
                        sizes.disconnect();
                };
        }, [body, n_rows]);
        return { ...window_, last: Math.min(window_.last, n_rows), first: Math.min(window_.first, n_rows) };
}
