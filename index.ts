import { ApiFirst } from "./components/api-first";
import { EventBus } from "./components/building-blocks/event-bus";
import { tagsOf } from "./components/building-blocks/tags";
import { readSettings } from "./settings";

const { architectures, protection, owner } = readSettings();

/** Joins the architectures that are selected. */
const bus = architectures.apiFirst && new EventBus("shop", { tags: tagsOf({ architecture: "shared", owner }) });

const api =
    architectures.apiFirst && bus && new ApiFirst("shop", { ...architectures.apiFirst, bus, protection, owner });

module.exports = {
    ...(bus && { busName: bus.name }),
    ...(api && {
        ordersUrl: api.url,
        docsUrl: api.url.apply((url) => `${url}/docs`),
        ordersTable: api.ordersTable,
        ...(api.userPoolId && { userPoolId: api.userPoolId, userPoolClientId: api.userPoolClientId }),
        ...(api.invokePolicyArn && { invokePolicyArn: api.invokePolicyArn }),
    }),
};
