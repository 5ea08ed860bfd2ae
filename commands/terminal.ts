/** Colours, only where a person looks: https://no-color.org */
export interface Style {
    bold(text: string): string;
    dim(text: string): string;
    good(text: string): string;
    bad(text: string): string;
}

export function styleFor(stream: { isTTY?: boolean }): Style {
    const colours = stream.isTTY === true && !process.env["NO_COLOR"];
    const paint = (on: number, off: number) => (text: string) =>
        colours ? `\u001b[${on}m${text}\u001b[${off}m` : text;
    return { bold: paint(1, 22), dim: paint(2, 22), good: paint(32, 39), bad: paint(31, 39) };
}

/** Says what a command is at, on one line of the terminal that the next step replaces. */
export class Progress {
    #shown = false;

    constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

    step(text: string): void {
        if (!this.stream.isTTY) return;
        this.clear();
        this.stream.write(`${text} …`);
        this.#shown = true;
    }

    clear(): void {
        if (this.#shown) this.stream.write("\r\u001b[2K");
        this.#shown = false;
    }
}
