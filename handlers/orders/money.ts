import { CURRENCY_DECIMALS, type CurrencyCode } from "../../schemas/orders/common";

/**
 * An amount in the currency's smallest unit, from what a caller wrote.
 * @returns undefined where it has more decimals than the currency.
 */
export function toMinor(amount: string | number, currency: CurrencyCode): number | undefined {
    const decimals = CURRENCY_DECIMALS[currency];
    const text = typeof amount === "number" ? plain(amount) : amount;
    const [, whole, fraction = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    const significant = fraction.replace(/0+$/, "");
    if (whole === undefined || significant.length > decimals) return undefined;
    return Number(whole + significant.padEnd(decimals, "0"));
}

/** Without an exponent, which JavaScript writes for very small numbers. */
function plain(amount: number): string {
    return /e/.test(String(amount)) ? amount.toFixed(10) : String(amount);
}

/** The amount as a decimal number in text, with all decimals of the currency: `12.50`. */
export function toText(minor: number, currency: CurrencyCode): string {
    const decimals = CURRENCY_DECIMALS[currency];
    if (decimals === 0) return String(minor);
    const digits = String(minor).padStart(decimals + 1, "0");
    return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

export function toNumber(minor: number, currency: CurrencyCode): number {
    return Number(toText(minor, currency));
}
