import assert from "node:assert/strict";

import fc from "fast-check";

import { expectedSignature, makeVerifier, matches, startExchange } from "../../../local/cognito/secure-remote-password";
import { SrpClient } from "./srp-client";

const POOL_ID = "eu-central-1_Abc123Def";
const USER = "0b7c5a5e-user";
const IDENTITY = `Abc123Def${USER}`;

describe("Secure Remote Password", () => {
    it("agrees with an independent client on any password, and on no other one", () => {
        const password = fc.string({ unit: "grapheme", minLength: 1 });
        fc.assert(
            fc.property(password, password, fc.uint8Array({ minLength: 1, maxLength: 64 }), (right, given, block) => {
                const kept = makeVerifier(IDENTITY, right);
                const client = new SrpClient();
                const exchange = startExchange(kept, client.publicHex);
                assert.ok(exchange);
                const secretBlock = Buffer.from(block);
                const challenge = {
                    USER_ID_FOR_SRP: USER,
                    SALT: kept.salt.toString(16),
                    SRP_B: exchange.serverPublic.toString(16),
                    SECRET_BLOCK: secretBlock.toString("base64"),
                };
                const expected = expectedSignature(exchange, kept, {
                    identity: IDENTITY,
                    secretBlock,
                    timestamp: "now",
                });
                const signature = client.sign(POOL_ID, given, challenge, "now");
                assert.equal(signature === expected.toString("base64"), right === given);
                assert.equal(client.sign(POOL_ID, right, challenge, "now"), expected.toString("base64"));
            }),
            { numRuns: 10 },
        );
    });

    it("checks passwords without the protocol too", () => {
        fc.assert(
            fc.property(fc.string(), fc.string(), (right, given) => {
                assert.equal(matches(makeVerifier(IDENTITY, right), IDENTITY, given), right === given);
            }),
            { numRuns: 50 },
        );
    });
});
