const STACK_TYPE = "pulumi:pulumi:Stack";

/** Composes a URN as the engine does: the types of all parents but the stack, joined by `$`. */
export function makeUrn(
    stack: string,
    project: string,
    parent: string | undefined,
    type: string,
    name: string,
): string {
    const parentType = parent === undefined ? "" : qualifiedType(parent);
    const prefix = parentType === "" || parentType === STACK_TYPE ? "" : `${parentType}$`;
    return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

/** URN of a resource inside another one. */
export function childUrn(parent: string, type: string, name: string): string {
    const [stack = "", project = ""] = parent.replace("urn:pulumi:", "").split("::");
    return makeUrn(stack, project, parent, type, name);
}

function qualifiedType(urn: string): string {
    return urn.split("::")[2] ?? "";
}
