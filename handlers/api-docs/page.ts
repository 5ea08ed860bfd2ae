import type { OpenApiDocument, OpenApiOperation, OpenApiParameter } from "../../schemas/openapi";
import { html, type Html, join } from "./html";
import { STYLE } from "./style";

interface Route {
    method: string;
    path: string;
    operation: OpenApiOperation;
}

/** The API's document as one page for people: no script, nothing loaded from elsewhere. */
export function docsPage(document: OpenApiDocument): string {
    const groups = groupByTag(document);
    const server = document.servers[0]?.url ?? "";
    const page = html`<!doctype html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>${document.info.title}</title>
                <style>
                    ${STYLE}
                </style>
            </head>
            <body>
                <header>
                    <h1>${document.info.title}</h1>
                    <p>${document.info.description ?? ""}</p>
                    <p>Base URL <code>${server}</code> · <a href="openapi.json">OpenAPI document</a></p>
                </header>
                <nav aria-label="Operations">${join([...groups].map(([tag, routes]) => contents(tag, routes)))}</nav>
                <main>
                    ${join([...groups].map(([tag, routes]) => section(tag, routes, server, document)))}
                    <section>
                        <h2 id="schemas">Schemas</h2>
                        ${join(Object.entries(document.components.schemas).map(([name, schema]) => schemaBlock(name, schema)))}
                    </section>
                </main>
            </body>
        </html>`;
    return page.text;
}

function groupByTag(document: OpenApiDocument): Map<string, Route[]> {
    const groups = new Map<string, Route[]>();
    for (const [path, operations] of Object.entries(document.paths)) {
        for (const [method, operation] of Object.entries(operations)) {
            const tag = operation.tags?.[0] ?? "Other";
            groups.set(tag, [...(groups.get(tag) ?? []), { method, path, operation }]);
        }
    }
    return groups;
}

function contents(tag: string, routes: Route[]): Html {
    return html`<h2>${tag}</h2>
        <ul>
            ${join(
                routes.map(
                    ({ method, path, operation }) =>
                        html`<li>
                            <a href="#${operation.operationId}"
                                ><span class="method ${method}">${method}</span> ${path}</a
                            >
                        </li>`,
                ),
            )}
        </ul>`;
}

function section(tag: string, routes: Route[], server: string, document: OpenApiDocument): Html {
    return html`<section>
        <h2>${tag}</h2>
        ${join(routes.map((route) => article(route, server, document)))}
    </section>`;
}

function article({ method, path, operation }: Route, server: string, document: OpenApiDocument): Html {
    const body = operation.requestBody?.content["application/json"];
    return html`<article id="${operation.operationId}">
        <h3>${operation.summary ?? ""}</h3>
        <p class="route"><span class="method ${method}">${method}</span> <code>${path}</code></p>
        ${operation.description ? html`<p>${operation.description}</p>` : ""} ${parameters(operation.parameters ?? [])}
        ${
            body
                ? html`<h4>Body</h4>
                      <p>${reference(body.schema)}</p>`
                : ""
        }
        <h4>Example</h4>
        <pre tabindex="0"><code>${curl({ method, path, operation }, server, document)}</code></pre>
        <h4>Answers</h4>
        <table>
            <thead>
                <tr>
                    <th scope="col">Status</th>
                    <th scope="col">Meaning</th>
                    <th scope="col">Body</th>
                </tr>
            </thead>
            <tbody>
                ${join(
                    Object.entries(operation.responses).map(
                        ([status, response]) =>
                            html`<tr>
                                <td><code>${status}</code></td>
                                <td>${response.description}</td>
                                <td>${reference(Object.values(response.content ?? {})[0]?.schema)}</td>
                            </tr>`,
                    ),
                )}
            </tbody>
        </table>
    </article>`;
}

function parameters(list: OpenApiParameter[]): Html | "" {
    if (list.length === 0) return "";
    return html`<h4>Parameters</h4>
        <table>
            <thead>
                <tr>
                    <th scope="col">Name</th>
                    <th scope="col">In</th>
                    <th scope="col">Meaning</th>
                </tr>
            </thead>
            <tbody>
                ${join(
                    list.map(
                        (parameter) =>
                            html`<tr>
                                <td><code>${parameter.name}</code>${parameter.required ? " (required)" : ""}</td>
                                <td>${parameter.in}</td>
                                <td>${parameter.description ?? ""}</td>
                            </tr>`,
                    ),
                )}
            </tbody>
        </table>`;
}

/** The name of a schema as a link to it. */
function reference(schema: unknown): Html | string {
    const target = Reflect.get(Object(schema), "$ref") as unknown;
    if (typeof target !== "string") return "";
    const name = target.split("/").at(-1) ?? "";
    return html`<a href="#schema-${name}">${name}</a>`;
}

function schemaBlock(name: string, schema: unknown): Html {
    return html`<details id="schema-${name}">
        <summary>${name}</summary>
        <pre tabindex="0"><code>${JSON.stringify(schema, undefined, 2)}</code></pre>
    </details>`;
}

/** A call that works when pasted, but for the token. */
function curl({ method, path, operation }: Route, server: string, document: OpenApiDocument): string {
    const example = operation.requestBody?.content["application/json"]?.example;
    const headers = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === "header" && parameter.example !== undefined)
        .map((parameter) => `-H '${parameter.name}: ${String(parameter.example)}'`);
    return [
        `curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} '${server}${path}'`,
        ...credentials(operation, document),
        ...headers,
        ...(example === undefined ? [] : ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(example)}'`]),
    ].join(" \\\n    ");
}

function credentials(operation: OpenApiOperation, document: OpenApiDocument): string[] {
    const [name] = Object.keys(operation.security?.[0] ?? {});
    const scheme = name === undefined ? undefined : document.components.securitySchemes[name];
    if (scheme === undefined) return [];
    if (scheme.name === "Authorization")
        return ["--aws-sigv4 aws:amz:$AWS_REGION:execute-api --user $ACCESS_KEY:$SECRET_KEY"];
    if (scheme.type === "apiKey") return [`-H '${scheme.name}: …'`];
    return ['-H "Authorization: Bearer $TOKEN"'];
}
