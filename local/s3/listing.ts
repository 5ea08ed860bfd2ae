/** A page of keys, and of what keys begin with up to a delimiter. */
export interface Page {
    keys: string[];
    prefixes: string[];
    /** The last key or prefix of a page that others follow. */
    next?: string;
}

export interface PageRequest {
    prefix: string;
    /** Empty where keys are not to be grouped. */
    delimiter: string;
    /** Keys up to this one are left out, and those below it where it is a prefix. */
    after: string;
    most: number;
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 * @param keys In the order of their bytes.
 */
export function pageOf(keys: string[], { prefix, delimiter, after, most }: PageRequest): Page {
    const page: Page = { keys: [], prefixes: [] };
    let last = "";
    for (const key of keys) {
        if (!key.startsWith(prefix) || !isBehind(key, after)) continue;
        const group = groupOf(key, prefix, delimiter);
        if (group !== undefined && (group === last || group === after)) continue;
        if (page.keys.length + page.prefixes.length >= most) return most === 0 ? page : { ...page, next: last };
        (group === undefined ? page.keys : page.prefixes).push(group ?? key);
        last = group ?? key;
    }
    return page;
}

function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

function isBehind(key: string, after: string): boolean {
    return after === "" || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}
