import {
    calculateJwkThumbprint,
    type CryptoKey,
    exportJWK,
    generateKeyPair,
    type JWK,
    type JWTPayload,
    jwtVerify,
    SignJWT,
} from "jose";

interface Pair {
    privateKey: CryptoKey;
    publicKey: CryptoKey;
    /** As the pool's JWKS shows it. */
    jwk: JWK & { kid: string };
}

const ALGORITHM = "RS256";

/** The key pair that signs one user pool's tokens. Its making starts at once, off the main thread. */
export class SigningKey {
    readonly #pair: Promise<Pair> = makePair();

    async jwks(): Promise<{ keys: JWK[] }> {
        return { keys: [(await this.#pair).jwk] };
    }

    async sign(claims: JWTPayload): Promise<string> {
        const { privateKey, jwk } = await this.#pair;
        return new SignJWT(claims).setProtectedHeader({ kid: jwk.kid, alg: ALGORITHM }).sign(privateKey);
    }

    /** @throws jose's errors, for example `JWTExpired`. */
    async verify(token: string, issuer: string, now: number): Promise<JWTPayload> {
        const { publicKey } = await this.#pair;
        const options = { issuer, algorithms: [ALGORITHM], currentDate: new Date(now), requiredClaims: ["exp"] };
        return (await jwtVerify(token, publicKey, options)).payload;
    }
}

async function makePair(): Promise<Pair> {
    const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    return { privateKey, publicKey, jwk: { alg: ALGORITHM, e: jwk.e, kid, kty: jwk.kty, n: jwk.n, use: "sig" } };
}
