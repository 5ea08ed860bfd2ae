import { ServiceError } from "../errors";
import { awsManagedPolicy, isAwsManaged } from "./managed-policies";
import { parsePolicy, type Policy } from "./policy";

/** A role or a user, with its policies. */
export interface Identity {
    kind: "role" | "user";
    name: string;
    arn: string;
    path: string;
    /** `AROA…` or `AIDA…` */
    uniqueId: string;
    /** Documents by the policy's name. */
    inline: Map<string, string>;
    /** ARNs of managed policies. */
    attached: Set<string>;
    permissionsBoundary?: string;
    tags: Record<string, string>;
    /** Who may assume the role; absent for users. */
    trustPolicy?: string;
    /** Longest session of the role. Default 3600 seconds. */
    maxSessionSeconds: number;
    createdAt: number;
}

/** Roles, users and managed policies of the account. */
export class Identities {
    readonly #byArn = new Map<string, Identity>();
    readonly #byName = new Map<string, Identity>();
    readonly #managed = new Map<string, { name: string; document: string }>();
    /** Managed policies that roles or users have, but whose content this cloud does not know; they allow nothing. */
    readonly unknownManagedPolicies = new Set<string>();
    #compiled = new WeakMap<Identity, Policy[]>();

    add(identity: Identity): void {
        if (identity.trustPolicy !== undefined) parsePolicy(identity.trustPolicy);
        this.#byArn.set(identity.arn, identity);
        this.#byName.set(`${identity.kind}/${identity.name}`, identity);
    }

    list(kind: Identity["kind"]): Identity[] {
        return [...this.#byArn.values()].filter((identity) => identity.kind === kind);
    }

    byArn(arn: string): Identity | undefined {
        return this.#byArn.get(arn);
    }

    /** @throws ServiceError NoSuchEntityException */
    byName(kind: Identity["kind"], name: string): Identity {
        const found = this.#byName.get(`${kind}/${name}`);
        if (found === undefined) throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
        return found;
    }

    /** @throws ServiceError MalformedPolicyDocument */
    putInline(identity: Identity, policyName: string, document: string): void {
        parsePolicy(document);
        identity.inline.set(policyName, document);
        this.#compiled.delete(identity);
    }

    attach(identity: Identity, policyArn: string): void {
        if (this.document(policyArn) === undefined) {
            if (!isAwsManaged(policyArn))
                throw noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.`);
            this.unknownManagedPolicies.add(policyArn);
        }
        identity.attached.add(policyArn);
        this.#compiled.delete(identity);
    }

    /** @throws ServiceError MalformedPolicyDocument */
    addManagedPolicy(arn: string, name: string, document: string): void {
        parsePolicy(document);
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

    /** All policies of the role or user, ready to be asked. */
    policiesOf(identity: Identity): Policy[] {
        let policies = this.#compiled.get(identity);
        if (policies === undefined) {
            const attached = [...identity.attached].map((arn) => this.document(arn));
            policies = [...identity.inline.values(), ...attached]
                .filter((document): document is string => document !== undefined)
                .map(parsePolicy);
            this.#compiled.set(identity, policies);
        }
        return policies;
    }

    boundaryOf(identity: Identity): Policy | undefined {
        if (identity.permissionsBoundary === undefined) return undefined;
        const document = this.document(identity.permissionsBoundary);
        // A boundary that nobody knows must not count as none.
        return document === undefined ? { statements: [] } : parsePolicy(document);
    }
}

export function noSuchEntity(message: string): ServiceError {
    return new ServiceError("NoSuchEntityException", message, 404);
}
