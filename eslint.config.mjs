import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["node_modules/", "**/.quintet/**"] },
    eslint.configs.recommended,
    tseslint.configs.strict,
    {
        files: ["**/*.ts"],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/no-misused-promises": "error",
            "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
            "@typescript-eslint/no-non-null-assertion": "error",
            "@typescript-eslint/no-explicit-any": "error",
            eqeqeq: "error",
            "max-lines": ["error", { max: 320, skipBlankLines: true, skipComments: true }],
            "no-console": "error",
        },
    },
    {
        files: ["commands/**", "bench/**", "local/lambda/runtime/**"],
        rules: { "no-console": "off" },
    },
    {
        files: ["**/*.cjs"],
        languageOptions: {
            sourceType: "commonjs",
            globals: Object.fromEntries(
                ["require", "process", "console", "__dirname", "module", "fetch", "setTimeout", "clearTimeout"].map(
                    (name) => [name, "readonly"],
                ),
            ),
        },
        rules: { "@typescript-eslint/no-require-imports": "off", "no-console": "off" },
    },
    {
        // A resource exists because it is constructed, whether or not anybody holds on to it.
        files: ["components/**", "index.ts", "tests/**"],
        rules: { "no-new": "off", "@typescript-eslint/no-unused-expressions": "off" },
    },
);
