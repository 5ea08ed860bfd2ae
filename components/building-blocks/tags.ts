import * as pulumi from "@pulumi/pulumi";

/** What every component needs to know of its surroundings. */
export interface Surroundings {
    /** Value of the tag `architecture`: the component's kind, such as `api-first`. */
    architecture: string;
    /** Value of the tag `owner`. */
    owner: string;
}

export type Tags = Record<string, string>;

/** The tags that every taggable resource carries. */
export function tagsOf(surroundings: Surroundings): Tags {
    return {
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        architecture: surroundings.architecture,
        owner: surroundings.owner,
    };
}
