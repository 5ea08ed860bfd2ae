import { ACCOUNT, alphanumeric, hex, physicalName } from "../physical";
import type { Derivation } from "./index";

export const cognito: Record<string, Derivation> = {
    "aws:cognito/userPool:UserPool": (pool) => {
        const id = `${pool.region}_${alphanumeric(pool.urn, 9)}`;
        return {
            id,
            outputs: {
                name: physicalName(pool),
                arn: `arn:aws:cognito-idp:${pool.region}:${ACCOUNT}:userpool/${id}`,
                endpoint: `cognito-idp.${pool.region}.amazonaws.com/${id}`,
            },
        };
    },
    "aws:cognito/userPoolClient:UserPoolClient": (client) => {
        const id = alphanumeric(client.urn, 26);
        const secret = client.inputs["generateSecret"] === true ? alphanumeric(`${client.urn}:secret`, 48) : undefined;
        const outputs = { name: physicalName(client) };
        return { id, outputs: secret === undefined ? outputs : { ...outputs, clientSecret: { $secret: secret } } };
    },
    "aws:cognito/userGroup:UserGroup": (group) => {
        const name = physicalName(group);
        return { id: `${String(group.inputs["userPoolId"])}/${name}`, outputs: { name } };
    },
    "aws:cognito/userPoolDomain:UserPoolDomain": (domain) => {
        const name = String(domain.inputs["domain"]);
        return { id: name, outputs: { cloudfrontDistribution: `${hex(domain.urn, 14)}.cloudfront.net` } };
    },
    "aws:cognito/resourceServer:ResourceServer": (server) => {
        const identifier = String(server.inputs["identifier"]);
        const scopes = Array.isArray(server.inputs["scopes"]) ? server.inputs["scopes"] : [];
        const names = scopes.map((scope) =>
            typeof scope === "object" && scope !== null && !Array.isArray(scope) ? String(scope["scopeName"]) : "",
        );
        return {
            id: `${String(server.inputs["userPoolId"])}|${identifier}`,
            outputs: { scopeIdentifiers: names.map((name) => `${identifier}/${name}`) },
        };
    },
};
