import { join } from "node:path";

import { register } from "ts-node";

/** Lets this process load TypeScript; required before anything else in the process that captures. */
register({ transpileOnly: true, transpiler: join(__dirname, "cached-transpiler.js") });
