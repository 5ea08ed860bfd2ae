export type { Credentials } from "./credentials";
export type { Decision } from "./evaluate";
export {
    type AssumedRole,
    type AssumeRoleInput,
    Iam,
    type IamOptions,
    type ServiceRequest,
    type TemporaryCredentials,
} from "./iam";
