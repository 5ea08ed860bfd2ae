import type { Clock } from "../clock";
import { parseAuthorization } from "../endpoint/sigv4";
import { ServiceError } from "../errors";
import type { AccessRequest, Caller, HttpRequest, Materialisers, QueryService } from "../service";
import { CredentialStore, type Credentials } from "./credentials";
import { type Decision, evaluate, type Question, type Requester } from "./evaluate";
import { Identities, type Identity, noSuchEntity } from "./identities";
import { iamMaterialisers } from "./materialisers";
import { iamService } from "./operations";
import { parsePolicy, type Policy } from "./policy";
import type { ConditionContext } from "./wildcard";

export interface IamOptions {
    clock: Clock;
    account: string;
}

/** A service that wants to do something to a resource, which the resource's policy must allow. */
export interface ServiceRequest {
    /** `apigateway.amazonaws.com` */
    service: string;
    action: string;
    resource: string;
    /** ARN of what the service acts for: an API's method, a user pool. */
    sourceArn: string;
    resourcePolicy: string;
}

export interface AssumeRoleInput {
    roleArn: string;
    roleSessionName: string;
    /** 900 to the role's maximum. Default 3600. */
    durationSeconds?: number;
    /** A policy that limits the session. */
    policy?: string;
    externalId?: string;
}

export interface AssumedRole {
    credentials: Credentials;
    expiresAt: number;
    arn: string;
    assumedRoleId: string;
}

const ANONYMOUS: Caller = { kind: "anonymous", arn: "", userId: "", accessKeyId: "" };

/** Who is who in the account, and who may do what. */
export class Iam {
    readonly identities = new Identities();
    readonly service: QueryService;
    readonly materialisers: Materialisers;
    /** Whoever uses an access key that this cloud did not issue; may do everything. */
    readonly developer: Caller;
    readonly #clock: Clock;
    readonly #account: string;
    readonly #credentials: CredentialStore;
    readonly #callers = new Map<string, Caller>();

    constructor({ clock, account }: IamOptions) {
        this.#clock = clock;
        this.#account = account;
        this.#credentials = new CredentialStore(clock);
        this.developer = {
            kind: "developer",
            arn: `arn:aws:iam::${account}:user/developer`,
            userId: "AIDAQUINTETDEVELOPER1",
            accessKeyId: "developer",
        };
        this.materialisers = iamMaterialisers(this.identities, this.#credentials, clock);
        this.service = iamService(this.identities, (arn, access) => this.#decideFor(this.#identity(arn), access));
    }

    /**
     * Who sends a request.
     * @throws ServiceError when it is signed with a key of this cloud, but not rightly.
     */
    authenticate(request: HttpRequest): Caller {
        const signed = parseAuthorization(request);
        if (signed === undefined) return ANONYMOUS;
        const holder = this.#credentials.verify(signed, request);
        return holder === undefined
            ? { ...this.developer, accessKeyId: signed.accessKeyId }
            : this.#callerOf(signed.accessKeyId);
    }

    /** @throws ServiceError AccessDeniedException when the caller's policies do not allow it. */
    authorize(caller: Caller, access: AccessRequest, resourcePolicy?: string): void {
        if (caller.kind === "developer") return;
        const decision = this.decide(caller, access, resourcePolicy);
        if (!decision.allowed) throw accessDenied(caller.arn, access, decision);
    }

    /** The same as an answer. */
    decide(caller: Caller, access: AccessRequest, resourcePolicy?: string): Decision {
        const shared = resourcePolicy === undefined ? undefined : parsePolicy(resourcePolicy);
        if (caller.kind === "developer") return this.#decideForDeveloper(caller, access, shared);
        const holder = this.#credentials.holderOf(caller.accessKeyId);
        const identity = holder?.identity ?? this.identities.byArn(caller.principalArn ?? "");
        if (identity === undefined) return { allowed: false, explicit: false, by: "identity-based policy" };
        return this.#decideFor(identity, access, { caller, shared, sessionPolicy: holder?.sessionPolicy });
    }

    /**
     * True when the document allows the action and does not deny it, whatever its Principal.
     * @throws ServiceError MalformedPolicyDocument
     */
    evaluatePolicy(document: string, request: { action: string; resource: string; sourceIp: string }): boolean {
        const context = this.#context({ "aws:SourceIp": [request.sourceIp] });
        return evaluate({
            requester: { type: "AWS", name: "" },
            action: request.action,
            resource: request.resource,
            context,
            identityPolicies: [parsePolicy(document)],
        }).allowed;
    }

    /** Whether a resource's policy lets a service act on it. */
    serviceMayAct({ service, action, resource, sourceArn, resourcePolicy }: ServiceRequest): boolean {
        return evaluate({
            requester: { type: "Service", name: service },
            action,
            resource,
            context: this.#context({ "aws:SourceArn": [sourceArn], "aws:SourceAccount": [this.#account] }),
            identityPolicies: [],
            resourcePolicy: parsePolicy(resourcePolicy),
        }).allowed;
    }

    /**
     * Credentials with which a service acts in a role; they do not end.
     * @throws ServiceError when there is no such role, or it does not trust the service.
     */
    serviceSession(roleArn: string, service: string, sessionName: string): Credentials {
        const role = this.#role(roleArn);
        const requester: Requester = { type: "Service", name: service };
        if (!this.#trusts(role, requester, this.#context({})).allowed) {
            throw new ServiceError(
                "InvalidParameterValueException",
                `The role ${roleArn} cannot be assumed by ${service}.`,
            );
        }
        return this.#credentials.newSession(role, sessionName);
    }

    /** What the policies of a role let it do, asked by a service that acts in it. */
    roleMay(roleArn: string, access: AccessRequest, resourcePolicy?: string): Decision {
        const shared = resourcePolicy === undefined ? undefined : parsePolicy(resourcePolicy);
        return this.#decideFor(this.#role(roleArn), access, { shared });
    }

    /** @throws ServiceError AccessDeniedException, ValidationError */
    assumeRole(caller: Caller, input: AssumeRoleInput): AssumedRole {
        const denied = new ServiceError(
            "AccessDeniedException",
            `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.roleArn}`,
            403,
        );
        const role = this.identities.byArn(input.roleArn);
        if (role?.kind !== "role") throw denied;
        const access = { action: "sts:AssumeRole", resource: role.arn };
        const context = this.#contextOf(caller, {
            "sts:RoleSessionName": [input.roleSessionName],
            ...(input.externalId === undefined ? {} : { "sts:ExternalId": [input.externalId] }),
        });
        const requester: Requester = { type: "AWS", name: caller.arn, roleArn: caller.principalArn };
        const trusted = this.#trusts(role, requester, context);
        // A trust in the account as a whole leaves it to the caller's own policies.
        if (!trusted.allowed || (trusted.byAccount && !this.decide(caller, access).allowed)) throw denied;
        const seconds = validDuration(input.durationSeconds ?? 3600, role.maxSessionSeconds);
        const sessionPolicy = input.policy === undefined ? undefined : parsePolicy(input.policy);
        const credentials = this.#credentials.newSession(role, input.roleSessionName, seconds, sessionPolicy);
        return {
            credentials,
            expiresAt: this.#clock.now() + seconds * 1000,
            arn: this.#callerOf(credentials.accessKeyId).arn,
            assumedRoleId: this.#callerOf(credentials.accessKeyId).userId,
        };
    }

    /** The roles and users that this program's tools ask about. */
    #identity(arn: string): Identity {
        const found = this.identities.byArn(arn);
        if (found === undefined) throw noSuchEntity(`The entity ${arn} cannot be found.`);
        return found;
    }

    #role(arn: string): Identity {
        const found = this.identities.byArn(arn);
        if (found?.kind === "role") return found;
        throw new ServiceError("InvalidParameterValueException", `The role ${arn} does not exist.`);
    }

    #trusts(role: Identity, requester: Requester, context: ConditionContext): { allowed: boolean; byAccount: boolean } {
        const trust = parsePolicy(role.trustPolicy ?? "{}");
        const ask = (policy: Policy): boolean =>
            evaluate({
                requester,
                action: "sts:AssumeRole",
                resource: role.arn,
                context,
                identityPolicies: [],
                resourcePolicy: policy,
            }).allowed;
        if (ask(trust)) return { allowed: true, byAccount: false };
        const byAccount = ask(withAccountsAdmitted(trust));
        return { allowed: byAccount, byAccount };
    }

    #decideFor(
        identity: Identity,
        access: AccessRequest,
        more: { caller?: Caller; shared?: Policy; sessionPolicy?: Policy } = {},
    ): Decision {
        const { caller, shared, sessionPolicy } = more;
        const name = caller?.arn ?? identity.arn;
        const question: Question = {
            requester: { type: "AWS", name, roleArn: identity.kind === "role" ? identity.arn : undefined },
            action: access.action,
            resource: access.resource,
            context: this.#contextOf(caller, access.conditions ?? {}, identity),
            identityPolicies: this.identities.policiesOf(identity),
            resourcePolicy: shared,
            boundary: this.identities.boundaryOf(identity),
            sessionPolicy,
        };
        return evaluate(question);
    }

    /** An administrator is stopped by nothing but a resource's explicit Deny. */
    #decideForDeveloper(caller: Caller, access: AccessRequest, shared: Policy | undefined): Decision {
        return evaluate({
            requester: { type: "AWS", name: caller.arn },
            action: access.action,
            resource: access.resource,
            context: this.#contextOf(caller, access.conditions ?? {}),
            identityPolicies: [ADMINISTRATOR],
            resourcePolicy: shared,
        });
    }

    #contextOf(
        caller: Caller | undefined,
        conditions: Record<string, string[]>,
        identity?: Identity,
    ): ConditionContext {
        const principal = identity?.arn ?? caller?.principalArn ?? caller?.arn ?? "";
        return this.#context({
            "aws:PrincipalArn": [principal],
            "aws:PrincipalAccount": [this.#account],
            "aws:PrincipalType": [identity?.kind === "role" ? "AssumedRole" : "User"],
            "aws:userid": [caller?.userId ?? identity?.uniqueId ?? ""],
            ...(identity?.kind === "user" ? { "aws:username": [identity.name] } : {}),
            ...Object.fromEntries(
                Object.entries(identity?.tags ?? {}).map(([key, value]) => [`aws:PrincipalTag/${key}`, [value]]),
            ),
            ...conditions,
        });
    }

    #context(values: Record<string, string[]>): ConditionContext {
        const now = this.#clock.now();
        const context = new Map<string, readonly string[]>([
            ["aws:currenttime", [new Date(now).toISOString()]],
            ["aws:epochtime", [String(Math.floor(now / 1000))]],
            // Loopback stands in for TLS: nothing here leaves the machine.
            ["aws:securetransport", ["true"]],
        ]);
        for (const [key, value] of Object.entries(values)) context.set(key.toLowerCase(), value);
        return context;
    }

    #callerOf(accessKeyId: string): Caller {
        let caller = this.#callers.get(accessKeyId);
        if (caller === undefined) {
            const holder = this.#credentials.holderOf(accessKeyId);
            if (holder === undefined) return ANONYMOUS;
            const { identity, sessionName = "" } = holder;
            const isRole = identity.kind === "role";
            caller = {
                kind: identity.kind,
                arn: isRole
                    ? `arn:aws:sts::${this.#account}:assumed-role/${identity.name}/${sessionName}`
                    : identity.arn,
                principalArn: identity.arn,
                userId: isRole ? `${identity.uniqueId}:${sessionName}` : identity.uniqueId,
                accessKeyId,
            };
            this.#callers.set(accessKeyId, caller);
        }
        return caller;
    }
}

const ADMINISTRATOR = parsePolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }),
);

function withAccountsAdmitted(policy: Policy): Policy {
    return {
        statements: policy.statements.map((statement) => ({
            ...statement,
            principals: statement.principals?.map((principal) => ({ ...principal, account: false })),
        })),
    };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
function validDuration(seconds: number, maximum: number): number {
    if (Number.isInteger(seconds) && seconds >= 900 && seconds <= maximum) return seconds;
    throw new ServiceError(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role, or is less than 900.",
    );
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function accessDenied(who: string, { action, resource }: AccessRequest, decision: Decision): ServiceError {
    const article = decision.by.startsWith("identity") ? "an" : "a";
    const why = decision.explicit
        ? `with an explicit deny in ${article} ${decision.by}`
        : `because no ${decision.by} allows the ${action} action`;
    return new ServiceError(
        "AccessDeniedException",
        `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
        403,
    );
}
