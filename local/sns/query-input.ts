import type { JsonObject } from "../service";

/** Lists and maps of the Query protocol, which has them as flat parameters: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */

/** `Name.entry.1.key`, `Name.entry.1.value` */
export function textMap(input: JsonObject, name: string): Record<string, string> {
    const entries = numbered(input, `${name}.entry`).map(({ key = "", value = "" }) => [key, value]);
    return Object.fromEntries(entries) as Record<string, string>;
}

/** `Name.member.1` */
export function textList(input: JsonObject, name: string): string[] {
    return numbered(input, `${name}.member`).map(({ "": value = "" }) => value);
}

/** `Name.member.1.Key`: the members' own parameters. */
export function structures(input: JsonObject, name: string): Record<string, string>[] {
    return numbered(input, `${name}.member`);
}

/** `Name.entry.1.Name`, `Name.entry.1.Value.DataType`: the entries' own parameters. */
export function entries(input: JsonObject, name: string): Record<string, string>[] {
    return numbered(input, `${name}.entry`);
}

/** The parameters below `<prefix>.1`, `<prefix>.2` …, in this order. */
function numbered(input: JsonObject, prefix: string): Record<string, string>[] {
    const found = new Map<number, Record<string, string>>();
    for (const [parameter, value] of Object.entries(input)) {
        if (!parameter.startsWith(`${prefix}.`)) continue;
        const [position = "", ...rest] = parameter.slice(prefix.length + 1).split(".");
        const at = Number(position);
        found.set(at, { ...found.get(at), [rest.join(".")]: String(value) });
    }
    return [...found].sort(([one], [other]) => one - other).map(([, parameters]) => parameters);
}
