import type { Client } from "../user-pool";

/** A request that answers a challenge. */
export interface ChallengeAnswer {
    client: Client;
    /** `ChallengeResponses` */
    responses: Record<string, string>;
    session: string | undefined;
    clientMetadata: Record<string, string> | undefined;
}
