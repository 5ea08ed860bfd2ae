/** Text that is markup already. */
export class Html {
    constructor(readonly text: string) {}
}

export function escapeHtml(text: string): string {
    return text.replace(
        /[&<>"']/g,
        (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character] ?? "&#39;",
    );
}

/** A template whose values are escaped unless they are markup. */
export function html(parts: TemplateStringsArray, ...values: (string | Html)[]): Html {
    const texts = values.map((value) => (value instanceof Html ? value.text : escapeHtml(value)));
    return new Html(parts.map((part, at) => part + (texts[at] ?? "")).join(""));
}

export function join(parts: Html[]): Html {
    return new Html(parts.map((part) => part.text).join("\n"));
}
