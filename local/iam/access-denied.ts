import { ServiceError } from "../errors";
import type { AccessRequest } from "../service";
import type { Decision } from "./evaluate";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function accessDenied(who: string, { action, resource }: AccessRequest, decision?: Decision): ServiceError {
    const why = decision === undefined ? "" : ` ${reason(action, decision)}`;
    return new ServiceError(
        "AccessDeniedException",
        `User: ${who} is not authorized to perform: ${action} on resource: ${resource}${why}${remedy(action, resource, decision)}`,
        403,
    );
}

function reason(action: string, { by, explicit }: Decision): string {
    if (!explicit) return `because no ${by} allows the ${action} action`;
    return `with an explicit deny in ${by.startsWith("identity") ? "an" : "a"} ${by}`;
}

/** What AWS leaves to its reader. */
function remedy(action: string, resource: string, decision?: Decision): string {
    if (decision === undefined || decision.explicit) return "";
    const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: resource });
    return `. It lacks the statement ${statement}`;
}
