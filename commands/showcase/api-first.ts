import type { Graph } from "../../graph/model";
import type { LocalCloud } from "../../local/cloud";
import type { Example } from "./example";
import { componentsOf, type Inside, textOutput } from "./inside";
import { type SampleUser, signUpSampleUsers } from "./sample-users";

const JSON_BODY = "-H 'Content-Type: application/json'";
const ORDER = JSON.stringify({ currency: "EUR", items: [{ sku: "TEA-EARL-GREY", quantity: 2, unitPrice: 4.5 }] });

/** Orders to place and list with curl, signed in as whichever way the stack asks for. */
export async function apiFirstExamples(graph: Graph, cloud: LocalCloud): Promise<Example[]> {
    return Promise.all(
        componentsOf(graph, "quintet:architectures:ApiFirst").map(async (inside) => {
            const url = ordersApiUrl(inside, cloud);
            const callers = await callersOf(inside, graph, cloud);
            return {
                architecture: `API-first (${inside.component.name})`,
                urls: [
                    ["Orders API", url],
                    ["Documentation", `${url}/docs`],
                    ["OpenAPI", `${url}/openapi.json`],
                    ...callers.urls,
                ],
                commands: [
                    ...callers.commands,
                    {
                        purpose: "Place an order",
                        command:
                            `curl -i ${url}/v1/orders ${callers.proof} -H "Idempotency-Key: order-$(date +%s)" ` +
                            `${JSON_BODY} -d '${ORDER}'`,
                    },
                    { purpose: "List your orders", command: `curl -s ${url}/v1/orders ${callers.proof}` },
                ],
            };
        }),
    );
}

/** Where the local cloud serves the API. The stage that RestAPI makes inside itself is closed. */
export function ordersApiUrl(inside: Inside, cloud: LocalCloud): string {
    const stage = inside.all("aws:apigateway/stage:Stage").find(({ expanded }) => !expanded);
    return cloud.localUrl(textOutput(stage, "invokeUrl"));
}

/** How the commands prove who calls. */
interface Callers {
    /** Added to every curl command. */
    proof: string;
    /** To be run before. */
    commands: Example["commands"];
    urls: Example["urls"];
}

async function callersOf(inside: Inside, graph: Graph, cloud: LocalCloud): Promise<Callers> {
    const key = inside.first("aws:apigateway/apiKey:ApiKey");
    if (key !== undefined) return { proof: `-H 'x-api-key: ${textOutput(key, "value")}'`, commands: [], urls: [] };

    const client = inside.first("aws:cognito/userPoolClient:UserPoolClient");
    if (client !== undefined) {
        const poolId = textOutput(client, "userPoolId");
        const { customer, staff } = await signUpSampleUsers(cloud, poolId);
        const allowed = client.inputs["explicitAuthFlows"];
        const allowsPasswords = Array.isArray(allowed) && allowed.includes("ALLOW_USER_PASSWORD_AUTH");
        const signIn = (user: SampleUser): string =>
            allowsPasswords
                ? signInCommand(cloud.url, client.id, user)
                : adminSignInCommand(cloud.url, poolId, client.id, user, graph.region);
        return {
            proof: '-H "Authorization: Bearer $TOKEN"',
            commands: [
                { purpose: "Sign in as a customer", command: signIn(customer) },
                { purpose: "… or as one of the staff, who see all orders", command: signIn(staff) },
            ],
            urls: [["Messages to users", `${cloud.url}/_cognito/${poolId}/messages`]],
        };
    }

    if (inside.first("aws:apigateway/authorizer:Authorizer") === undefined && isSigned(inside)) {
        return {
            proof: `--aws-sigv4 aws:amz:${graph.region}:execute-api --user local:local`,
            commands: [],
            urls: [],
        };
    }
    return {
        proof: '-H "Authorization: Bearer $TOKEN"',
        commands: [{ purpose: "Take a token of the issuer that the stack names", command: "TOKEN=…" }],
        urls: [],
    };
}

/** Callers sign their requests where the architecture gives out a policy to attach to them. */
function isSigned(inside: Inside): boolean {
    return inside.first("aws:iam/policy:Policy") !== undefined;
}

const ACCESS_TOKEN = `sed -E 's/.*"AccessToken":"([^"]+)".*/\\1/'`;
const TARGET = "x-amz-target: AWSCognitoIdentityProviderService";
const AMAZON_JSON = "-H 'content-type: application/x-amz-json-1.1'";

function signInCommand(url: string, clientId: string, user: SampleUser): string {
    const body = { AuthFlow: "USER_PASSWORD_AUTH", ClientId: clientId, AuthParameters: credentials(user) };
    return `TOKEN=$(curl -s ${url} ${AMAZON_JSON} -H '${TARGET}.InitiateAuth' -d '${JSON.stringify(body)}' | ${ACCESS_TOKEN})`;
}

function adminSignInCommand(url: string, poolId: string, clientId: string, user: SampleUser, region: string): string {
    const body = {
        AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
        UserPoolId: poolId,
        ClientId: clientId,
        AuthParameters: credentials(user),
    };
    const signed = `--aws-sigv4 aws:amz:${region}:cognito-idp --user local:local`;
    return (
        `TOKEN=$(curl -s ${url} ${signed} ${AMAZON_JSON} -H '${TARGET}.AdminInitiateAuth' ` +
        `-d '${JSON.stringify(body)}' | ${ACCESS_TOKEN})`
    );
}

function credentials(user: SampleUser): object {
    return { USERNAME: user.email, PASSWORD: user.password };
}
