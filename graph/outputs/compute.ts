import { ACCOUNT, type Declared, hex, physicalName, text } from "../physical";
import type { Derivation } from "./index";

function invokeArn(region: string, functionArn: string): string {
    return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

function iamPath(declared: Declared): string {
    return text(declared.inputs["path"]) ?? "/";
}

/** A function is referred to by name or by ARN. */
function functionArn(region: string, reference: string): string {
    return reference.startsWith("arn:") ? reference : `arn:aws:lambda:${region}:${ACCOUNT}:function:${reference}`;
}

export const compute: Record<string, Derivation> = {
    "aws:lambda/function:Function": (fn) => {
        const name = physicalName(fn);
        const arn = functionArn(fn.region, name);
        const version = fn.inputs["publish"] === true ? "1" : "$LATEST";
        return {
            id: name,
            outputs: {
                name,
                arn,
                version,
                qualifiedArn: `${arn}:${version}`,
                invokeArn: invokeArn(fn.region, arn),
                qualifiedInvokeArn: invokeArn(fn.region, `${arn}:${version}`),
            },
        };
    },
    "aws:lambda/alias:Alias": (alias) => {
        const arn = `${functionArn(alias.region, String(alias.inputs["functionName"]))}:${physicalName(alias)}`;
        return { id: arn, outputs: { name: physicalName(alias), arn, invokeArn: invokeArn(alias.region, arn) } };
    },
    "aws:lambda/permission:Permission": (permission) => {
        const statementId = text(permission.inputs["statementId"]) ?? `${permission.name}-${hex(permission.urn, 7)}`;
        return { id: statementId, outputs: { statementId } };
    },
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (config) => {
        const id = [config.inputs["functionName"], config.inputs["qualifier"]].filter(Boolean).join(":");
        return { id, outputs: {} };
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": (mapping) => {
        const uuid = hex(mapping.urn, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
        const reference = String(mapping.inputs["functionName"]);
        return { id: uuid, outputs: { uuid, functionArn: functionArn(mapping.region, reference) } };
    },
    "aws:iam/role:Role": (role) => {
        const name = physicalName(role);
        const arn = `arn:aws:iam::${ACCOUNT}:role${iamPath(role)}${name}`;
        return { id: name, outputs: { name, arn, uniqueId: `AROA${hex(role.urn, 17).toUpperCase()}` } };
    },
    "aws:iam/user:User": (user) => {
        const name = physicalName(user);
        const arn = `arn:aws:iam::${ACCOUNT}:user${iamPath(user)}${name}`;
        return { id: name, outputs: { name, arn, uniqueId: `AIDA${hex(user.urn, 17).toUpperCase()}` } };
    },
    "aws:iam/accessKey:AccessKey": (key) => {
        const id = `AKIA${hex(key.urn, 16).toUpperCase()}`;
        return { id, outputs: { secret: { $secret: hex(`${key.urn}:secret`, 40) }, status: "Active" } };
    },
    "aws:iam/policy:Policy": (policy) => {
        const name = physicalName(policy);
        const arn = `arn:aws:iam::${ACCOUNT}:policy${iamPath(policy)}${name}`;
        return { id: arn, outputs: { name, arn } };
    },
    "aws:iam/rolePolicy:RolePolicy": (policy) => {
        const name = physicalName(policy);
        return { id: `${String(policy.inputs["role"])}:${name}`, outputs: { name } };
    },
};
