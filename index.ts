import { ApiFirst } from "./components/api-first";
import { readSettings } from "./settings";

const { architectures, protection, owner } = readSettings();

const api = architectures.apiFirst && new ApiFirst("shop", { ...architectures.apiFirst, protection, owner });

module.exports = {
    ...(api && {
        ordersUrl: api.url,
        docsUrl: api.url.apply((url) => `${url}/docs`),
        ordersTable: api.ordersTable,
        ...(api.userPoolId && { userPoolId: api.userPoolId, userPoolClientId: api.userPoolClientId }),
        ...(api.invokePolicyArn && { invokePolicyArn: api.invokePolicyArn }),
    }),
};
