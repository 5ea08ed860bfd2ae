import assert from "node:assert/strict";

import fc from "fast-check";

import { toMinor, toNumber, toText } from "../../../handlers/orders/money";
import { CURRENCY_DECIMALS, type CurrencyCode } from "../../../schemas/orders/common";

const currency = fc.constantFrom(...(Object.keys(CURRENCY_DECIMALS) as CurrencyCode[]));
const minor = fc.nat(1_000_000_000);

describe("money", () => {
    it("keeps its amount as text and as a number, in every currency", () => {
        fc.assert(
            fc.property(minor, currency, (amount, code) => {
                assert.equal(toMinor(toText(amount, code), code), amount);
                assert.equal(toMinor(toNumber(amount, code), code), amount);
            }),
        );
    });

    it("is written with all decimals of its currency", () => {
        assert.equal(toText(5, "EUR"), "0.05");
        assert.equal(toText(1250, "EUR"), "12.50");
        assert.equal(toText(1250, "JPY"), "1250");
        assert.equal(toText(1250, "KWD"), "1.250");
    });

    it("is never rounded", () => {
        assert.equal(toMinor("0.001", "EUR"), undefined);
        assert.equal(toMinor(0.001, "EUR"), undefined);
        assert.equal(toMinor(1e-7, "KWD"), undefined);
        assert.equal(toMinor("1.5", "JPY"), undefined);
        assert.equal(toMinor("1.500", "EUR"), 150);
        assert.equal(toMinor(0.1 + 0.2, "EUR"), undefined);
    });

    it("refuses what is no amount", () => {
        for (const text of ["", "-1", "1,50", ".5", "NaN", "1.5.0"])
            assert.equal(toMinor(text, "EUR"), undefined, text);
    });
});
