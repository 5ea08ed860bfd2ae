import { shortType } from "../graph/print";
import type { NotRun } from "../local/materialise";
import type { Example } from "./showcase";
import type { Style } from "./terminal";

export interface OverviewInput {
    stack: string;
    region: string;
    url: string;
    examples: Example[];
    notRun: NotRun[];
    milliseconds: number;
}

/** What `npm start` shows once everything runs. */
export function overview(input: OverviewInput, style: Style): string {
    const { stack, region, url, examples, notRun } = input;
    return [
        `${style.bold("Quintet")} runs stack ${style.bold(stack)} (${region}) at ${style.bold(url)}`,
        "",
        ...examples.flatMap((example) => architecture(example, style)),
        ...(examples.length === 0 ? ["  This stack has nothing that is reached from outside.", ""] : []),
        ...awsCli(url, region, style),
        ...left(notRun, style),
        `${style.good("Ready")} in ${(input.milliseconds / 1000).toFixed(1)} s. Ctrl-C ends it.`,
        "",
    ].join("\n");
}

function architecture({ architecture: name, urls, commands }: Example, style: Style): string[] {
    const width = Math.max(0, ...urls.map(([label]) => label.length)) + 2;
    return [
        style.bold(name),
        ...urls.map(([label, url]) => `  ${label.padEnd(width)}${url}`),
        "",
        ...commands.flatMap(({ purpose, command }) => [`  ${style.dim(`# ${purpose}`)}`, `  ${command}`]),
        "",
    ];
}

function awsCli(url: string, region: string, style: Style): string[] {
    // Version 1 of the AWS CLI reads the second name of the region only.
    const environment = `AWS_ENDPOINT_URL=${url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`;
    return [
        style.bold("AWS CLI and SDKs"),
        `  ${style.dim("# Any access key that this cloud has not made is its administrator's")}`,
        `  export ${environment} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`,
        "",
    ];
}

/** Resources that are left out, by reason. */
function left(notRun: NotRun[], style: Style): string[] {
    if (notRun.length === 0) return [];
    const byReason = new Map<string, string[]>();
    for (const { resource, reason } of notRun) {
        const what = `${shortType(resource.type)} ${resource.name}`;
        byReason.set(reason, [...(byReason.get(reason) ?? []), what]);
    }
    return [
        style.bold("Not run locally"),
        ...[...byReason].map(([reason, what]) => `  ${what.join(", ")} ${style.dim(`– ${reason}`)}`),
        "",
    ];
}
