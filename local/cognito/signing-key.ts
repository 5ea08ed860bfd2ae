import {
    calculateJwkThumbprint,
    type CryptoKey,
    exportJWK,
    generateKeyPair,
    importJWK,
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
    readonly #pair: Promise<Pair>;

    /**
     * @param known A private key to go on with.
     * @param made Is told of a new one.
     */
    constructor(known?: JWK, made: (privateKey: JWK) => void = () => undefined) {
        this.#pair = known === undefined ? makePair(made) : pairOf(known);
        this.#pair.catch(() => undefined);
    }

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

async function makePair(made: (privateKey: JWK) => void): Promise<Pair> {
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const jwk = await exportJWK(privateKey);
    made(jwk);
    return pairOf(jwk);
}

async function pairOf(known: JWK): Promise<Pair> {
    const { kty, n, e } = known;
    const kid = await calculateJwkThumbprint({ kty, n, e });
    const jwk = { alg: ALGORITHM, e, kid, kty, n, use: "sig" };
    const [privateKey, publicKey] = await Promise.all([importJWK(known, ALGORITHM), importJWK(jwk, ALGORITHM)]);
    if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) throw new Error("The key is none of RSA.");
    return { privateKey, publicKey, jwk };
}
