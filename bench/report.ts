import { writeFileSync } from "node:fs";

/** One figure, and what it is to be seen beside. */
export interface Figure {
    name: string;
    value: number;
    unit: string;
    /** The same of something else, measured in the same run. */
    baseline?: number;
    /** `value / baseline` */
    ratio?: number;
}

export function figure(name: string, value: number, unit: string, baseline?: number): Figure {
    return { name, value, unit, ...(baseline === undefined ? {} : { baseline, ratio: value / baseline }) };
}

export function table(figures: Figure[]): string {
    const rows = [
        ["", "", "baseline", "ratio"],
        ...figures.map(({ name, value, unit, baseline, ratio }) => [
            name,
            `${short(value)} ${unit}`,
            baseline === undefined ? "" : `${short(baseline)} ${unit}`,
            ratio === undefined ? "" : short(ratio),
        ]),
    ];
    const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    const line = (row: string[]): string =>
        row
            .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
            .join("  ");
    return `${rows.map(line).join("\n")}\n`;
}

export function writeJson(path: string, figures: Figure[]): void {
    const complete = figures.map(({ name, value, unit, baseline = null, ratio = null }) => ({
        name,
        value,
        unit,
        baseline,
        ratio,
    }));
    writeFileSync(path, `${JSON.stringify(complete, undefined, 4)}\n`);
}

function short(value: number): string {
    if (value >= 100) return value.toFixed(0);
    return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
