// Looks at every kind of page as people and their browsers do: axe-core in headless Chromium by day
// and by night, on a telephone and on a desk, the keyboard, a page zoomed to 200 % and to 400 %, the
// weight, what moves while it loads, what it asks others for, and the Nu HTML checker.
//
//   cp tests/pages/package*.json target/ci/pages && npm ci --prefix target/ci/pages --ignore-scripts
//   node tests/pages/check.mjs target/debug/crieur target/ci/pages [--pictures DIR]
//
// The pages are those of tests/pages/newsroom with sixty items more, built by the program. Nothing is
// served: Chromium is given the files at the addresses that they are for, and anything else it asks
// for is refused and counted.

import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const [program, modules, ...options] = process.argv.slice(2);
if (!program || !modules) {
  console.error("usage: node tests/pages/check.mjs PROGRAM FOLDER_OF_NODE_MODULES [--pictures DIR]");
  process.exit(2);
}
const pictures = options[0] === "--pictures" ? options[1] : null;
const require = createRequire(resolve(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const vnu = join(dirname(require.resolve("vnu-jar/package.json")), "build/dist/vnu.jar");

const SITE = "https://www.example.org/presse/";
const BUDGET = 20_000; // bytes sent for a page, without pictures
const TYPES = { ".html": "text/html; charset=utf-8", ".png": "image/png", ".svg": "image/svg+xml" };

const found = [];
const wrong = (where, what) => found.push(`${where}: ${what}`);
const counts = { pages: 0, axe: 0, rules: new Set(), stops: 0, widths: 0, links: 0, html: 0 };

// ---- the newsroom

const here = dirname(fileURLToPath(import.meta.url));
const room = mkdtempSync(join(tmpdir(), "crieur-pages-"));
cpSync(join(here, "newsroom"), room, { recursive: true });
for (let number = 1; number <= 60; number += 1) {
  const day = `${number % 2 ? 2024 : 2025}-${String((number % 12) + 1).padStart(2, "0")}-${String((number % 27) + 1).padStart(2, "0")}`;
  const text = `Le chantier numéro ${number} est terminé : la rue est rouverte, les riverains sont remerciés de leur patience.`;
  writeFileSync(join(room, "items", `${day}-chantier-${number}.md`), `---\ntitle: Le chantier numéro ${number} est terminé\ntags: [Travaux]\n---\n${text}\n`);
}
const build = (...more) => execFileSync(resolve(program), ["--now", "2026-11-24T12:00:00Z", "--quiet", ...more], { cwd: room, stdio: ["ignore", "ignore", "pipe"] });
build();
// A page that moved leaves another kind behind.
const moved = join(room, "items", "2026-09-03-pont.md");
const text = readFileSync(moved, "utf8");
writeFileSync(join(room, "items", "2026-09-03-pont-des-arts.md"), text);
rmSync(moved);
build();

const out = join(room, "public");
const files = readdirSync(out, { recursive: true }).map((name) => String(name).replaceAll("\\", "/"));
const html = files.filter((name) => name.endsWith(".html")).sort();
const address = (file) => SITE + file.replace(/index\.html$/, "");

// One page of each kind, and all that differ in more than their words.
const KINDS = {
  index: "index.html",
  year: "archive/2025/index.html",
  topic: "tags/travaux/index.html",
  folder: "culture/index.html",
  language: "en/index.html",
  "other language": "eu/index.html",
  person: "people/camille/index.html",
  subscribe: "abonnement/index.html",
  "not found": "404.html",
  notice: "mentions-legales/index.html",
  accessibility: "accessibilite/index.html",
  short: "2026-11-20-piscine/index.html",
  english: "en/2026-11-20-piscine/index.html",
  german: "de/2026-11-20-piscine/index.html",
  basque: "eu/2026-11-20-piscine/index.html",
  long: "culture/2026-10-01-budget/index.html",
  withdrawn: "2026-09-01-retire/index.html",
  replacing: "2026-09-03-pont-des-arts/index.html",
};
// It leads away at once, so that a browser never stays on it: looked at as text only.
const REDIRECT = "2026-09-03-pont/index.html";
for (const [kind, file] of [...Object.entries(KINDS), ["redirect", REDIRECT]]) {
  if (!html.includes(file)) wrong(kind, `${file} was not written`);
}

// ---- what is told without a browser

for (const file of html) {
  const page = readFileSync(join(out, file), "utf8");
  counts.pages += 1;
  const feeds = [...page.matchAll(/<link rel="alternate" type="application\/(atom|rss)\+xml"[^>]* href="([^"]*)"/g)].map((match) => match[2]);
  if (feeds[0] !== `${SITE}feed.atom` || feeds[1] !== `${SITE}feed.rss`) wrong(file, `the site's feeds are not the first that it names: ${feeds.slice(0, 2)}`);
  if (!/<html lang="[a-z]{2}/.test(page)) wrong(file, "says no language");
  if (/<script(?! type="application\/ld\+json")/i.test(page)) wrong(file, "holds a script");
  if (/ (?:style|on[a-z]+)="/.test(page.replace(/<script[^]*?<\/script>|<pre[^]*?<\/pre>/g, ""))) wrong(file, "an attribute that its own policy forbids");
  if (!page.includes('http-equiv="Content-Security-Policy"')) wrong(file, "has no policy");
  const weight = gzipSync(page).length;
  if (weight > BUDGET) wrong(file, `weighs ${weight} bytes as it is sent, more than ${BUDGET}`);
  for (const [, link] of page.matchAll(/ href="([^"]*)"/g)) {
    if (/^(?:https?:|mailto:|tel:|#)/.test(link)) counts.links += 1;
    else wrong(file, `a relative address: ${link}`);
    if (link.startsWith(SITE)) {
      const path = decodeURI(link.slice(SITE.length).split("#")[0]);
      if (!existsSync(join(out, path.endsWith("/") || path === "" ? `${path}index.html` : path))) wrong(file, `${link} leads nowhere`);
    }
  }
}
const weights = html.map((file) => [statSync(join(out, file)).size, gzipSync(readFileSync(join(out, file))).length, file]);
weights.sort((one, other) => other[1] - one[1]);

// It takes its time, and has it beside the browser; where it has found something it fails.
const checking = promisify(execFile)("java", ["-jar", vnu, "--stdout", "--format", "json", ...html.map((file) => join(out, file))], { maxBuffer: 1 << 26 }).catch((error) => error);

// ---- in a browser

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function open(context, kind, path) {
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 404")) wrong(kind, `the browser says: ${message.text()}`);
  });
  await page.addInitScript(() => {
    globalThis.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(SITE + path, { waitUntil: "load" });
  return page;
}

async function context(settings) {
  // axe is put into the page, which its own policy would refuse; `policy` asks for the policy to hold.
  const made = await browser.newContext({ bypassCSP: !settings.policy, colorScheme: settings.scheme ?? "light", viewport: { width: settings.width, height: 800 } });
  await made.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    if (!url.href.startsWith(SITE)) {
      wrong(settings.name, `asks for ${url.href}`);
      return route.abort();
    }
    const path = decodeURI(url.pathname.slice(new URL(SITE).pathname.length));
    const file = join(out, path === "" || path.endsWith("/") ? `${path}index.html` : path);
    const is = existsSync(file) && statSync(file).isFile();
    const body = readFileSync(is ? file : join(out, "404.html"));
    // A picture that comes late shows whether room was kept for it.
    if (extname(file) === ".png") await new Promise((done) => setTimeout(done, 150));
    return route.fulfill({ status: is ? 200 : 404, body, contentType: TYPES[extname(is ? file : "404.html")] ?? "application/octet-stream" });
  });
  return made;
}

// A page that is not there is shown at any depth.
const path = (file) => (file === "404.html" ? "il/n-y-a/rien/ici/" : file.replace(/index\.html$/, ""));

async function accessible(scheme) {
  for (const width of [360, 1280]) {
    const made = await context({ scheme, width, name: `${scheme} ${width}` });
    for (const [kind, file] of Object.entries(KINDS)) {
      const where = `${kind}, ${scheme}, ${width} px`;
      const page = await open(made, where, path(file));
      await page.evaluate(axe);
      const result = await page.evaluate(() =>
        globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
      );
      counts.axe += 1;
      for (const rule of [...result.passes, ...result.violations]) counts.rules.add(rule.id);
      for (const violation of result.violations) wrong(where, `axe, ${violation.id}: ${violation.help}: ${violation.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
      await page.close();
    }
    await made.close();
  }
}

// A day and a night side by side.
await Promise.all(["light", "dark"].map(accessible));

// With the policy in force: nothing is refused, nothing moves, nothing is asked of others.
// 640 px is a window of 1280 at 200 %, 320 px the same at 400 % (WCAG 2.2, 1.4.10).
for (const width of [320, 640, 1280]) {
  const made = await context({ width, policy: true, name: `policy ${width}` });
  for (const [kind, file] of Object.entries(KINDS)) {
    const where = `${kind}, ${width} px`;
    const page = await open(made, where, path(file));
    const seen = await page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const cut = [...document.querySelectorAll("body *")].filter((element) => {
        const style = getComputedStyle(element);
        const clips = ["hidden", "clip"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
        return clips && !element.classList.contains("unseen") && element.tagName !== "INPUT";
      });
      return {
        wide: document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth,
        shifted: globalThis.shifted,
        styled: getComputedStyle(document.body).margin === "0px" || document.styleSheets.length > 0,
        cut: cut.map((element) => element.outerHTML.slice(0, 80)),
      };
    });
    counts.widths += 1;
    if (seen.wide > 0) wrong(where, `is ${seen.wide} px wider than its window`);
    if (seen.shifted > 0) wrong(where, `moves while it loads: ${seen.shifted}`);
    if (!seen.styled) wrong(where, "its policy refuses its style");
    if (seen.cut.length > 0) wrong(where, `text is cut off: ${seen.cut}`);
    await page.close();
  }
  await made.close();
}

// The keyboard: everything that can be used is reached, in the order in which it is read, can be seen
// while it is there, and lets go. Links make sense alone: one name leads to one place.
const EMPTY_NAMES = /^(?:ici|cliquez ici|lire la suite|en savoir plus|here|click here|read more|more|lien|link|hier|mehr)$/i;
{
  const made = await context({ width: 1280, policy: true, name: "keyboard" });
  for (const [kind, file] of Object.entries(KINDS)) {
    const page = await open(made, kind, path(file));
    const usable = await page.evaluate(() => {
      const all = [...document.querySelectorAll("a[href], input, button, summary, [tabindex='0'], audio[controls], video[controls]")];
      all.forEach((element, index) => { element.dataset.stop = index; });
      return all.length;
    });
    for (let index = 0; index < usable; index += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        return { stop: element.dataset.stop, outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, seen: box.width > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight };
      });
      counts.stops += 1;
      if (Number(at.stop) !== index) { wrong(kind, `the keyboard goes from ${index - 1} to ${at.stop}`); break; }
      if (!at.outline) wrong(kind, `stop ${index} does not show that it has the keyboard`);
      if (!at.seen) wrong(kind, `stop ${index} is out of sight while it has the keyboard`);
    }
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.dataset.stop === String(Object.keys(document.activeElement.dataset).length - 2))) wrong(kind, "the keyboard cannot leave the page");
    const links = await page.evaluate(() => [...document.querySelectorAll("a[href]")].map((link) => [link.textContent.trim().replace(/\s+/g, " "), link.href, link.closest("[lang]").lang]));
    const places = new Map();
    for (const [name, to] of links) {
      if (name === "" || EMPTY_NAMES.test(name)) wrong(kind, `a link that says nothing: \`${name}\` to ${to}`);
      if (places.has(name) && places.get(name) !== to) wrong(kind, `\`${name}\` leads to ${places.get(name)} and to ${to}`);
      places.set(name, to);
    }
    await page.close();
  }
  await made.close();
}

// On paper: the text and the address of the page, no menu.
{
  const made = await context({ width: 800, policy: true, name: "paper" });
  const page = await open(made, "paper", path(KINDS.long));
  await page.emulateMedia({ media: "print" });
  const shown = await page.evaluate(() => {
    const is = (selector) => getComputedStyle(document.querySelector(selector)).display !== "none";
    return { menu: is(".site ul"), address: is(".paper"), contacts: is(".contacts") };
  });
  if (shown.menu || !shown.address || !shown.contacts) wrong("paper", JSON.stringify(shown));
  await made.close();
}

if (pictures) {
  mkdirSync(pictures, { recursive: true });
  for (const scheme of ["light", "dark"]) {
    for (const width of [360, 768, 1280]) {
      const made = await context({ scheme, width, policy: true, name: "pictures" });
      for (const [kind, file] of Object.entries(KINDS)) {
        const page = await open(made, kind, path(file));
        await page.screenshot({ path: join(pictures, `${kind.replaceAll(" ", "-")}-${scheme}-${width}.png`), fullPage: true });
        await page.close();
      }
      await made.close();
    }
  }
}

await browser.close();

const checked = await checking;
if (!checked.stdout) throw new Error(`the Nu HTML checker does not run: ${checked.stderr || checked}`);
counts.html = html.length;
for (const message of JSON.parse(checked.stdout).messages) {
  wrong(relative(out, fileURLToPath(message.url)), `HTML, line ${message.lastLine}: ${message.type}${message.subType ? ` (${message.subType})` : ""}: ${message.message}`);
}
rmSync(room, { recursive: true });

console.log(`${counts.pages} pages, ${Object.keys(KINDS).length} kinds looked at in Chromium ${"light, dark × 360, 1280 px"}`);
console.log(`axe-core: ${counts.axe} runs, ${counts.rules.size} rules that had something to look at`);
console.log(`Nu HTML checker: ${counts.html} pages`);
console.log(`no sideways scrolling, nothing cut, nothing moved: ${counts.widths} views at 320, 640, 1280 px`);
console.log(`keyboard: ${counts.stops} stops; ${counts.links} addresses followed or read`);
console.log(`heaviest page: ${weights[0][2]}, ${weights[0][1]} bytes sent (${weights[0][0]} unpacked), of ${BUDGET}`);
if (found.length > 0) {
  console.log(`\n${[...new Set(found)].join("\n")}`);
  console.log(`\n${found.length} violations`);
  process.exit(1);
}
console.log("0 violations");
