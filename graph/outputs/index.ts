import type { Properties } from "../model";
import { ACCOUNT, type Declared, hex, physicalName } from "../physical";
import { apiGateway } from "./api-gateway";
import { cognito } from "./cognito";
import { compute } from "./compute";
import { messaging } from "./messaging";
import { network } from "./network";
import { storage } from "./storage";

/** What AWS adds to a resource when it is created. */
export interface Derived {
    id: string;
    outputs: Properties;
}

/** Derives, without calling AWS, what it would answer for a resource of one type. */
export type Derivation = (declared: Declared) => Derived;

const derivations: Record<string, Derivation> = {
    ...apiGateway,
    ...cognito,
    ...compute,
    ...messaging,
    ...network,
    ...storage,
};

/**
 * The id and outputs of a resource as AWS would give them, the same for every capture of the same program.
 * Types without a derivation of their own get their name as id and an ARN of the usual form.
 */
export function deriveOutputs(declared: Declared): Derived {
    const derived = (derivations[declared.type] ?? usual)(declared);
    return { id: derived.id, outputs: { ...declared.inputs, ...derived.outputs, id: derived.id } };
}

function usual(declared: Declared): Derived {
    if (declared.type.startsWith("pulumi:providers:")) return { id: hex(declared.urn, 32), outputs: {} };
    const service = declared.type.split(":")[1]?.split("/")[0] ?? "unknown";
    const name = physicalName(declared);
    return { id: name, outputs: { name, arn: `arn:aws:${service}:${declared.region}:${ACCOUNT}:${name}` } };
}
