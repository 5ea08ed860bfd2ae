import type { Clock } from "../clock";
import type { HttpRoute, JsonService, Materialisers } from "../service";
import { MEMORY, type Store } from "../store";
import { Challenges } from "./challenges";
import { httpRoute } from "./http-route";
import { Journal } from "./journal";
import { Mailbox, type Message } from "./mailbox";
import { cognitoMaterialisers } from "./materialisers";
import { adminUserOperations } from "./operations/admin-users";
import { authenticationOperations } from "./operations/authentication";
import { groupOperations } from "./operations/groups";
import { ownAccountOperations } from "./operations/own-account";
import { passwordOperations } from "./operations/passwords";
import { signUpOperations } from "./operations/sign-up";
import { userListOperations } from "./operations/user-lists";
import { userPoolOperations } from "./operations/user-pools";
import { TokenVerifier } from "./token-verifier";
import { Tokens } from "./tokens";
import type { Operations, Tools } from "./tools";
import { type FunctionInvoker, Triggers } from "./triggers";
import { UserPools } from "./user-pools";

export interface CognitoOptions {
    clock: Clock;
    /** Runs the pools' triggers. */
    functions: FunctionInvoker;
    /** Default: nothing is kept. */
    store?: Store;
}

/** Amazon Cognito user pools, without multi-factor authentication, federation and hosted pages. */
export class Cognito {
    readonly service: JsonService;
    /** JWKS and OpenID configuration of pools, their token endpoint, and the messages to their users. */
    readonly route: HttpRoute;
    readonly materialisers: Materialisers;
    readonly #verifier: TokenVerifier;
    readonly #mailbox: Mailbox;
    /** Takes over the sign-ins of an earlier run. Call it once the pools and their clients exist. */
    readonly resume: () => void;

    constructor({ clock, functions, store = MEMORY }: CognitoOptions) {
        const pools = new UserPools();
        const journal = new Journal(store);
        const triggers = new Triggers(clock, functions);
        this.#verifier = new TokenVerifier(clock, pools);
        this.#mailbox = new Mailbox(clock, triggers);
        const tools: Tools = {
            clock,
            pools,
            triggers,
            mailbox: this.#mailbox,
            tokens: new Tokens(clock, triggers, this.#verifier),
            challenges: new Challenges(clock),
            journal,
        };
        this.resume = () => tools.tokens.restore(journal.foundLogins, journal.foundRefreshTokens, pools);
        this.materialisers = cognitoMaterialisers(tools);
        this.route = httpRoute(pools, tools.tokens, this.#mailbox);
        this.service = {
            protocol: "json",
            signingName: "cognito-idp",
            targetPrefix: "AWSCognitoIdentityProviderService",
            contentType: "application/x-amz-json-1.1",
            operations: keeping(tools, {
                ...signUpOperations(tools),
                ...authenticationOperations(tools),
                ...passwordOperations(tools),
                ...ownAccountOperations(tools),
                ...adminUserOperations(tools),
                ...userListOperations(tools),
                ...groupOperations(tools),
                ...userPoolOperations(tools),
            }),
        };
    }

    /** Codes and temporary passwords that AWS would send to users, oldest first; the last thousand. */
    get messages(): readonly Message[] {
        return this.#mailbox.messages;
    }

    /** Called with each message as it is made. */
    set onMessage(listener: ((message: Message) => void) | undefined) {
        this.#mailbox.onMessage = listener;
    }

    /**
     * Checks an ID or access token: signature, issuer among the given pools, and expiry. Like API Gateway, it does not
     * ask whether the token was revoked.
     */
    async verify(
        token: string,
        userPoolArns: string[],
    ): Promise<{ claims: Record<string, unknown> } | { reason: string }> {
        const verified = await this.#verifier.verify(token);
        if ("reason" in verified) return { reason: verified.reason };
        const { claims, pool } = verified;
        if (!userPoolArns.includes(pool.settings.arn)) return { reason: "Another user pool issued the token." };
        const use = claims["token_use"];
        if (use !== "id" && use !== "access") return { reason: "The token is neither an ID nor an access token." };
        return { claims };
    }
}

/** Operations after which what they have changed is kept; failed ones count sign-ins that failed. */
function keeping({ journal, pools, tokens }: Tools, operations: Operations): Operations {
    return Object.fromEntries(
        Object.entries(operations).map(([name, { access, run }]) => [
            name,
            {
                access,
                run: async (input, context) => {
                    try {
                        return await run(input, context);
                    } finally {
                        journal.save(pools, tokens);
                    }
                },
            },
        ]),
    );
}
