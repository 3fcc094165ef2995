// Makes the pictures of docs/guide-redaction.fr.md again: the folder with a release in it, the page that comes of
// it, and what is said of a file without a day. All three are what the programs show: Chromium's own list of a
// folder, the page as it is built, and the words of `crieur check`.
//
//   node tests/pages/guide-pictures.mjs target/debug/crieur target/ci/pages       writes docs/pictures/guide-*.png
//
// Needs chromium with its words in French (chromium-l10n), pandoc (it writes the Word file) and pngquant.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { colored } from "./terminal.mjs";

const [program, modules] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
const { chromium } = require("playwright-core");

const WIDTH = 900;
const NOW = "2026-11-24T09:00:00Z";
const DOCUMENT = "2026-11-23 Marché de Noël.docx";

const TEXT = `# Le marché de Noël ouvre samedi 28 novembre

Quarante chalets, une patinoire et un manège : le marché de Noël s’installe **place de la Mairie** du 28 novembre au
24 décembre.

Les producteurs de la ville y seront pour la première fois à côté des artisans. L’entrée est libre.

## En pratique

- tous les jours, de 10 h à 20 h ;
- patinoire jusqu’à 22 h le vendredi et le samedi ;
- parking de la gare gratuit après 18 h.
`;

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const pictures = join(root, "docs/pictures");
const room = mkdtempSync(join(tmpdir(), "crieur-guide-"));
const items = join(room, "items");
const crieur = (...words) => spawnSync(resolve(program), [...words, "--now", NOW], { cwd: room, encoding: "utf8" });
const well = (said, code = 0) => {
  if (said.status !== code) throw new Error(`exit code ${said.status}: ${said.stdout}${said.stderr}`);
  return said;
};

well(crieur("init", "--title", "Salle de presse", "--url", "www.example.org/presse", "--timezone", "Europe/Paris", "--language", "fr", "--publisher", "Ville d’Exemple"));
for (const first of readdirSync(items)) rmSync(join(items, first));
well(crieur("new", "La piscine rouvre lundi", "--at", "27 novembre 2026 à 7h30"));
const word = (name) =>
  // The document says that it was written the day before.
  execFileSync("pandoc", ["--from", "markdown", "--output", join(items, name)], { input: TEXT, env: { ...process.env, SOURCE_DATE_EPOCH: "1795359600" } });
word(DOCUMENT);
well(crieur("build"));

const args = ["--no-sandbox", "--disable-gpu", "--lang=fr-FR"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args, env: { ...process.env, LANGUAGE: "fr" } });
const take = async (page, name, clip) => {
  const file = join(pictures, `guide-${name}.png`);
  await page.screenshot({ path: file, clip });
  execFileSync("pngquant", ["--force", "--strip", "--speed", "1", "--output", file, "32", file]);
  console.log(`docs/pictures/guide-${name}.png: ${readFileSync(file).length} bytes`);
};

// ---- the folder: without its heading, which is where it lies on this machine

const folder = await browser.newPage({ viewport: { width: 640, height: 400 } });
await folder.goto(`${pathToFileURL(items)}/`);
const table = await folder.locator("table").boundingBox();
await take(folder, "dossier", { x: 0, y: table.y - 12, width: 640, height: table.height + 24 });

// ---- the page

const page = await browser.newPage({ viewport: { width: WIDTH, height: 720 } });
const built = readdirSync(join(room, "public")).find((name) => name.startsWith("2026-11-23"));
await page.goto(String(pathToFileURL(join(room, "public", built, "index.html"))));
await take(page, "page");

// ---- the message: a copy whose name has no day

cpSync(join(items, DOCUMENT), join(items, "Marché de Noël.docx"));
rmSync(join(items, DOCUMENT));
for (const built of ["ledger.jsonl", "public"]) rmSync(join(room, built), { recursive: true });
const said = well(crieur("check", "--color", "always"), 1);
const lines = colored(["$ crieur check", ...(said.stderr + said.stdout).trimEnd().split("\n")]);
const terminal = await browser.newPage({ viewport: { width: WIDTH, height: 400 } });
await terminal.setContent(`<!doctype html><meta charset="utf-8"><body style="margin:0;background:#262626;color:#dadada">
<div id="all" style="font:16px/23px 'DejaVu Sans Mono',monospace;white-space:pre-wrap;padding:14px">${lines.join("")}</div>`);
const all = await terminal.locator("#all").boundingBox();
await take(terminal, "message", { x: 0, y: 0, width: WIDTH, height: all.height });
await browser.close();
rmSync(room, { recursive: true });
