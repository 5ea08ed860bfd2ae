import * as aws from "@pulumi/aws";

new aws.lambda.CallbackFunction("place-order", {
    callbackFactory: () => {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- CallbackFunction does not wait for import()
        const { handler } = require("../../../handlers/orders/place-order") as { handler: () => () => void };
        return handler();
    },
});
