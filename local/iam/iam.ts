import type { Clock } from "../clock";
import { parseAuthorization } from "../endpoint/sigv4";
import { ServiceError } from "../errors";
import type { AccessRequest, Caller, HttpRequest, Materialisers, QueryService } from "../service";
import { accessDenied } from "./access-denied";
import { CredentialStore, type Credentials, type KeyHolder } from "./credentials";
import { type Decision, evaluate, type Requester } from "./evaluate";
import { Identities, type Identity } from "./identities";
import { iamMaterialisers } from "./materialisers";
import { iamService } from "./operations";
import { parseIdentityPolicy, parsePolicy, parseResourcePolicy, type Policy } from "./policy";
import { requestContext, type Surroundings } from "./request-context";
import { roleSessionSeconds, trusts, userSessionSeconds } from "./sessions";

export interface IamOptions {
    clock: Clock;
    account: string;
    /** For the condition key `aws:RequestedRegion`. */
    region?: string;
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

export interface TemporaryCredentials {
    credentials: Credentials;
    /** Milliseconds since 1970. */
    expiresAt: number;
}

export interface AssumedRole extends TemporaryCredentials {
    arn: string;
    assumedRoleId: string;
}

const ANONYMOUS: Caller = { kind: "anonymous", arn: "", userId: "", accessKeyId: "" };

const ADMINISTRATOR = parsePolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }),
);

/** Who is who in the account, and who may do what. */
export class Iam {
    readonly identities = new Identities();
    readonly service: QueryService;
    readonly materialisers: Materialisers;
    /** Whoever uses an access key that this cloud did not issue; may do everything. */
    readonly developer: Caller;
    readonly #surroundings: Surroundings;
    readonly #credentials: CredentialStore;

    constructor({ clock, account, region }: IamOptions) {
        this.#surroundings = { clock, account, region };
        this.#credentials = new CredentialStore(clock);
        this.developer = {
            kind: "developer",
            arn: `arn:aws:iam::${account}:user/developer`,
            userId: "AIDAQUINTETDEVELOPER1",
            accessKeyId: "developer",
        };
        this.materialisers = iamMaterialisers(this.identities, this.#credentials, clock);
        this.service = iamService(this.identities, account, (identity, access) => this.#decideFor(identity, access));
    }

    /** ARNs of AWS's own policies that are attached, but whose content this cloud does not know; they allow nothing. */
    get unknownManagedPolicies(): string[] {
        return [...this.identities.unknownManagedPolicies];
    }

    /**
     * Who sends a request.
     * @throws ServiceError when it is signed with a key of this cloud, but not rightly.
     */
    authenticate(request: HttpRequest): Caller {
        const signed = parseAuthorization(request);
        return signed === undefined
            ? ANONYMOUS
            : this.#callerOf(signed.accessKeyId, this.#credentials.verify(signed, request));
    }

    /** @throws ServiceError AccessDeniedException when the caller's policies do not allow it. */
    authorize(caller: Caller, access: AccessRequest, resourcePolicy?: string): void {
        if (caller.kind === "developer") return;
        if (caller.kind === "anonymous" && resourcePolicy === undefined) {
            throw new ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
        }
        const decision = this.decide(caller, access, resourcePolicy);
        if (!decision.allowed) throw accessDenied(caller.arn, access, decision);
    }

    /** The same as an answer. The developer is stopped by nothing but a resource's explicit Deny. */
    decide(caller: Caller, access: AccessRequest, resourcePolicy?: string): Decision {
        const holder = this.#credentials.holderOf(caller.accessKeyId);
        const identity = holder?.identity ?? this.identities.byArn(caller.principalArn ?? "");
        return this.#decideFor(identity, access, { caller, resourcePolicy, sessionPolicy: holder?.sessionPolicy });
    }

    /**
     * True when the document allows the action and does not deny it, whatever its Principal.
     * @throws ServiceError MalformedPolicyDocument
     */
    evaluatePolicy(document: string, request: { action: string; resource: string; sourceIp: string }): boolean {
        return evaluate({
            requester: { type: "AWS", name: "" },
            action: request.action,
            resource: request.resource,
            context: requestContext(this.#surroundings, { "aws:SourceIp": [request.sourceIp] }, {}),
            identityPolicies: [parseResourcePolicy(document)],
        }).allowed;
    }

    /** Whether a resource's policy lets a service act on it. */
    serviceMayAct({ service, action, resource, sourceArn, resourcePolicy }: ServiceRequest): boolean {
        const source = { "aws:SourceArn": [sourceArn], "aws:SourceAccount": [this.#surroundings.account] };
        return evaluate({
            requester: { type: "Service", name: service },
            action,
            resource,
            context: requestContext(this.#surroundings, source),
            identityPolicies: [],
            resourcePolicy: parseResourcePolicy(resourcePolicy),
        }).allowed;
    }

    /**
     * Credentials with which a service acts in a role; they do not end.
     * @throws ServiceError InvalidParameterValueException when there is no such role, or it does not trust the service.
     */
    serviceSession(roleArn: string, service: string, sessionName: string): Credentials {
        const identity = this.#role(roleArn);
        const requester: Requester = { type: "Service", name: service };
        const source = { "aws:SourceAccount": [this.#surroundings.account] };
        if (trusts(identity, requester, requestContext(this.#surroundings, source)) !== "by itself") {
            throw new ServiceError(
                "InvalidParameterValueException",
                `The role ${roleArn} cannot be assumed by ${service}: its trust policy does not allow it.`,
            );
        }
        return this.#credentials.newSession({ identity, sessionName });
    }

    /**
     * A service that acts in a role. Throws as {@link serviceSession} does.
     */
    callerInRole(roleArn: string, service: string, sessionName: string): Caller {
        const { accessKeyId } = this.serviceSession(roleArn, service, sessionName);
        return this.#callerOf(accessKeyId, this.#credentials.holderOf(accessKeyId));
    }

    /**
     * What the policies of a role let it do, asked by a service that acts in it.
     * @throws ServiceError InvalidParameterValueException when there is no such role.
     */
    roleMay(roleArn: string, access: AccessRequest, resourcePolicy?: string): Decision {
        return this.#decideFor(this.#role(roleArn), access, { resourcePolicy });
    }

    /**
     * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
     * @throws ServiceError AccessDeniedException, ValidationError, MalformedPolicyDocument
     */
    assumeRole(caller: Caller, input: AssumeRoleInput): AssumedRole {
        const access: AccessRequest = {
            action: "sts:AssumeRole",
            resource: input.roleArn,
            conditions: {
                "sts:RoleSessionName": [input.roleSessionName],
                ...(input.externalId === undefined ? {} : { "sts:ExternalId": [input.externalId] }),
            },
        };
        const identity = this.identities.byArn(input.roleArn);
        if (identity?.kind !== "role" || !this.#mayAssume(caller, identity, access)) {
            throw accessDenied(caller.arn, access);
        }
        const seconds = roleSessionSeconds(caller, identity, input.durationSeconds);
        const sessionPolicy = input.policy === undefined ? undefined : parseIdentityPolicy(input.policy);
        const holder = { identity, sessionName: input.roleSessionName, sessionPolicy };
        const issued = this.#issue(holder, seconds);
        const { arn, userId } = this.#callerOf(issued.credentials.accessKeyId, holder);
        return { ...issued, arn, assumedRoleId: userId };
    }

    /**
     * Temporary credentials for a user, or for the developer.
     * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
     * @param durationSeconds 900 to 129,600. Default 43,200.
     * @throws ServiceError AccessDeniedException, ValidationError
     */
    sessionToken(caller: Caller, durationSeconds?: number): TemporaryCredentials {
        const holder = this.#credentials.holderOf(caller.accessKeyId);
        if (caller.kind === "role" || holder?.temporary === true) {
            throw new ServiceError(
                "AccessDeniedException",
                "Cannot call GetSessionToken with session credentials",
                403,
            );
        }
        return this.#issue({ identity: holder?.identity }, userSessionSeconds(durationSeconds));
    }

    #issue(holder: KeyHolder, seconds: number): TemporaryCredentials {
        const expiresAt = this.#surroundings.clock.now() + seconds * 1000;
        return { credentials: this.#credentials.newSession(holder, expiresAt), expiresAt };
    }

    #mayAssume(caller: Caller, role: Identity, access: AccessRequest): boolean {
        const identity = this.identities.byArn(caller.principalArn ?? "");
        const asking = { identity, arn: caller.arn, userId: caller.userId };
        const requester: Requester = { type: "AWS", name: caller.arn, roleArn: caller.principalArn };
        const trusted = trusts(role, requester, requestContext(this.#surroundings, access.conditions ?? {}, asking));
        // A trust in the account as a whole leaves it to the caller's own policies, whose Deny counts in any case.
        const own = this.decide(caller, access);
        return trusted === "by its account" ? own.allowed : trusted === "by itself" && (own.allowed || !own.explicit);
    }

    #role(arn: string): Identity {
        const found = this.identities.byArn(arn);
        if (found?.kind === "role") return found;
        throw new ServiceError("InvalidParameterValueException", `The role ${arn} does not exist.`);
    }

    #decideFor(
        identity: Identity | undefined,
        access: AccessRequest,
        more: { caller?: Caller; resourcePolicy?: string; sessionPolicy?: Policy } = {},
    ): Decision {
        const { caller, resourcePolicy, sessionPolicy } = more;
        const isRole = identity?.kind === "role";
        // A role without a session is none that a resource's policy could name.
        const name = caller?.arn ?? (isRole ? "" : identity?.arn) ?? "";
        const asking = { identity, arn: caller?.arn === "" ? undefined : caller?.arn, userId: caller?.userId };
        return evaluate({
            requester: { type: "AWS", name, roleArn: isRole ? identity.arn : undefined },
            action: access.action,
            resource: access.resource,
            context: requestContext(this.#surroundings, access.conditions ?? {}, asking),
            identityPolicies: this.#policiesOf(identity, caller),
            resourcePolicy: resourcePolicy === undefined ? undefined : parseResourcePolicy(resourcePolicy),
            boundary: identity && this.identities.boundaryOf(identity),
            sessionPolicy,
        });
    }

    #policiesOf(identity: Identity | undefined, caller: Caller | undefined): Policy[] {
        if (identity !== undefined) return this.identities.policiesOf(identity);
        return caller?.kind === "developer" ? [ADMINISTRATOR] : [];
    }

    #callerOf(accessKeyId: string, holder: KeyHolder | undefined): Caller {
        const identity = holder?.identity;
        if (identity === undefined) return { ...this.developer, accessKeyId };
        const { name, arn, uniqueId } = identity;
        if (identity.kind !== "role") return { kind: "user", arn, principalArn: arn, userId: uniqueId, accessKeyId };
        const sessionName = holder?.sessionName ?? "";
        return {
            kind: "role",
            arn: `arn:aws:sts::${this.#surroundings.account}:assumed-role/${name}/${sessionName}`,
            principalArn: arn,
            userId: `${uniqueId}:${sessionName}`,
            accessKeyId,
        };
    }
}
