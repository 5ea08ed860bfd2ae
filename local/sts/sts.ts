import { ServiceError } from "../errors";
import type { AssumedRole, AssumeRoleInput, TemporaryCredentials } from "../iam";
import type { Caller, JsonObject, QueryService } from "../service";

/** What STS needs of IAM. Both throw a ServiceError when the caller may not. */
export interface CredentialIssuer {
    assumeRole(caller: Caller, input: AssumeRoleInput): AssumedRole;
    sessionToken(caller: Caller, durationSeconds?: number): TemporaryCredentials;
}

export interface StsOptions {
    iam: CredentialIssuer;
    account: string;
}

/** Tells callers who they are and gives them roles. */
export class Sts {
    readonly service: QueryService;

    constructor({ iam, account }: StsOptions) {
        this.service = {
            protocol: "query",
            signingName: "sts",
            xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
            operations: {
                GetCallerIdentity: {
                    // Nobody needs a permission for it:
                    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
                    access: () => [],
                    run: (_, { caller }) => ({ UserId: caller.userId, Account: account, Arn: caller.arn }),
                },
                AssumeRole: {
                    // The role's trust policy decides, with the caller's own policies where it leaves it to them.
                    access: () => [],
                    run: (input, { caller }) => {
                        const assumed = iam.assumeRole(caller, readAssumeRole(input));
                        return {
                            ...describe(assumed),
                            AssumedRoleUser: { Arn: assumed.arn, AssumedRoleId: assumed.assumedRoleId },
                        };
                    },
                },
                GetSessionToken: {
                    // Nobody needs a permission for it:
                    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
                    access: () => [],
                    run: (input, { caller }) => describe(iam.sessionToken(caller, durationSeconds(input))),
                },
            },
        };
    }
}

function readAssumeRole(input: JsonObject): AssumeRoleInput {
    const roleArn = text(input, "RoleArn");
    const roleSessionName = text(input, "RoleSessionName");
    if (roleArn === undefined || roleSessionName === undefined || !/^[\w+=,.@-]{2,64}$/.test(roleSessionName)) {
        throw new ServiceError(
            "ValidationError",
            "RoleArn, and a RoleSessionName of 2 to 64 letters, digits and _+=,.@- are required.",
        );
    }
    return {
        roleArn,
        roleSessionName,
        durationSeconds: durationSeconds(input),
        policy: text(input, "Policy"),
        externalId: text(input, "ExternalId"),
    };
}

function durationSeconds(input: JsonObject): number | undefined {
    const seconds = text(input, "DurationSeconds");
    return seconds === undefined ? undefined : Number(seconds);
}

function text(input: JsonObject, name: string): string | undefined {
    const value = input[name];
    return typeof value === "string" && value !== "" ? value : undefined;
}

function describe({ credentials, expiresAt }: TemporaryCredentials): JsonObject {
    return {
        Credentials: {
            AccessKeyId: credentials.accessKeyId,
            SecretAccessKey: credentials.secretAccessKey,
            SessionToken: credentials.sessionToken,
            Expiration: new Date(expiresAt).toISOString(),
        },
    };
}
