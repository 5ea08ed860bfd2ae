import { createHash, createHmac, randomBytes } from "node:crypto";

/** The client's half of Cognito's SRP in plain bigint arithmetic, independent of what it is tested against. */
const N = BigInt(
    "0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B" +
        "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6" +
        "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D" +
        "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718" +
        "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D" +
        "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
        "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);
const G = 2n;

export class SrpClient {
    readonly #secret = BigInt(`0x${randomBytes(128).toString("hex")}`);
    readonly publicHex = modPow(G, this.#secret, N).toString(16);

    /** `PASSWORD_CLAIM_SIGNATURE` for a challenge. */
    sign(poolId: string, password: string, challenge: Record<string, string>, timestamp: string): string {
        const { USER_ID_FOR_SRP: userId = "", SALT = "", SRP_B = "", SECRET_BLOCK = "" } = challenge;
        const identity = `${poolId.split("_")[1] ?? ""}${userId}`;
        const k = BigInt(`0x${sha256(padded(N) + padded(G))}`);
        const u = BigInt(`0x${sha256(padded(BigInt(`0x${this.publicHex}`)) + padded(BigInt(`0x${SRP_B}`)))}`);
        const inner = createHash("sha256").update(`${identity}:${password}`).digest("hex");
        const x = BigInt(`0x${sha256(padded(BigInt(`0x${SALT}`)) + inner)}`);
        const base = (((BigInt(`0x${SRP_B}`) - k * modPow(G, x, N)) % N) + N) % N;
        const shared = modPow(base, this.#secret + u * x, N);
        const extracted = createHmac("sha256", Buffer.from(padded(u), "hex"))
            .update(Buffer.from(padded(shared), "hex"))
            .digest();
        const key = createHmac("sha256", extracted).update("Caldera Derived Key\u0001").digest().subarray(0, 16);
        return createHmac("sha256", key)
            .update(identity)
            .update(Buffer.from(SECRET_BLOCK, "base64"))
            .update(timestamp)
            .digest("base64");
    }
}

function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
    let result = 1n;
    for (let square = base % modulus, left = exponent; left > 0n; left >>= 1n) {
        if (left & 1n) result = (result * square) % modulus;
        square = (square * square) % modulus;
    }
    return result;
}

function padded(number: bigint): string {
    const hex = number.toString(16);
    const even = hex.length % 2 === 0 ? hex : `0${hex}`;
    return /^[89a-f]/.test(even) ? `00${even}` : even;
}

function sha256(hex: string): string {
    return createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex");
}
