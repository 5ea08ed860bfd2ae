/** Why resources have no local counterpart, by the beginning of their type. */
const REASONS: [string, string][] = [
    ["aws:wafv2/", "the firewall guards AWS's edge; nothing reaches this machine from outside"],
    ["aws:route53/", "DNS names are served by AWS only"],
    ["aws:acm/", "the local endpoint speaks plain HTTP on loopback"],
    ["aws:apigateway/domainName:", "the local endpoint has one address"],
    ["aws:apigateway/basePathMapping:", "the local endpoint has one address"],
    ["aws:cloudwatch/dashboard:", "it only shows what CloudWatch collects"],
    ["aws:cloudwatch/metricAlarm:", "metrics are not collected locally"],
    ["aws:codedeploy/", "the local cloud always runs the newest code"],
    ["aws:s3/bucketPublicAccessBlock:", "nothing reaches this machine from outside"],
    ["aws:s3/bucketOwnershipControls:", "there is one account"],
    ["aws:s3/bucketServerSideEncryptionConfiguration:", "nothing is encrypted on this machine"],
    ["aws:iam/", "this kind of IAM resource is not evaluated locally"],
];

/** Types that only configure the program's run and exist nowhere. */
const NOTHING_TO_RUN = ["pulumi:providers:"];

/** Undefined where there is nothing to run, and so nothing to tell. */
export function reasonNotRun(type: string): string | undefined {
    if (NOTHING_TO_RUN.some((prefix) => type.startsWith(prefix))) return undefined;
    return REASONS.find(([prefix]) => type.startsWith(prefix))?.[1] ?? "the local cloud has no engine for this type";
}
