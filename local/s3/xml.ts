import { XMLParser, XMLValidator } from "fast-xml-parser";

import { refusals } from "./errors";

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };
const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: false });

/** A document as S3 writes them: a list is an element for each of its members. */
export function xmlDocument(name: string, content: object | string): string {
    const inner = typeof content === "string" ? escape(content) : members(content);
    return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${NAMESPACE}">${inner}</${name}>`;
}

/** Without the namespace, which errors have none of. */
export function xmlError(content: object): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${members(content)}</Error>`;
}

function members(content: object): string {
    return Object.entries(content)
        .flatMap(([name, value]) =>
            (Array.isArray(value) ? value : [value]).map((each: unknown) => element(name, each)),
        )
        .join("");
}

function element(name: string, value: unknown): string {
    if (value === undefined || value === null) return "";
    const content = typeof value === "object" ? members(value) : escape(String(value));
    return `<${name}>${content}</${name}>`;
}

function escape(text: string): string {
    return text.replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character);
}

/**
 * The content of a document's root element.
 * @throws ServiceError MalformedXML
 */
export function parseXml(body: Buffer, root: string): Record<string, unknown> {
    const text = body.toString("utf8");
    if (XMLValidator.validate(text) !== true) throw refusals.malformedXml();
    const parsed = parser.parse(text) as Record<string, unknown>;
    if (!(root in parsed)) throw refusals.malformedXml();
    return Object(parsed[root]) as Record<string, unknown>;
}

/** One element, several or none, as a list. */
export function list(value: unknown): Record<string, unknown>[] {
    const all: unknown[] = value === undefined || value === "" ? [] : Array.isArray(value) ? value : [value];
    return all.map((each) => Object(each) as Record<string, unknown>);
}

/** Elements that hold a text. */
export function texts(value: unknown): string[] {
    return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
}
