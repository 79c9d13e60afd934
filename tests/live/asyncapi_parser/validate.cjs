// Reads an AsyncAPI document from standard input and prints, as one JSON object, what the parser has to say about it.
// Run with NODE_PATH pointing at an installed node_modules.
"use strict";

const { Parser } = require("@asyncapi/parser");

async function main() {
  const { document, diagnostics } = await new Parser().parse(require("fs").readFileSync(0, "utf8"));
  const operations = document === undefined ? [] : document.operations().all();
  const said = {
    diagnostics: diagnostics.map(({ severity, code, path, message }) => ({
      severity,
      code,
      path: path.join("/"),
      message,
    })),
    operations: Object.fromEntries(
      operations.map((operation) => [
        operation.id(),
        {
          action: operation.action(),
          messages: operation.messages().all().map((message) => message.id()),
          contentTypes: [...new Set(operation.messages().all().map((message) => message.contentType()))],
          replies: operation.reply() === undefined ? 0 : operation.reply().messages().all().length,
        },
      ]),
    ),
  };
  process.stdout.write(JSON.stringify(said));
}

main();
