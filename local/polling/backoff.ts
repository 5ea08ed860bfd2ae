const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** AWS does not say how long its pollers wait before they try again: here it is a second first, a minute at most. */
export function backoffMs(attempts: number): number {
    return attempts <= 0 ? 0 : Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);
}
