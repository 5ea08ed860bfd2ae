import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Tags } from "../building-blocks/tags";

export interface DomainArgs {
    /** `api.example.com` */
    name: string;
    /** Route 53 hosted zone that the name belongs to. */
    zoneId: string;
    /** In the API's region. Default: a certificate is requested and validated in the zone. */
    certificateArn?: string;
    stage: aws.apigateway.Stage;
    tags: Tags;
}

/** A domain name in front of the stage. */
export class ApiDomain extends pulumi.ComponentResource {
    readonly url: pulumi.Output<string>;

    constructor(name: string, args: DomainArgs, opts?: pulumi.ComponentResourceOptions) {
        super("quintet:api-first:ApiDomain", name, {}, opts);
        const certificate = args.certificateArn ?? validatedCertificate(name, args, this);
        const domain = new aws.apigateway.DomainName(
            name,
            {
                domainName: args.name,
                regionalCertificateArn: certificate,
                endpointConfiguration: { types: "REGIONAL" },
                securityPolicy: "TLS_1_2",
                tags: args.tags,
            },
            { parent: this },
        );
        new aws.apigateway.BasePathMapping(
            name,
            { restApi: args.stage.restApi, stageName: args.stage.stageName, domainName: domain.domainName },
            { parent: this },
        );
        new aws.route53.Record(
            name,
            {
                zoneId: args.zoneId,
                name: args.name,
                type: "A",
                aliases: [
                    {
                        name: domain.regionalDomainName,
                        zoneId: domain.regionalZoneId,
                        evaluateTargetHealth: true,
                    },
                ],
            },
            { parent: this },
        );
        this.url = pulumi.interpolate`https://${domain.domainName}`;
        this.registerOutputs({ url: this.url });
    }
}

function validatedCertificate(name: string, args: DomainArgs, parent: pulumi.Resource): pulumi.Output<string> {
    const certificate = new aws.acm.Certificate(
        name,
        { domainName: args.name, validationMethod: "DNS", tags: args.tags },
        { parent },
    );
    const option = certificate.domainValidationOptions.apply((options) => {
        const [first] = options;
        if (first === undefined) throw new Error(`The certificate of ${args.name} has no validation record.`);
        return first;
    });
    const record = new aws.route53.Record(
        `${name}-validation`,
        {
            zoneId: args.zoneId,
            name: option.resourceRecordName,
            type: option.resourceRecordType,
            records: [option.resourceRecordValue],
            ttl: 300,
        },
        { parent },
    );
    return new aws.acm.CertificateValidation(
        name,
        { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
        { parent },
    ).certificateArn;
}
