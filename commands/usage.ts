import { parseArgs } from "node:util";

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
    override name = "UsageError";
}

/** One option of a command; all of them take a value unless `flag` is set. */
export interface Option {
    /** What stands for the value in the help: `<name>`. */
    value?: string;
    flag?: boolean;
    /** May be given several times. */
    multiple?: boolean;
    help: string;
}

export interface Usage {
    /** As typed: `npm start`. */
    command: string;
    summary: string;
    /** One argument that is no option. Default: none is taken. */
    argument?: { name: string; help: string };
    options: Record<string, Option>;
}

/** What was given: text for options with a value, lists for those that may repeat, true for flags. */
export interface Given {
    text(option: string): string | undefined;
    list(option: string): string[];
    flag(option: string): boolean;
    argument(): string | undefined;
}

const HELP: Option = { flag: true, help: "Show this text." };

/**
 * Reads a command's options; `--help` is one of every command.
 * @throws UsageError on an unknown option, a missing value or an argument that is no option.
 */
export function parseOptions(usage: Usage, args: string[]): Given {
    const declared = Object.fromEntries(
        Object.entries({ ...usage.options, help: HELP }).map(([name, option]) => [
            name,
            { type: option.flag ? ("boolean" as const) : ("string" as const), multiple: option.multiple ?? false },
        ]),
    );
    try {
        const allowPositionals = usage.argument !== undefined;
        const { values, positionals } = parseArgs({ args, options: declared, strict: true, allowPositionals });
        if (positionals.length > 1) throw new Error(`One ${usage.argument?.name} can be given`);
        return {
            argument: () => positionals[0],
            text: (name) => (typeof values[name] === "string" ? values[name] : undefined),
            list: (name) => (Array.isArray(values[name]) ? values[name].map(String) : []),
            flag: (name) => values[name] === true,
        };
    } catch (error) {
        const why = error instanceof Error ? error.message.split(". ")[0] : String(error);
        throw new UsageError(`${why}. See: ${usage.command} -- --help`);
    }
}

export function helpText(usage: Usage): string {
    const rows = Object.entries({ ...usage.options, help: HELP }).map(([name, option]): [string, string] => [
        `--${name}${option.value === undefined ? "" : ` ${option.value}`}`,
        option.help,
    ]);
    if (usage.argument !== undefined) rows.unshift([`[${usage.argument.name}]`, usage.argument.help]);
    const width = Math.max(...rows.map(([left]) => left.length)) + 2;
    return [
        usage.summary,
        "",
        `Usage: ${usage.command} --${usage.argument === undefined ? "" : ` [${usage.argument.name}]`} [options]`,
        "",
        ...rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`),
        "",
    ].join("\n");
}

/** `key=value` pairs. */
export function parsePairs(option: string, pairs: string[]): Record<string, string> {
    return Object.fromEntries(
        pairs.map((pair) => {
            const at = pair.indexOf("=");
            if (at < 1) throw new UsageError(`--${option} takes <key>=<value>, not "${pair}".`);
            return [pair.slice(0, at), pair.slice(at + 1)];
        }),
    );
}

/** @throws UsageError when it is no port. */
export function parsePort(text: string): number {
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65_535) {
        throw new UsageError(`--port takes a number from 0 (any free port) to 65535, not "${text}".`);
    }
    return port;
}
