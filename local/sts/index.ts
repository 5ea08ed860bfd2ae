export { type CredentialIssuer, Sts, type StsOptions } from "./sts";
