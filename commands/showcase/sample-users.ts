import { randomBytes } from "node:crypto";

import type { LocalCloud } from "../../local/cloud";

export interface SampleUser {
    email: string;
    password: string;
}

/** Makes a customer and one of the staff in a local user pool, with passwords of this run only. */
export async function signUpSampleUsers(
    cloud: LocalCloud,
    poolId: string,
): Promise<{ customer: SampleUser; staff: SampleUser }> {
    const customer = await signUp(cloud, poolId, "customer@example.com");
    const staff = await signUp(cloud, poolId, "staff@example.com");
    await cloud.call("cognito-idp", "AdminAddUserToGroup", {
        UserPoolId: poolId,
        Username: staff.email,
        GroupName: "staff",
    });
    return { customer, staff };
}

async function signUp(cloud: LocalCloud, poolId: string, email: string): Promise<SampleUser> {
    // Letters of both cases and a digit, for any password policy.
    const password = `Local-${randomBytes(6).toString("hex")}-7`;
    const who = { UserPoolId: poolId, Username: email };
    await cloud.call("cognito-idp", "AdminCreateUser", {
        ...who,
        MessageAction: "SUPPRESS",
        UserAttributes: [
            { Name: "email", Value: email },
            { Name: "email_verified", Value: "true" },
        ],
    });
    await cloud.call("cognito-idp", "AdminSetUserPassword", { ...who, Password: password, Permanent: true });
    return { email, password };
}
