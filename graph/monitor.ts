import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import {
    ReadResourceResponse,
    RegisterPackageResponse,
    RegisterResourceResponse,
    SupportsFeatureResponse,
    type ReadResourceRequest,
    type RegisterResourceOutputsRequest,
    type RegisterResourceRequest,
    type ResourceInvokeRequest,
    type SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";

import { expand } from "./expand";
import { answerInvoke } from "./invokes";
import type { Properties, Resource } from "./model";
import { deriveOutputs } from "./outputs";
import { makeUrn } from "./urn";
import { propertiesFromWire, toWire } from "./values";

type Callback<T> = (error: Error | null, response: T | undefined) => void;

/**
 * Stands where the engine's resource monitor would be: takes every registration of a running program, answers with
 * what AWS would add, and keeps them all.
 */
export class CaptureMonitor {
    /** By URN, in order of registration. */
    readonly resources = new Map<string, Resource>();
    /** What was read, not declared (`Table.get(…)`), by URN. */
    readonly #read = new Map<string, Resource>();

    constructor(
        private readonly project: string,
        private readonly stack: string,
        private readonly region: string,
    ) {}

    registerResource(request: RegisterResourceRequest, callback: Callback<RegisterResourceResponse>): void {
        answer(callback, () => {
            const resource = this.#declared(request);
            this.#keep(resource);
            if (request.getRemote()) {
                for (const child of expand(resource, this.region, (urn) => this.resources.get(urn))) this.#keep(child);
            }
            const response = new RegisterResourceResponse();
            response.setUrn(resource.urn);
            response.setId(resource.id);
            response.setObject(struct(resource.outputs));
            return response;
        });
    }

    registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Callback<Empty>): void {
        answer(callback, () => {
            const resource = this.resources.get(request.getUrn());
            if (resource !== undefined) Object.assign(resource.outputs, properties(request.getOutputs()));
            return undefined;
        });
    }

    readResource(request: ReadResourceRequest, callback: Callback<ReadResourceResponse>): void {
        answer(callback, () => {
            const resource = this.#blank(request.getType(), request.getName(), request.getParent() || undefined);
            resource.inputs = properties(request.getProperties());
            const declared = { ...resource, region: this.region };
            resource.outputs = { ...deriveOutputs(declared).outputs, id: request.getId() };
            resource.id = request.getId();
            this.#read.set(resource.urn, resource);
            const response = new ReadResourceResponse();
            response.setUrn(resource.urn);
            response.setProperties(struct(resource.outputs));
            return response;
        });
    }

    invoke(request: ResourceInvokeRequest, callback: Callback<InvokeResponse>): void {
        answer(callback, () => {
            const args = properties(request.getArgs());
            const response = new InvokeResponse();
            response.setReturn(struct(this.#answer(request.getTok(), args)));
            return response;
        });
    }

    call(request: { getTok(): string }, callback: Callback<never>): void {
        callback(new Error(`The method ${request.getTok()} of a remote component runs in its plugin only.`), undefined);
    }

    supportsFeature(request: SupportsFeatureRequest, callback: Callback<SupportsFeatureResponse>): void {
        const response = new SupportsFeatureResponse();
        response.setHassupport(request.getId() !== "outputValues" && !request.getId().endsWith("ransforms"));
        callback(null, response);
    }

    registerPackage(_request: unknown, callback: Callback<RegisterPackageResponse>): void {
        callback(null, new RegisterPackageResponse());
    }

    close(): void {}

    #answer(token: string, args: Properties): Properties {
        if (token !== "pulumi:pulumi:getResource") return answerInvoke(token, args, this.region);
        const urn = String(args["urn"]);
        const resource = this.resources.get(urn) ?? this.#read.get(urn);
        if (resource === undefined) throw new Error(`The program refers to ${urn}, which it did not register.`);
        return { urn, id: resource.id, state: resource.outputs };
    }

    #keep(resource: Resource): void {
        if (this.resources.has(resource.urn)) {
            throw new Error(`Two resources have the URN ${resource.urn}: give one of them another name.`);
        }
        this.resources.set(resource.urn, resource);
    }

    #blank(type: string, name: string, parent: string | undefined): Resource {
        return {
            urn: makeUrn(this.stack, this.project, parent, type, name),
            type,
            name,
            custom: true,
            ...(parent === undefined ? {} : { parent }),
            inputs: {},
            outputs: {},
            id: "",
            dependencies: [],
            propertyDependencies: {},
            protect: false,
            retainOnDelete: false,
            aliases: [],
            ignoreChanges: [],
            expanded: false,
        };
    }

    #declared(request: RegisterResourceRequest): Resource {
        const resource = this.#blank(request.getType(), request.getName(), request.getParent() || undefined);
        resource.custom = request.getCustom();
        resource.inputs = properties(request.getObject());
        resource.dependencies = request.getDependenciesList().sort();
        resource.propertyDependencies = dependenciesByProperty(request);
        // A child is protected with its parent unless it says otherwise, as in the engine.
        const inherited = this.resources.get(request.getParent())?.protect ?? false;
        resource.protect = request.hasProtect() ? (request.getProtect() ?? false) : inherited;
        resource.retainOnDelete = request.getRetainondelete() ?? false;
        resource.aliases = request.getAliasesList().map(aliasOf);
        resource.ignoreChanges = request.getIgnorechangesList();
        if (request.getProvider() !== "") resource.provider = request.getProvider();
        if (resource.custom) {
            const derived = deriveOutputs({ ...resource, region: this.region });
            resource.id = derived.id;
            resource.outputs = derived.outputs;
        }
        return resource;
    }
}

function answer<T>(callback: Callback<T>, respond: () => T | undefined): void {
    let response: T | undefined;
    try {
        response = respond();
    } catch (error) {
        return callback(error instanceof Error ? error : new Error(String(error)), undefined);
    }
    callback(null, response);
}

function properties(wire: Struct | undefined): Properties {
    return wire === undefined ? {} : propertiesFromWire(wire.toJavaScript());
}

function struct(values: Properties): Struct {
    return Struct.fromJavaScript(toWire(values) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function dependenciesByProperty(request: RegisterResourceRequest): { [property: string]: string[] } {
    const found: [string, string[]][] = [];
    request.getPropertydependenciesMap().forEach((dependencies, property) => {
        const urns = dependencies.getUrnsList().sort();
        if (urns.length > 0) found.push([property, urns]);
    });
    return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function aliasOf(alias: ReturnType<RegisterResourceRequest["getAliasesList"]>[number]): Properties {
    const urn = alias.getUrn();
    if (urn !== "") return { urn };
    const spec = alias.getSpec();
    if (spec === undefined) return {};
    const fields = {
        name: spec.getName(),
        type: spec.getType(),
        stack: spec.getStack(),
        project: spec.getProject(),
        parentUrn: spec.getParenturn(),
    };
    const given = Object.entries(fields).filter(([, value]) => value !== "");
    return { ...Object.fromEntries(given), ...(spec.getNoparent() ? { noParent: true } : {}) };
}
