/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Messages. Finds what the sources have to be translated by looking at their syntax tree, reads catalogues (.po),
 * and writes them as Cockpit loads them. The calls looked for: _("…"), N_("…") and ngettext("…", "…", n).
 */

import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

/* {id: {id, plural?, places: [file:line]}} */
export function find_messages(folder) {
        const messages = new Map();
        const note = (id, plural, place) => {
                const known = messages.get(id) ?? { id, plural, places: [] };

                known.plural ??= plural;
                known.places.push(place);
                messages.set(id, known);
        };

        for (const name of fs.readdirSync(folder).sort()) {
                if (!/\.tsx?$/.test(name) || name.endsWith(".d.ts")) continue;
                const source = ts.createSourceFile(
                        name,
                        fs.readFileSync(path.join(folder, name), "utf8"),
                        ts.ScriptTarget.Latest,
                        true,
                );
                const text_of = (node, what) => {
                        if (node && ts.isStringLiteralLike(node)) return node.text;
                        if (name === "i18n.ts") return null;
                        const { line } = source.getLineAndCharacterOfPosition(what.getStart());
                        throw new Error(`${name}:${line + 1}: a message has to be a plain text`);
                };
                const visit = (node) => {
                        if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
                                const { line } = source.getLineAndCharacterOfPosition(node.getStart());
                                const place = `src/${name}:${line + 1}`;

                                if (["_", "N_"].includes(node.expression.text)) {
                                        const [argument] = node.arguments;
                                        /* _() of a word from a table: its N_() is found elsewhere. */
                                        if (node.expression.text === "N_" || ts.isStringLiteralLike(argument))
                                                note(text_of(argument, node), undefined, place);
                                } else if (node.expression.text === "ngettext") {
                                        const one = text_of(node.arguments[0], node);

                                        if (one !== null) note(one, text_of(node.arguments[1], node), place);
                                }
                        }
                        ts.forEachChild(node, visit);
                };

                visit(source);
        }

        const manifest = JSON.parse(fs.readFileSync(path.join(folder, "manifest.json"), "utf8"));
        for (const id of manifest_texts(manifest)) note(id, undefined, "src/manifest.json");
        return [...messages.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function manifest_texts(manifest) {
        return Object.values({ ...manifest.menu, ...manifest.tools }).flatMap((entry) => [
                entry.label,
                ...(entry.keywords ?? []).flatMap((keyword) => keyword.matches ?? []),
        ]);
}

/* {header: {key: value}, messages: Map(id → [text…])}; entries that are marked fuzzy do not count. */
export function read_po(text) {
        const messages = new Map();
        let entry = { fuzzy: false };
        let field = null;
        const finish = () => {
                if (entry.msgid !== undefined && !entry.fuzzy) {
                        const texts = Object.keys(entry)
                                .filter((key) => key.startsWith("msgstr"))
                                .sort()
                                .map((key) => entry[key]);
                        messages.set(entry.msgid, { plural: entry.msgid_plural, texts });
                }
                entry = { fuzzy: false };
                field = null;
        };

        for (const [index, line] of text.split("\n").entries()) {
                const start = /^(msgid|msgid_plural|msgstr(?:\[\d\])?)\s+(".*")$/.exec(line);

                if (line.startsWith("#,") && line.includes("fuzzy")) entry.fuzzy = true;
                else if (line.startsWith("#")) continue;
                else if (line.trim() === "") finish();
                else if (start) entry[(field = start[1])] = JSON.parse(start[2]);
                else if (line.startsWith('"') && field) entry[field] += JSON.parse(line);
                else throw new Error(`line ${index + 1} is none of a catalogue`);
        }
        finish();

        const header = Object.fromEntries(
                (messages.get("")?.texts[0] ?? "")
                        .split("\n")
                        .filter((line) => line.includes(":"))
                        .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
        );
        messages.delete("");
        return { header, messages };
}

const quote = (text) => JSON.stringify(text);

/* The messages as a catalogue, with what `old` has of them; a template without. */
export function write_po(messages, old) {
        const header = old?.header ?? { "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit" };
        const n_forms = Number(/nplurals=(\d)/.exec(header["Plural-Forms"] ?? "")?.[1] ?? 2);
        const head = [
                "# SPDX-FileCopyrightText: The klpwatch authors",
                "# SPDX-License-Identifier: LGPL-2.1-or-later",
                'msgid ""',
                'msgstr ""',
                ...Object.entries(header).map(([key, value]) => quote(`${key}: ${value}\n`)),
                "",
        ];

        return [
                ...head,
                ...messages.flatMap(({ id, plural, places }) => {
                        const texts = old?.messages.get(id)?.texts ?? [];

                        return [
                                ...new Set(places.map((place) => `#: ${place.replace(/:\d+$/, "")}`)),
                                `msgid ${quote(id)}`,
                                ...(plural
                                        ? [
                                                  `msgid_plural ${quote(plural)}`,
                                                  ...Array.from({ length: n_forms }, (_, i) => `msgstr[${i}] ${quote(texts[i] ?? "")}`),
                                          ]
                                        : [`msgstr ${quote(texts[0] ?? "")}`]),
                                "",
                        ];
                }),
        ].join("\n");
}

/* The script that Cockpit serves as po.js where the browser asks for this language. */
export function write_script({ header, messages }, language, only) {
        const rule = /plural=([n0-9 !=<>&|?:%()]+);?$/.exec(header["Plural-Forms"] ?? "");

        if (!rule) throw new Error(`${language}: no Plural-Forms`);
        const entries = [...messages]
                .filter(([id, { texts }]) => texts.every((text) => text !== "") && (!only || only.has(id)))
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([id, { plural, texts }]) => `${quote(id)}:${JSON.stringify([plural ?? null, ...texts])}`);

        return (
                `cockpit.locale({"":{"plural-forms":n=>${rule[1].trim()},"language":${quote(language)},` +
                `"language-direction":"ltr"},\n${entries.join(",\n")}});\n`
        );
}
