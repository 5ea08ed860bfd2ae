/**
 * A variable that the function cannot do without.
 * @throws Error naming it, in the init phase, before the first request.
 */
export function required(name: string): string {
    const value = process.env[name];
    if (!value) throw new Error(`The environment variable ${name} is not set.`);
    return value;
}

/** A variable that holds a number, or the default. */
export function numeric(name: string, otherwise: number): number {
    const value = process.env[name];
    if (!value) return otherwise;
    const number = Number(value);
    if (!Number.isFinite(number)) throw new Error(`The environment variable ${name} must be a number, not "${value}".`);
    return number;
}
