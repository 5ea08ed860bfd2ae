import type { AttributeSchema } from "./attributes";
import type { PasswordPolicy } from "./password-policy";
import type { Verifier } from "./secure-remote-password";
import { SigningKey } from "./signing-key";

export type UserStatus = "UNCONFIRMED" | "CONFIRMED" | "FORCE_CHANGE_PASSWORD" | "RESET_REQUIRED";

export interface User {
    username: string;
    /** With `sub`. */
    attributes: Record<string, string>;
    status: UserStatus;
    enabled: boolean;
    /** Absent until a password is set. */
    password?: Verifier;
    /** Names of groups. */
    groups: Set<string>;
    createdAt: number;
    modifiedAt: number;
    /** When the administrator set the temporary password; absent for the user's own one. */
    temporarySince?: number;
    failedSignIns: number;
    lockedUntil: number;
}

export interface Group {
    name: string;
    description?: string;
    roleArn?: string;
    /** Lower goes before higher. */
    precedence?: number;
    createdAt: number;
    modifiedAt: number;
}

export interface ResourceServer {
    identifier: string;
    name: string;
    scopes: { name: string; description: string }[];
}

export interface Client {
    id: string;
    name: string;
    pool: UserPool;
    secret?: string;
    explicitAuthFlows: string[];
    preventUserExistenceErrors: boolean;
    enableTokenRevocation: boolean;
    /** Milliseconds. */
    validity: { access: number; id: number; refresh: number; session: number };
    /** Milliseconds that a used refresh token keeps working; absent without rotation. */
    rotationGrace?: number;
    /** Absent: all that AWS lets clients write. */
    writeAttributes?: string[];
    readAttributes?: string[];
    allowedOAuthFlows: string[];
    allowedOAuthScopes: string[];
    createdAt: number;
    /** As the graph gives them, for `DescribeUserPoolClient`. */
    inputs: Record<string, unknown>;
}

/** What the graph says about a pool. Triggers are functions' ARNs by their name in `LambdaConfig`. */
export interface UserPoolSettings {
    id: string;
    arn: string;
    name: string;
    usernameAttributes: string[];
    aliasAttributes: string[];
    autoVerifiedAttributes: string[];
    /** Changes of these take effect only once the new value is verified. */
    verifiedBeforeUpdate: string[];
    caseSensitive: boolean;
    onlyAdminCreatesUsers: boolean;
    passwordPolicy: PasswordPolicy;
    schema: AttributeSchema;
    triggers: Record<string, string>;
    /** `V1_0`, `V2_0` or `V3_0`. */
    preTokenGenerationVersion: string;
    createdAt: number;
    /** As the graph gives them, for `DescribeUserPool`. */
    inputs: Record<string, unknown>;
}

export class UserPool {
    readonly groups = new Map<string, Group>();
    readonly clients = new Map<string, Client>();
    readonly resourceServers = new Map<string, ResourceServer>();
    /** The prefix of `<domain>.auth.<region>.amazoncognito.com`, or the whole host. */
    domain?: string;
    readonly #users = new Map<string, User>();

    /** @param settings Change with the graph; the users stay. */
    constructor(
        public settings: UserPoolSettings,
        readonly signingKey = new SigningKey(),
    ) {}

    get id(): string {
        return this.settings.id;
    }

    get region(): string {
        return this.id.slice(0, this.id.indexOf("_"));
    }

    get issuer(): string {
        return `https://cognito-idp.${this.region}.amazonaws.com/${this.id}`;
    }

    /** Oldest first. */
    get users(): User[] {
        return [...this.#users.values()];
    }

    /** What a user's password is hashed with. */
    identityOf(user: User): string {
        return `${this.id.slice(this.id.indexOf("_") + 1)}${user.username}`;
    }

    add(user: User): void {
        this.#users.set(this.#fold(user.username), user);
    }

    remove(user: User): void {
        this.#users.delete(this.#fold(user.username));
    }

    /**
     * By username, by the attributes that stand for it, or by an alias. Aliases count once they are verified:
     * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
     */
    find(name: string): User | undefined {
        const { usernameAttributes, aliasAttributes } = this.settings;
        const byName = this.#users.get(this.#fold(name));
        if (byName !== undefined) return byName;
        for (const attribute of usernameAttributes) {
            const found = this.holderOf(attribute, name);
            if (found !== undefined) return found;
        }
        for (const attribute of aliasAttributes) {
            const found = this.holderOf(attribute, name);
            const mustBeVerified = attribute !== "preferred_username";
            if (found !== undefined && (!mustBeVerified || found.attributes[`${attribute}_verified`] === "true")) {
                return found;
            }
        }
        return this.users.find((user) => user.attributes["sub"] === name);
    }

    holderOf(attribute: string, value: string): User | undefined {
        const wanted = this.#fold(value);
        for (const user of this.#users.values()) {
            const held = user.attributes[attribute];
            if (held !== undefined && this.#fold(held) === wanted) return user;
        }
        return undefined;
    }

    /** The user's groups, those of the lowest precedence first. */
    groupsOf(user: User): Group[] {
        const rank = (group: Group): number => group.precedence ?? Infinity;
        return [...this.groups.values()]
            .filter((group) => user.groups.has(group.name))
            .sort((a, b) => (rank(a) === rank(b) ? a.name.localeCompare(b.name) : rank(a) - rank(b)));
    }

    #fold(name: string): string {
        return this.settings.caseSensitive ? name : name.toLowerCase();
    }
}
