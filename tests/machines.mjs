// What machines.py asks of libraries that exist for Node alone: a site map as the package `sitemap` reads
// it, which stops at what it does not know, and `_headers` as Netlify's own parser does.
//
//   node tests/machines.mjs FOLDER_OF_NODE_MODULES sitemap|index|headers FILE      prints JSON

import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, kind, file] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));

async function read() {
  if (kind === "headers") {
    // For ES modules alone, and without an entry for `require`.
    const entry = resolve(modules, "node_modules/@netlify/headers-parser/lib/index.js");
    const { parseAllHeaders } = await import(pathToFileURL(entry).href);
    return parseAllHeaders({ headersFiles: [file], configHeaders: [], minimal: false });
  }
  const sitemap = require("sitemap");
  const [Reader, level] = kind === "index" ? [sitemap.XMLToSitemapIndexStream, sitemap.IndexObjectStreamToJSON] : [sitemap.XMLToSitemapItemStream];
  const found = [];
  const stream = createReadStream(file).pipe(new Reader({ level: sitemap.ErrorLevel.THROW, logger: (...words) => console.error(...words) }));
  for await (const entry of stream) found.push(entry);
  return found;
}

read().then(
  (found) => process.stdout.write(JSON.stringify(found, (_, value) => (value instanceof RegExp ? value.source : value))),
  (error) => {
    console.error(String(error));
    process.exit(1);
  },
);
