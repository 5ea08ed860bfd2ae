export type { Credentials } from "./credentials";
export { type AssumedRole, type AssumeRoleInput, Iam, type IamOptions, type ServiceRequest } from "./iam";
