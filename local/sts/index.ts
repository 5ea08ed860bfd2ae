export { type RoleAssumer, Sts, type StsOptions } from "./sts";
