import type { Graph, Resource } from "../../../graph/model";

const STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev";

type Given = Partial<Resource> & Pick<Resource, "type" | "name">;

/** A resource of the stack, or of the parent given, with the URN `<short type>/<name>`. */
export function resource(given: Given): Resource {
    return {
        urn: `${given.type.split(":").pop()}/${given.name}`,
        custom: true,
        parent: STACK,
        inputs: {},
        outputs: {},
        id: given.name,
        dependencies: [],
        propertyDependencies: {},
        protect: false,
        retainOnDelete: false,
        aliases: [],
        ignoreChanges: [],
        expanded: false,
        ...given,
    };
}

export function component(given: Given): Resource {
    return resource({ ...given, custom: false, id: "" });
}

export function graphOf(...resources: Resource[]): Graph {
    const stack = component({ type: "pulumi:pulumi:Stack", name: "shop-dev", urn: STACK, parent: undefined });
    return {
        project: "shop",
        stack: "dev",
        region: "eu-west-1",
        account: "123456789012",
        resources: [stack, ...resources],
        outputs: {},
    };
}

/** An API over a function with its role, policy, log group and alias, and a protected table. */
export function shop(): Graph {
    const parent = "OrderFunction/place";
    return graphOf(
        component({ type: "shop:index:OrderFunction", name: "place" }),
        resource({ type: "aws:dynamodb/table:Table", name: "orders", protect: true }),
        resource({ type: "aws:iam/role:Role", name: "place", parent }),
        resource({ type: "aws:cloudwatch/logGroup:LogGroup", name: "place", parent }),
        resource({
            type: "aws:iam/rolePolicy:RolePolicy",
            name: "place",
            parent,
            dependencies: ["LogGroup/place", "Role/place", "Table/orders"],
        }),
        resource({
            type: "aws:lambda/function:Function",
            name: "place",
            parent,
            dependencies: ["LogGroup/place", "Role/place", "RolePolicy/place"],
        }),
        resource({ type: "aws:lambda/alias:Alias", name: "place", parent, dependencies: ["Function/place"] }),
        component({ type: "aws-apigateway:index:RestAPI", name: "api", dependencies: ["Alias/place"] }),
        resource({
            type: "aws:apigateway/restApi:RestApi",
            name: "api",
            parent: "RestAPI/api",
            dependencies: ["Alias/place"],
        }),
        resource({
            type: "aws:apigateway/deployment:Deployment",
            name: "api",
            parent: "RestAPI/api",
            dependencies: ["Alias/place", "RestApi/api"],
        }),
        resource({
            type: "aws:apigateway/stage:Stage",
            name: "live",
            parent: "RestAPI/api",
            dependencies: ["Deployment/api", "RestApi/api"],
        }),
        resource({
            type: "aws:lambda/permission:Permission",
            name: "api",
            dependencies: ["Alias/place", "RestApi/api"],
        }),
    );
}
