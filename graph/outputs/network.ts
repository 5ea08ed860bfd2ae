import { ACCOUNT, hex } from "../physical";
import type { Derivation } from "./index";

/** Names and certificates under which an API is reached. */
export const network: Record<string, Derivation> = {
    "aws:acm/certificate:Certificate": (certificate) => {
        const id = hex(certificate.urn, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
        const arn = `arn:aws:acm:${certificate.region}:${ACCOUNT}:certificate/${id}`;
        const domainName = String(certificate.inputs["domainName"]);
        const validation = {
            domainName,
            resourceRecordName: `_${hex(domainName, 32)}.${domainName}.`,
            resourceRecordType: "CNAME",
            resourceRecordValue: `_${hex(certificate.urn, 32)}.acm-validations.aws.`,
        };
        return { id: arn, outputs: { arn, domainValidationOptions: [validation] } };
    },
    "aws:route53/record:Record": (record) => {
        const name = String(record.inputs["name"]).replace(/\.$/, "");
        return {
            id: `${String(record.inputs["zoneId"])}_${name}_${String(record.inputs["type"])}`,
            outputs: { fqdn: name },
        };
    },
};
