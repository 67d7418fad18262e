/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * messages.mjs            prints the template (.pot) of all that has to be translated
 * messages.mjs --update   brings every catalogue up to it: what is new is added untranslated, what is gone goes
 * messages.mjs --check    fails where a catalogue lacks a message, has one too many, or loses a $0 on the way
 */

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { find_messages, manifest_texts, read_po, write_po } from "./catalogue.mjs";

const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const messages = find_messages(path.join(here, "src"));
const folder = path.join(here, "po");
const catalogues = fs.readdirSync(folder).filter((name) => name.endsWith(".po"));
const places_of = (text) => [...new Set(text.match(/\$\d/g) ?? [])].sort().join(" ");
let n_bad = 0;

switch (process.argv[2]) {
        case undefined:
                process.stdout.write(write_po(messages));
                break;
        case "--update":
                for (const name of catalogues) {
                        const file = path.join(folder, name);
                        const old = fs.readFileSync(file, "utf8");

                        fs.writeFileSync(file, write_po(messages, read_po(old)));
                }
                break;
        case "--check": {
                const keywords = new Set(
                        manifest_texts(JSON.parse(fs.readFileSync(path.join(here, "src/manifest.json"), "utf8"))).slice(1),
                );

                for (const name of catalogues) {
                        const { messages: known } = read_po(fs.readFileSync(path.join(folder, name), "utf8"));
                        const complain = (what, id) => {
                                console.log(`${name}: ${what}: ${id}`);
                                n_bad++;
                        };

                        for (const { id, plural } of messages) {
                                const { texts = [""] } = known.get(id) ?? {};

                                if (texts.some((text) => text === "")) {
                                        if (!keywords.has(id)) complain("not translated", id);
                                } else if (texts.some((text) => places_of(text) !== places_of(plural ?? id)))
                                        complain("not the same places", id);
                                known.delete(id);
                        }
                        for (const id of known.keys()) complain("not in the sources", id);
                }
                break;
        }
        default:
                console.error("messages.mjs [--update | --check]");
                n_bad = 1;
}
process.exitCode = n_bad > 0 ? 1 : 0;
