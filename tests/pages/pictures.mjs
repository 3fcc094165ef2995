// Makes the pictures of the README again: the index and the item of this repository's newsroom in Chromium,
// and its feed as newsboat shows it, each small.
//
//   node tests/pages/pictures.mjs target/debug/crieur target/ci/pages       writes docs/pictures/*.png
//
// Needs chromium, newsboat, tmux (a terminal to run it in) and pngquant.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { colored } from "./terminal.mjs";

const [program, modules] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
const { chromium } = require("playwright-core");

const WIDTH = 1000;
const HEIGHT = 700;

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const pictures = join(root, "docs/pictures");
const room = mkdtempSync(join(tmpdir(), "crieur-pictures-"));
for (const name of ["items", "crieur.toml"]) cpSync(join(root, name), join(room, name), { recursive: true });
execFileSync(resolve(program), ["--quiet"], { cwd: room });
const out = join(room, "public");

// ---- the reader, in a terminal of its own

const tmux = (...words) => execFileSync("tmux", ["-L", `crieur-${process.pid}`, "-f", "/dev/null", ...words], { encoding: "utf8" });
// One row more is the terminal's own.
const COLUMNS = 100;
const ROWS = 30;
const home = join(room, "home");
mkdirSync(home);
writeFileSync(join(home, "urls"), `${pathToFileURL(join(out, "feed.atom"))}\n`);
writeFileSync(
  join(home, "config"),
  ["auto-reload no", "color background color253 color235", "color info color231 color24 bold", "color article color253 color235", ""].join("\n"),
);
const environment = { HOME: home, LANG: "C.UTF-8", TERM: "tmux-256color" };
const newsboat = ["env", ...Object.entries(environment).map(([name, value]) => `${name}=${value}`), "newsboat", "-r", "-u", join(home, "urls"), "-C", join(home, "config"), "-c", join(home, "cache.db")];
tmux("new-session", "-d", "-x", String(COLUMNS), "-y", String(ROWS + 1), newsboat.map((word) => `'${word}'`).join(" "));
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
async function shows(text) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (tmux("capture-pane", "-p").includes(text)) return;
    await wait(100);
  }
  throw new Error(`newsboat does not show ${text}:\n${tmux("capture-pane", "-p")}`);
}
await shows("(1/1)");
tmux("send-keys", "Enter");
await shows("accueillera");
tmux("send-keys", "Enter");
await shows("Marion CORTES");
const screen = tmux("capture-pane", "-p", "-e", "-N");
tmux("kill-server");

const lines = colored(screen.split("\n").slice(0, ROWS));
const terminal = `<!doctype html><meta charset="utf-8"><body style="margin:0;background:#262626;color:#dadada">
<div style="font:16.6px/23.3px 'DejaVu Sans Mono',monospace;white-space:pre;width:${WIDTH}px;height:${HEIGHT}px;overflow:hidden">${lines.join("")}</div>`;

// ---- pictures

mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const view = { viewport: { width: WIDTH, height: HEIGHT } };
const take = async (page, name) => {
  const file = join(pictures, `${name}.png`);
  await page.screenshot({ path: file });
  execFileSync("pngquant", ["--force", "--strip", "--speed", "1", "--output", file, "32", file]);
  console.log(`docs/pictures/${name}.png: ${readFileSync(file).length} bytes`);
};
const page = await browser.newPage(view);
await page.goto(String(pathToFileURL(join(out, "index.html"))));
await take(page, "index");
await page.goto(String(pathToFileURL(join(out, "2020-01-29-dgfip/index.html"))));
await take(page, "item");
// A page of its own: ours allow no style but theirs.
const reader = await browser.newPage(view);
await reader.setContent(terminal);
await take(reader, "reader");
await browser.close();
rmSync(room, { recursive: true });
