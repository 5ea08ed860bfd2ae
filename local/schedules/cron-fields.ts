/** A field of AWS's cron expressions. */
interface Field {
    first: number;
    last: number;
    /** Words for its values, from the first on. */
    names: string[];
    /** What the part of a field that is no list may look like, once its names are numbers. */
    part: RegExp;
    /** What is to be added to AWS's numbers for the library's. */
    shift: number;
}

const NUMBERS = /^(\*|\d+(-\d+)?)(\/\d+)?$/;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const MINUTES: Field = { first: 0, last: 59, names: [], part: NUMBERS, shift: 0 };
const HOURS: Field = { first: 0, last: 23, names: [], part: NUMBERS, shift: 0 };
const DAYS_OF_MONTH: Field = {
    first: 1,
    last: 31,
    names: [],
    part: /^((\*|\d+(-\d+)?)(\/\d+)?|L|LW|\d+W)$/,
    shift: 0,
};
const MONTHS_OF_YEAR: Field = { first: 1, last: 12, names: MONTHS, part: NUMBERS, shift: 0 };
/** AWS counts the days of the week from 1, which is Sunday; the library from 0. */
const DAYS_OF_WEEK: Field = {
    first: 1,
    last: 7,
    names: DAYS,
    part: /^((\*|\d(-\d)?)(\/\d+)?|L|\dL|\d#[1-5])$/,
    shift: -1,
};
const YEARS: Field = { first: 1970, last: 2199, names: [], part: NUMBERS, shift: 0 };

/**
 * Six fields of AWS's as seven of croner's; undefined where they make no sense.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function cronerPattern(content: string): string | undefined {
    const fields = content.trim().split(/\s+/);
    const [minutes = "", hours = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = fields;
    // Exactly one of the two says the day.
    if (fields.length !== 6 || (dayOfMonth === "?") === (dayOfWeek === "?")) return undefined;
    const translated = [
        translate(minutes, MINUTES),
        translate(hours, HOURS),
        dayOfMonth === "?" ? "*" : translate(dayOfMonth, DAYS_OF_MONTH),
        translate(month, MONTHS_OF_YEAR),
        dayOfWeek === "?" ? "*" : translate(dayOfWeek, DAYS_OF_WEEK),
        translate(year, YEARS),
    ];
    return translated.includes(undefined) ? undefined : `0 ${translated.join(" ")}`;
}

function translate(text: string, field: Field): string | undefined {
    const parts = text.split(",").map((part) => translatePart(part.toUpperCase(), field));
    return parts.includes(undefined) ? undefined : parts.join(",");
}

function translatePart(text: string, field: Field): string | undefined {
    const { first, last, names, part, shift } = field;
    const numbered = text.replace(/[A-Z]{3}/g, (word) => {
        const at = names.indexOf(word);
        return at < 0 ? word : String(first + at);
    });
    if (!part.test(numbered)) return undefined;
    // The last day of the week is Saturday.
    if (field === DAYS_OF_WEEK && numbered === "L") return String(last + shift);
    const [values = "", step] = numbered.split("/");
    if (step === "0") return undefined;
    const [, from, to] = /^(\d+)(?:-(\d+))?/.exec(values) ?? [];
    if (from === undefined) return numbered;
    if ([from, to ?? from].some((value) => Number(value) < first || Number(value) > last)) return undefined;
    const suffix = values.replace(/^\d+(-\d+)?/, "");
    // `5/10` is every ten from five on.
    const end = to ?? (step === undefined ? undefined : String(last));
    return range(Number(from), end === undefined ? undefined : Number(end), Number(step ?? 1), field) + suffix;
}

/** A range that goes past the end of its field, `FRI-MON`, goes on at its beginning. */
function range(from: number, to: number | undefined, step: number, { first, last, shift }: Field): string {
    if (to === undefined) return String(from + shift);
    if (to >= from) return `${from + shift}-${to + shift}/${step}`;
    const count = last - first + 1;
    const values = [];
    for (let value = from; value <= to + count; value += step) values.push(((value - first) % count) + first + shift);
    return values.join(",");
}
