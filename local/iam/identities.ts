import { ServiceError } from "../errors";
import { awsManagedPolicy, isAwsManaged } from "./managed-policies";
import { parseIdentityPolicy, parseTrustPolicy, parsePolicy, type Policy, type Statement } from "./policy";

/** A role, a user or a group of users, with its policies. */
export interface Identity {
    kind: "role" | "user" | "group";
    name: string;
    arn: string;
    path: string;
    /** `AROA…`, `AIDA…` or `AGPA…` */
    uniqueId: string;
    /** Documents by the policy's name. */
    inline: Map<string, string>;
    /** ARNs of managed policies. */
    attached: Set<string>;
    /** Names of a user's groups. */
    groups: Set<string>;
    permissionsBoundary?: string;
    tags: Record<string, string>;
    /** Who may assume the role; absent for users and groups. */
    trustPolicy?: string;
    /** Longest session of the role. Default 3600 seconds. */
    maxSessionSeconds: number;
    createdAt: number;
}

/** Roles, users, groups and managed policies of the account. */
export class Identities {
    readonly #byArn = new Map<string, Identity>();
    readonly #byName = new Map<string, Identity>();
    readonly #managed = new Map<string, { name: string; document: string }>();
    /** Managed policies that roles or users have, but whose content this cloud does not know; they allow nothing. */
    readonly unknownManagedPolicies = new Set<string>();
    /** Forgotten as a whole with every change: a group's policies are its users', too. */
    #compiled = new WeakMap<Identity, Policy[]>();

    /** Adds an identity, or makes the one of this ARN what this one is: sessions of it go on, by its new policies. */
    add(identity: Identity): Identity {
        if (identity.trustPolicy !== undefined) parseTrustPolicy(identity.trustPolicy);
        const known = this.#byArn.get(identity.arn);
        const added = known === undefined ? identity : Object.assign(known, identity);
        this.#byArn.set(identity.arn, added);
        this.#byName.set(`${identity.kind}/${identity.name}`, added);
        this.#compiled = new WeakMap();
        return added;
    }

    remove(arn: string): void {
        const identity = this.#byArn.get(arn);
        if (identity === undefined) return;
        this.#byArn.delete(arn);
        this.#byName.delete(`${identity.kind}/${identity.name}`);
        // A session that is left may do nothing any more.
        Object.assign(identity, { inline: new Map(), attached: new Set(), groups: new Set() });
        this.#compiled = new WeakMap();
    }

    removeManagedPolicy(arn: string): void {
        this.#managed.delete(arn);
        this.#compiled = new WeakMap();
    }

    list(kind: Identity["kind"]): Identity[] {
        return [...this.#byArn.values()].filter((identity) => identity.kind === kind);
    }

    byArn(arn: string): Identity | undefined {
        return this.#byArn.get(arn);
    }

    find(kind: Identity["kind"], name: string): Identity | undefined {
        return this.#byName.get(`${kind}/${name}`);
    }

    /** @throws ServiceError NoSuchEntityException */
    byName(kind: Identity["kind"], name: string): Identity {
        const found = this.find(kind, name);
        if (found === undefined) throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
        return found;
    }

    /** @throws ServiceError MalformedPolicyDocument */
    putInline(identity: Identity, policyName: string, document: string): void {
        parseIdentityPolicy(document);
        identity.inline.set(policyName, document);
        this.#compiled = new WeakMap();
    }

    /** @throws ServiceError NoSuchEntityException when the account has no such policy */
    attach(identity: Identity, policyArn: string): void {
        if (this.document(policyArn) === undefined) {
            if (!isAwsManaged(policyArn)) {
                throw noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.`);
            }
            this.unknownManagedPolicies.add(policyArn);
        }
        identity.attached.add(policyArn);
        this.#compiled = new WeakMap();
    }

    join(user: Identity, group: string): void {
        user.groups.add(this.byName("group", group).name);
        this.#compiled = new WeakMap();
    }

    /** @throws ServiceError MalformedPolicyDocument */
    addManagedPolicy(arn: string, name: string, document: string): void {
        parseIdentityPolicy(document);
        this.#managed.set(arn, { name, document });
        this.#compiled = new WeakMap();
    }

    managedPolicies(): { arn: string; name: string }[] {
        return [...this.#managed].map(([arn, { name }]) => ({ arn, name }));
    }

    /** Text of a managed policy, the account's or AWS's own. */
    document(policyArn: string): string | undefined {
        return this.#managed.get(policyArn)?.document ?? awsManagedPolicy(policyArn);
    }

    /** All policies of the role or user, those of its groups included, ready to be asked. */
    policiesOf(identity: Identity): Policy[] {
        let policies = this.#compiled.get(identity);
        if (policies === undefined) {
            policies = this.#documentsOf(identity).map(({ document }) => parsePolicy(document));
            this.#compiled.set(identity, policies);
        }
        return policies;
    }

    /** Names of the policies that a statement stands in. */
    sourcesOf(identity: Identity, statement: Statement): string[] {
        return this.#documentsOf(identity)
            .filter(({ document }) => parsePolicy(document).statements.includes(statement))
            .map(({ name }) => name);
    }

    #documentsOf(identity: Identity): { name: string; document: string }[] {
        const groups = [...identity.groups].map((name) => this.byName("group", name));
        return [identity, ...groups].flatMap(({ inline, attached }) => [
            ...[...inline].map(([name, document]) => ({ name, document })),
            ...[...attached].flatMap((arn) => {
                const document = this.document(arn);
                return document === undefined ? [] : [{ name: policyName(arn), document }];
            }),
        ]);
    }

    boundaryOf(identity: Identity): Policy | undefined {
        if (identity.permissionsBoundary === undefined) return undefined;
        const document = this.document(identity.permissionsBoundary);
        // A boundary that nobody knows must not count as none.
        return document === undefined ? { statements: [] } : parsePolicy(document);
    }
}

/** The last part of a managed policy's ARN. */
export function policyName(policyArn: string): string {
    return policyArn.slice(policyArn.lastIndexOf("/") + 1);
}

export function noSuchEntity(message: string): ServiceError {
    return new ServiceError("NoSuchEntityException", message, 404);
}
