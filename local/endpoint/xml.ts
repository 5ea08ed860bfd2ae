const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

function escape(text: string): string {
    return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** Writes a value as AWS's Query protocol does: lists as `<member>`, maps as `<entry>`, absent values left out, dates as ISO 8601. */
export function toXml(name: string, value: unknown): string {
    if (value === undefined || value === null) return "";
    return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
    if (value instanceof Date) return value.toISOString();
    if (Array.isArray(value)) return value.map((item) => toXml("member", item)).join("");
    if (value instanceof Map) {
        return [...value]
            .map(([key, member]) => toXml("entry", { key: key as unknown, value: member as unknown }))
            .join("");
    }
    if (typeof value === "object" && value !== null) {
        return Object.entries(value)
            .map(([key, member]) => toXml(key, member))
            .join("");
    }
    return escape(String(value));
}
