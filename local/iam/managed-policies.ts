interface Statement {
    Effect: "Allow";
    Action: string[];
    Resource: string;
}

function allow(...actions: string[]): Statement {
    return { Effect: "Allow", Action: actions, Resource: "*" };
}

const WRITE_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const WRITE_TRACES = [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
];
const NETWORK_INTERFACES = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
];

/**
 * What AWS's own policies allow, by the part of their ARN after `arn:aws:iam::aws:policy/`: those that serverless
 * programs attach. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const ALLOWED: Record<string, Statement[]> = {
    AdministratorAccess: [allow("*")],
    AmazonAPIGatewayInvokeFullAccess: [allow("execute-api:Invoke", "execute-api:ManageConnections")],
    AmazonCognitoPowerUser: [allow("cognito-identity:*", "cognito-idp:*", "cognito-sync:*", "iam:ListRoles")],
    AmazonDynamoDBFullAccess: [allow("dynamodb:*", "dax:*", "cloudwatch:*", "iam:GetRole", "iam:ListRoles")],
    AmazonDynamoDBReadOnlyAccess: [
        allow("dynamodb:BatchGet*", "dynamodb:Describe*", "dynamodb:Get*", "dynamodb:List*", "dynamodb:Query"),
        allow("dynamodb:Scan", "dynamodb:PartiQLSelect"),
    ],
    AmazonEventBridgeFullAccess: [allow("events:*", "schemas:*", "scheduler:*", "pipes:*")],
    AmazonKinesisFullAccess: [allow("kinesis:*")],
    AmazonS3FullAccess: [allow("s3:*", "s3-object-lambda:*")],
    AmazonS3ReadOnlyAccess: [allow("s3:Get*", "s3:List*", "s3:Describe*")],
    AmazonSNSFullAccess: [allow("sns:*")],
    AmazonSQSFullAccess: [allow("sqs:*")],
    AmazonSSMReadOnlyAccess: [allow("ssm:Describe*", "ssm:Get*", "ssm:List*")],
    AWSLambda_FullAccess: [
        allow("lambda:*", "logs:DescribeLogGroups", "iam:GetRole", "iam:ListRoles", "xray:GetTraceSummaries"),
    ],
    AWSStepFunctionsFullAccess: [allow("states:*")],
    AWSXrayWriteOnlyAccess: [allow(...WRITE_TRACES)],
    AWSXRayDaemonWriteAccess: [allow(...WRITE_TRACES)],
    CloudWatchEventsFullAccess: [allow("events:*", "schemas:*", "scheduler:*", "pipes:*")],
    CloudWatchFullAccess: [allow("cloudwatch:*", "logs:*", "sns:*")],
    CloudWatchFullAccessV2: [allow("cloudwatch:*", "logs:*", "sns:Publish", "sns:Subscribe", "synthetics:*", "xray:*")],
    CloudWatchLogsFullAccess: [allow("logs:*", "cloudwatch:GenerateQuery")],
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs": [
        allow(
            ...WRITE_LOGS,
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:GetLogEvents",
            "logs:FilterLogEvents",
        ),
    ],
    "service-role/AmazonECSTaskExecutionRolePolicy": [
        allow(
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchGetImage",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ),
    ],
    "service-role/AWSLambdaBasicExecutionRole": [allow(...WRITE_LOGS)],
    "service-role/AWSLambdaDynamoDBExecutionRole": [
        allow("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"),
        allow(...WRITE_LOGS),
    ],
    "service-role/AWSLambdaKinesisExecutionRole": [
        allow(
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "kinesis:ListStreams",
            "kinesis:SubscribeToShard",
        ),
        allow(...WRITE_LOGS),
    ],
    "service-role/AWSLambdaSQSQueueExecutionRole": [
        allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        allow(...WRITE_LOGS),
    ],
    "service-role/AWSLambdaVPCAccessExecutionRole": [allow(...WRITE_LOGS, ...NETWORK_INTERFACES)],
};

const PREFIX = "arn:aws:iam::aws:policy/";

export function isAwsManaged(policyArn: string): boolean {
    return policyArn.startsWith(PREFIX);
}

/** The document of one of AWS's own policies; undefined where this cloud does not know it. */
export function awsManagedPolicy(policyArn: string): string | undefined {
    const statements = ALLOWED[policyArn.slice(PREFIX.length)];
    return statements === undefined ? undefined : JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
