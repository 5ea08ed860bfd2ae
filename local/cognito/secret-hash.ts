import { createHmac } from "node:crypto";

import { notAuthorized } from "./refusals";
import type { Client } from "./user-pool";

/**
 * Clients with a secret prove that they know it:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
 * @throws ServiceError `NotAuthorizedException`
 */
export function checkSecretHash(client: Client, username: string, given: string | undefined): void {
    if (client.secret === undefined) {
        if (given === undefined) return;
        throw notAuthorized(`Client ${client.id} is not configured with a secret, but SECRET_HASH was received`);
    }
    if (given === undefined) {
        throw notAuthorized(`Client ${client.id} is configured with secret but SECRET_HASH was not received`);
    }
    const expected = createHmac("sha256", client.secret)
        .update(username + client.id)
        .digest("base64");
    if (given !== expected) throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
}
