import { EVENT_SOURCE } from "../../schemas/events/envelope";

export interface EventIntegrationInput {
    /** The event's type. */
    event: string;
    region: string;
    busName: string;
    /** ARN of the role with which API Gateway puts the event on the bus. */
    roleArn: string;
    /** Variable that says who calls: `$context.authorizer.claims.sub`. */
    callerId: string;
    /** Value of `Access-Control-Allow-Origin`. */
    allowOrigin: string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * An integration that puts a request's body on the bus as an event, in the shop's envelope, without a function.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
 */
export function eventIntegration(input: EventIntegrationInput): Record<string, unknown> {
    const headers = {
        "method.response.header.Access-Control-Allow-Origin": `'${input.allowOrigin}'`,
        "method.response.header.X-Correlation-Id": "context.requestId",
    };
    return {
        type: "aws",
        httpMethod: "POST",
        uri: `arn:aws:apigateway:${input.region}:events:action/PutEvents`,
        credentials: input.roleArn,
        passthroughBehavior: "never",
        requestParameters: {
            "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
            "integration.request.header.X-Amz-Target": "'AWSEvents.PutEvents'",
        },
        requestTemplates: { "application/json": requestTemplate(input) },
        responses: {
            "200": {
                statusCode: "202",
                responseParameters: headers,
                responseTemplates: { "application/json": RESPONSE_TEMPLATE },
            },
            default: {
                statusCode: "500",
                responseParameters: {
                    ...headers,
                    "method.response.header.Content-Type": "'application/problem+json'",
                },
                responseTemplates: { "application/json": FAILURE },
            },
        },
    };
}

/** Headers that the method's responses declare, for the integration to fill in. */
export const EVENT_RESPONSE_HEADERS = ["Access-Control-Allow-Origin", "Content-Type", "X-Correlation-Id"];

/**
 * The event's members are texts without quotes, except for the body, which is JSON already. As part of a JSON text it is
 * escaped once more; the escaped apostrophe is no JSON, though:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#util-template-reference
 */
function requestTemplate({ event, busName, callerId }: EventIntegrationInput): string {
    const months = MONTHS.map((month, at) => `"${month}":"${String(at + 1).padStart(2, "0")}"`).join(",");
    const detail = [
        '\\"id\\":\\"$context.requestId\\"',
        `\\"type\\":\\"${event}\\"`,
        '\\"version\\":1',
        '\\"time\\":\\"$time\\"',
        '\\"correlationId\\":\\"$context.requestId\\"',
        `\\"data\\":{\\"customerId\\":\\"${callerId}\\",$members}`,
    ];
    return [
        // "23/Nov/2026:20:15:00 +0000" as ISO 8601: there is no other date and time to be had.
        `#set($months={${months}})`,
        "#set($at=$context.requestTime)",
        '#set($day="$at.substring(7,11)-$months.get($at.substring(3,6))-$at.substring(0,2)")',
        '#set($time="${day}T$at.substring(12,20)Z")',
        "#set($body=$input.json('$').trim())",
        "#set($inner=$body.substring(1,$body.lastIndexOf('}')))",
        '#set($members=$util.escapeJavaScript($inner).replaceAll("\\\\\'","\'"))',
        `{"Entries":[{"Source":"${EVENT_SOURCE}","DetailType":"${event}","EventBusName":"${busName}",` +
            `"Detail":"{${detail.join(",")}}"}]}`,
    ].join("");
}

const FAILURE =
    '{"type":"about:blank","title":"Internal Server Error","status":500,' +
    '"detail":"The event was not taken. Try again.","correlationId":"$context.requestId"}';

/** PutEvents answers 200 even where it has not taken an entry. */
const RESPONSE_TEMPLATE = [
    "#if($input.path('$.FailedEntryCount')==0)",
    '{"id":"$context.requestId"}',
    "#else",
    "#set($context.responseOverride.status=500)",
    '#set($context.responseOverride.header.Content-Type="application/problem+json")',
    FAILURE,
    "#end",
].join("");
