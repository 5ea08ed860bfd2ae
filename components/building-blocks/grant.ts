import type * as pulumi from "@pulumi/pulumi";

/**
 * One use that a function makes of a resource: the environment variable that tells it where the resource is, and
 * what its role may do there.
 */
export interface Grant {
    /** Environment variable of the function. */
    variable: string;
    value: pulumi.Input<string>;
    allows: Permission[];
}

export interface Permission {
    /** IAM actions, `dynamodb:GetItem`. Wildcards are refused. */
    actions: string[];
    /** ARNs. `*` is refused. */
    resources: pulumi.Input<string>[];
}
