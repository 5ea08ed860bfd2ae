import { ACCOUNT, alphanumeric, physicalName, text } from "../physical";
import type { Derivation } from "./index";

export const apiGateway: Record<string, Derivation> = {
    "aws:apigateway/restApi:RestApi": (api) => {
        const id = alphanumeric(api.urn, 10);
        return {
            id,
            outputs: {
                name: physicalName(api),
                arn: `arn:aws:apigateway:${api.region}::/restapis/${id}`,
                executionArn: `arn:aws:execute-api:${api.region}:${ACCOUNT}:${id}`,
                rootResourceId: alphanumeric(`${api.urn}/`, 10),
            },
        };
    },
    "aws:apigateway/deployment:Deployment": (deployment) => ({ id: alphanumeric(deployment.urn, 6), outputs: {} }),
    "aws:apigateway/stage:Stage": (stage) => {
        const api = String(stage.inputs["restApi"]);
        const name = String(stage.inputs["stageName"]);
        return {
            id: `ags-${api}-${name}`,
            outputs: {
                arn: `arn:aws:apigateway:${stage.region}::/restapis/${api}/stages/${name}`,
                invokeUrl: `https://${api}.execute-api.${stage.region}.amazonaws.com/${name}`,
                executionArn: `arn:aws:execute-api:${stage.region}:${ACCOUNT}:${api}/${name}`,
            },
        };
    },
    "aws:apigateway/apiKey:ApiKey": (key) => {
        const id = alphanumeric(key.urn, 10);
        const value = text(key.inputs["value"]) ?? alphanumeric(`${key.urn}:value`, 40);
        return {
            id,
            outputs: {
                name: physicalName(key),
                value: { $secret: value },
                arn: `arn:aws:apigateway:${key.region}::/apikeys/${id}`,
            },
        };
    },
    "aws:apigateway/usagePlan:UsagePlan": (plan) => {
        const id = alphanumeric(plan.urn, 6);
        return {
            id,
            outputs: { name: physicalName(plan), arn: `arn:aws:apigateway:${plan.region}::/usageplans/${id}` },
        };
    },
    "aws:apigateway/resource:Resource": (resource) => ({ id: alphanumeric(resource.urn, 6), outputs: {} }),
    "aws:apigateway/authorizer:Authorizer": (authorizer) => ({
        id: alphanumeric(authorizer.urn, 6),
        outputs: { name: physicalName(authorizer) },
    }),
    "aws:apigateway/requestValidator:RequestValidator": (validator) => ({
        id: alphanumeric(validator.urn, 6),
        outputs: { name: physicalName(validator) },
    }),
    "aws:apigateway/domainName:DomainName": (domain) => {
        const name = String(domain.inputs["domainName"]);
        const regional = `d-${alphanumeric(domain.urn, 10)}.execute-api.${domain.region}.amazonaws.com`;
        return { id: name, outputs: { regionalDomainName: regional, regionalZoneId: "Z1U9ULNL0V5AJ3" } };
    },
};
