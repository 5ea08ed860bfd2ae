import { randomBytes } from "node:crypto";

import type { Clock } from "../clock";
import { isSignedBy, signingKey, type SignedRequest, timestampOf } from "../endpoint/sigv4";
import { ServiceError } from "../errors";
import type { HttpRequest } from "../service";
import type { Identity } from "./identities";
import type { Policy } from "./policy";

export interface Credentials {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken: string;
}

/** Whom an access key stands for. */
export interface KeyHolder {
    /** Absent for a session of the developer. */
    identity?: Identity;
    /** Of a role's session. */
    sessionName?: string;
    /** Limits what the session may do. */
    sessionPolicy?: Policy;
    /** The key came with a session token. */
    temporary?: boolean;
}

interface Key extends KeyHolder {
    secretAccessKey: string;
    sessionToken?: string;
    /** Milliseconds since 1970; absent where it never ends. */
    expiresAt?: number;
    /** Derived keys, by day, region and service. */
    derived: Map<string, Buffer>;
    /** A user's key may be switched off. */
    inactive?: boolean;
}

/** A request may be this old or early: https://docs.aws.amazon.com/general/latest/gr/signing-elements.html */
const ALLOWED_SKEW_MS = 15 * 60 * 1000;

/** What the keys of this cloud's sessions begin with: AWS's own prefix for them, and a mark. */
const SESSION_KEY_PREFIX = "ASIAQUINTET";

/** Services that answer in XML have names of their own for some refusals. */
const XML_SERVICES = new Set(["iam", "sts", "sns", "s3"]);

/** The access keys that this cloud has given out. */
export class CredentialStore {
    readonly #keys = new Map<string, Key>();

    constructor(private readonly clock: Clock) {}

    addUserKey(accessKeyId: string, secretAccessKey: string, identity: Identity, inactive: boolean): void {
        this.#keys.set(accessKeyId, { identity, secretAccessKey, inactive, derived: new Map() });
    }

    remove(accessKeyId: string): void {
        this.#keys.delete(accessKeyId);
    }

    /** @param expiresAt Milliseconds since 1970; without it, the session never ends. */
    newSession(holder: KeyHolder, expiresAt?: number): Credentials {
        this.#forgetExpired();
        const credentials = {
            accessKeyId: `${SESSION_KEY_PREFIX}${base32(9)}`,
            secretAccessKey: randomBytes(30).toString("base64"),
            sessionToken: randomBytes(96).toString("base64"),
        };
        this.#keys.set(credentials.accessKeyId, {
            ...holder,
            secretAccessKey: credentials.secretAccessKey,
            sessionToken: credentials.sessionToken,
            temporary: true,
            expiresAt,
            derived: new Map(),
        });
        return credentials;
    }

    holderOf(accessKeyId: string): KeyHolder | undefined {
        return this.#keys.get(accessKeyId);
    }

    /**
     * Who signed the request; undefined where the key is of no concern to this cloud.
     * @throws ServiceError when one of its own keys is used wrongly.
     */
    verify(signed: SignedRequest, request: HttpRequest): KeyHolder | undefined {
        const key = this.#keys.get(signed.accessKeyId);
        if (key === undefined) {
            if (!signed.accessKeyId.startsWith(SESSION_KEY_PREFIX)) return undefined;
            throw invalidToken(signed);
        }
        if (key.inactive === true || key.sessionToken !== signed.sessionToken) throw invalidToken(signed);
        this.#refuseStale(signed, key);
        if (!isSignedBy(derivedKey(key, signed), signed, request)) {
            throw new ServiceError(
                XML_SERVICES.has(signed.service) ? "SignatureDoesNotMatch" : "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. " +
                    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
                403,
            );
        }
        return key;
    }

    #refuseStale(signed: SignedRequest, key: Key): void {
        const now = this.clock.now();
        if (key.expiresAt !== undefined && key.expiresAt <= now) {
            throw new ServiceError(
                "ExpiredTokenException",
                "The security token included in the request is expired",
                403,
            );
        }
        // Clients outside sign with the machine's time, whatever this cloud's clock has been set to.
        if (![now, Date.now()].some((time) => isCurrent(signed, time))) {
            throw new ServiceError("RequestExpired", `Request has expired: it is of ${signed.timestamp}.`, 400);
        }
    }

    #forgetExpired(): void {
        for (const [id, { expiresAt }] of this.#keys) {
            // An hour longer, so that its holder is told that it has expired.
            if (expiresAt !== undefined && expiresAt + 3_600_000 < this.clock.now()) this.#keys.delete(id);
        }
    }
}

function isCurrent(signed: SignedRequest, now: number): boolean {
    const age = now - timestampOf(signed);
    return signed.expiresIn === undefined
        ? Math.abs(age) <= ALLOWED_SKEW_MS
        : age >= -ALLOWED_SKEW_MS && age <= signed.expiresIn * 1000;
}

function derivedKey(key: Key, signed: SignedRequest): Buffer {
    const scope = `${signed.day}/${signed.region}/${signed.service}`;
    let derived = key.derived.get(scope);
    if (derived === undefined) {
        derived = signingKey(key.secretAccessKey, signed);
        // A caller signs for few services; what is beyond them is of days gone by.
        if (key.derived.size >= 32) key.derived.clear();
        key.derived.set(scope, derived);
    }
    return derived;
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
function invalidToken({ service }: SignedRequest): ServiceError {
    return new ServiceError(
        XML_SERVICES.has(service) ? "InvalidClientTokenId" : "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        403,
    );
}

function base32(length: number): string {
    return [...randomBytes(length)].map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32]).join("");
}
