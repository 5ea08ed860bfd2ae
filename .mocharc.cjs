"use strict";

// The AWS SDK warns of the Node versions that it will drop next year, in the middle of a report.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

module.exports = {
    require: ["ts-node/register/transpile-only"],
    extension: ["ts"],
    timeout: 30_000,
    forbidOnly: true,
    forbidPending: true,
};
