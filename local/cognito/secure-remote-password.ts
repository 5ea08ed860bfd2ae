import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from "node:crypto";

/**
 * Cognito's variant of SRP-6a (RFC 5054): SHA-256, the 3072-bit group of RFC 3526 with generator 2, and numbers hashed
 * as two's complement bytes.
 */
const N = toNumber(getDiffieHellman("modp15").getPrime());
const GENERATOR = 2n;
const K = toNumber(hash(signedBytes(N), signedBytes(GENERATOR)));

/** Of this run, so that nobody can compute which challenges are pretended. */
const PRETENCE = randomBytes(32);

/** What is kept of a password: the password itself cannot be derived from it. */
export interface Verifier {
    salt: bigint;
    /** g^x, x being a hash of salt, user and password. */
    verifier: bigint;
}

/** The server's side of one sign-in. */
export interface ServerExchange {
    clientPublic: bigint;
    serverPrivate: bigint;
    serverPublic: bigint;
}

/** @param identity Name of the pool (its id behind the `_`) followed by the username. */
export function makeVerifier(identity: string, password: string, salt = randomNumber(16)): Verifier {
    const x = hash(signedBytes(salt), hash(Buffer.from(`${identity}:${password}`)));
    return { salt, verifier: power(GENERATOR, toNumber(x)) };
}

export function matches(kept: Verifier, identity: string, password: string): boolean {
    return makeVerifier(identity, password, kept.salt).verifier === kept.verifier;
}

/** The same for the same name, so that asking twice does not tell that nobody has it. */
export function pretendedVerifier(poolId: string, name: string): { userId: string; verifier: Verifier } {
    const digest = createHmac("sha256", PRETENCE).update(`${poolId}/${name}`).digest();
    const hex = digest.toString("hex");
    const userId = hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    const salt = toNumber(digest.subarray(16));
    return { userId, verifier: makeVerifier(userId, hex, salt) };
}

/** Undefined when the client's public number cannot be one. */
export function startExchange(kept: Verifier, clientPublicHex: string): ServerExchange | undefined {
    if (!/^[0-9a-f]{1,768}$/i.test(clientPublicHex)) return undefined;
    const clientPublic = BigInt(`0x${clientPublicHex}`);
    if (clientPublic % N === 0n) return undefined;
    const serverPrivate = randomNumber(32);
    const serverPublic = (K * kept.verifier + power(GENERATOR, serverPrivate)) % N;
    return { clientPublic, serverPrivate, serverPublic };
}

/** The signature that only a client that knows the password can compute. */
export function expectedSignature(
    exchange: ServerExchange,
    kept: Verifier,
    claim: { identity: string; secretBlock: Buffer; timestamp: string },
): Buffer {
    const { clientPublic, serverPrivate, serverPublic } = exchange;
    const u = toNumber(hash(signedBytes(clientPublic), signedBytes(serverPublic)));
    const shared = power(power(kept.verifier, u) * clientPublic, serverPrivate);
    const key = hkdfSync("sha256", signedBytes(shared), signedBytes(u), "Caldera Derived Key", 16);
    return createHmac("sha256", Buffer.from(key))
        .update(claim.identity)
        .update(claim.secretBlock)
        .update(claim.timestamp)
        .digest();
}

/**
 * In bigint: 3 ms for an exponent of 256 bits. OpenSSL's Diffie-Hellman needs 0.5 ms, but since Node 24 more than a
 * second before it to check that the prime is one.
 */
function power(base: bigint, exponent: bigint): bigint {
    let result = 1n;
    let square = base % N;
    for (let left = exponent; left > 0n; left >>= 1n) {
        if ((left & 1n) === 1n) result = (result * square) % N;
        square = (square * square) % N;
    }
    return result;
}

function hash(...parts: Buffer[]): Buffer {
    const digest = createHash("sha256");
    for (const part of parts) digest.update(part);
    return digest.digest();
}

function randomNumber(bytes: number): bigint {
    return toNumber(randomBytes(bytes));
}

function toNumber(bytes: Buffer): bigint {
    return BigInt(`0x${bytes.toString("hex")}`);
}

/** A leading zero byte keeps a number whose first bit is set from reading as negative. */
function signedBytes(number: bigint): Buffer {
    const hex = number.toString(16);
    const even = hex.length % 2 === 0 ? hex : `0${hex}`;
    return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}
