import { ServiceError } from "../errors";
import type { AssumedRole, AssumeRoleInput } from "../iam";
import type { Caller, JsonObject, QueryService } from "../service";

/** What STS needs of IAM. */
export interface RoleAssumer {
    /** Throws a ServiceError when the caller may not. */
    assumeRole(caller: Caller, input: AssumeRoleInput): AssumedRole;
}

export interface StsOptions {
    iam: RoleAssumer;
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
                    run: (input, { caller }) => describe(iam.assumeRole(caller, readAssumeRole(input))),
                },
            },
        };
    }
}

function readAssumeRole(input: JsonObject): AssumeRoleInput {
    const text = (name: string): string | undefined => {
        const value = input[name];
        return typeof value === "string" && value !== "" ? value : undefined;
    };
    const roleArn = text("RoleArn");
    const roleSessionName = text("RoleSessionName");
    if (roleArn === undefined || roleSessionName === undefined || !/^[\w+=,.@-]{2,64}$/.test(roleSessionName)) {
        throw new ServiceError(
            "ValidationError",
            "RoleArn, and a RoleSessionName of 2 to 64 letters, digits and _+=,.@- are required.",
        );
    }
    const seconds = text("DurationSeconds");
    return {
        roleArn,
        roleSessionName,
        durationSeconds: seconds === undefined ? undefined : Number(seconds),
        policy: text("Policy"),
        externalId: text("ExternalId"),
    };
}

function describe({ credentials, expiresAt, arn, assumedRoleId }: AssumedRole): JsonObject {
    return {
        Credentials: {
            AccessKeyId: credentials.accessKeyId,
            SecretAccessKey: credentials.secretAccessKey,
            SessionToken: credentials.sessionToken,
            Expiration: new Date(expiresAt).toISOString(),
        },
        AssumedRoleUser: { Arn: arn, AssumedRoleId: assumedRoleId },
    };
}
