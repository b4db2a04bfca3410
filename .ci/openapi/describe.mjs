// node describe.mjs FILE: write Discord's OpenAPI description, put together again from the package discord-api-spec.
//
// The package has the schemas of Discord's description as Zod schemas, and its routes as TypeScript. Three facts
// are not in it, and are as in all of Discord's own: a body is required, what has attachments may be a form, and numbers
// are whole but for these.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import * as z from "zod/mini";
import * as exported from "discord-api-spec/zod";

const FRACTIONS = /NumberOption|NumberChoice|duration_secs|retry_after|volume/;

const PREFIX = "#/components/schemas/";

function asDiscordWritesIt(schema) {
    // Of times and addresses it says what they are, and not how they are written.
    if (schema.format) delete schema.pattern;
    if ("const" in schema) {
        schema.enum = [schema.const];
        delete schema.const;
    }
}

const registry = z.registry();
for (const [name, schema] of Object.entries(exported)) {
    if (name.endsWith("Schema")) registry.add(schema, { id: name.slice(0, -"Schema".length) });
}

const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    unrepresentable: "any",
    uri: (id) => PREFIX + id,
    override: ({ jsonSchema }) => asDiscordWritesIt(jsonSchema),
});
for (const schema of Object.values(schemas)) {
    delete schema.$id;
    delete schema.$schema;
}
withWholeNumbers(schemas, "");

function withWholeNumbers(schema, path) {
    if (schema.type === "number" && !FRACTIONS.test(path)) schema.type = "integer";
    for (const [name, inner] of Object.entries(schema)) {
        if (inner && typeof inner === "object") withWholeNumbers(inner, `${path}/${name}`);
    }
}

const source = fileURLToPath(import.meta.resolve("discord-api-spec")).replace(/\.js$/, ".ts");
const file = ts.createSourceFile(source, readFileSync(source, "utf8"), ts.ScriptTarget.Latest);
const paths = file.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === "Paths");

const PLAIN = {
    [ts.SyntaxKind.StringKeyword]: { type: "string" },
    [ts.SyntaxKind.NumberKeyword]: { type: "integer" },
    [ts.SyntaxKind.BooleanKeyword]: { type: "boolean" },
    [ts.SyntaxKind.UnknownKeyword]: true,
    [ts.SyntaxKind.AnyKeyword]: true,
    [ts.SyntaxKind.NeverKeyword]: false,
    [ts.SyntaxKind.UndefinedKeyword]: false,
};

function members(node) {
    return Object.fromEntries((node.members ?? []).map((each) => [each.name?.text, each]).filter(([name]) => name));
}

function asSchema(type) {
    if (type.kind in PLAIN) return PLAIN[type.kind];
    if (ts.isParenthesizedTypeNode(type)) return asSchema(type.type);
    if (ts.isArrayTypeNode(type)) return { type: "array", items: asSchema(type.elementType) };
    if (ts.isUnionTypeNode(type)) return { anyOf: type.types.map(asSchema) };
    if (ts.isIntersectionTypeNode(type)) return { allOf: type.types.map(asSchema) };
    if (ts.isTypeLiteralNode(type)) return asObject(type);
    if (ts.isTypeReferenceNode(type)) return asReference(type);
    if (ts.isLiteralTypeNode(type)) return asConstant(type.literal);
    throw new Error(`no schema for ${ts.SyntaxKind[type.kind]}`);
}

function asObject(type) {
    const fields = members(type);
    const index = type.members.find(ts.isIndexSignatureDeclaration);
    return {
        type: "object",
        ...(Object.keys(fields).length && {
            properties: Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, asSchema(each.type)])),
            required: Object.keys(fields).filter((name) => !fields[name].questionToken),
        }),
        ...(index && { additionalProperties: asSchema(index.type) }),
    };
}

function asReference(type) {
    if (ts.isQualifiedName(type.typeName)) return asReference({ typeName: type.typeName.left });
    const name = type.typeName.text;
    if (name in schemas) return { $ref: PREFIX + name };
    if (name === "Record") return { type: "object", additionalProperties: asSchema(type.typeArguments[1]) };
    throw new Error(`no schema for ${name}`);
}

function asConstant(literal) {
    if (literal.kind === ts.SyntaxKind.NullKeyword) return { type: "null" };
    if (literal.kind === ts.SyntaxKind.TrueKeyword || literal.kind === ts.SyntaxKind.FalseKeyword) return { type: "boolean" };
    return { enum: [ts.isStringLiteral(literal) ? literal.text : Number(literal.getText(file))] };
}

// Of the body itself, or of a field of it: a callback has a message as its `data`.
function hasAttachments(schema, levels = 2) {
    const resolved = schema.$ref ? schemas[schema.$ref.slice(PREFIX.length)] : schema;
    const fields = resolved.properties ?? {};
    const unions = [...(resolved.anyOf ?? []), ...(resolved.allOf ?? [])];
    return (
        levels > 0 &&
        ("attachments" in fields ||
            unions.some((each) => hasAttachments(each, levels)) ||
            Object.values(fields).some((each) => hasAttachments(each, levels - 1)))
    );
}

function asBody(schema) {
    const kinds = hasAttachments(schema) ? ["application/json", "multipart/form-data"] : ["application/json"];
    return { required: true, content: Object.fromEntries(kinds.map((kind) => [kind, { schema }])) };
}

function asOperation(node) {
    const { parameters, requestBody, responses } = members(node.type);
    const query = members(members(parameters.type).query.type);
    const body = requestBody ? asSchema(requestBody.type) : false;
    return {
        parameters: Object.entries(query).map(([name, each]) => ({ name, in: "query", schema: asSchema(each.type) })),
        ...(body && { requestBody: asBody(body) }),
        responses: Object.fromEntries(
            Object.entries(members(responses.type)).map(([status, each]) => {
                const schema = asSchema(each.type);
                const content = schema === true ? {} : { "application/json": { schema } };
                return [status, { description: status, content }];
            }),
        ),
    };
}

const described = Object.fromEntries(
    Object.entries(members(paths)).map(([path, node]) => [
        path,
        Object.fromEntries(Object.entries(members(node.type)).map(([method, each]) => [method, asOperation(each)])),
    ]),
);
writeFileSync(process.argv[2], JSON.stringify({ openapi: "3.1.0", paths: described, components: { schemas } }));
