"""Script-injection vectors that other people collected, published by our program and shown in a browser.

usage: security.py PROGRAM [PART]   (PART: how many of the vectors of brs-kb, such as 0.1; all without it)

Each vector is an item: it is the text (as HTML, in a line, as the address and the words of a link and of
a picture, in code and headings), the title, an author and their page, a topic, the summary, the caption
of the lead picture, the name of the file; once more it is the `link` of an item. What the program wrote
is then opened in headless Chromium: every page, the feeds, and what the feeds carry as readers show it
(`innerHTML`, a document of its own, and as XHTML). Wrong is

- any script that runs, whoever calls it: the debugger sees each one compiled, and what scripts want to do
  (alert, fetch, open, …) is replaced in every frame;
- any request but for our own pages, and for a picture or film that the author asked for;
- any element, attribute or address off the list, in the tree as the browser built it, and as html5lib did;
- a window, a dialogue, a page that goes elsewhere; content that is not well-formed as XML.

Two browsers share the work, because one waits for itself half of the time. That their look-out sees
anything is shown first: the same vectors as they are, unpublished, in the same browsers, until enough of
them have run there and each browser has seen each kind of thing.

Needs Chromium, and the packages of .ci/requirements.txt: the vectors are those of brs-kb (MIT), of
ammonia's own tests (read where cargo keeps the sources of our dependencies), and those below.
"""

import base64
import collections
import concurrent.futures
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

import brs_kb
import html5lib

ROOT = Path(__file__).parent.parent
OURS = "www.example.org"
LIVE = 250  # so many must run where nobody cleans them, or a tenth of all if that is less
KINDS = ("runs", "script", "request", "tree")  # what the look-out must have seen
BATCH = 40
BROWSERS = 2
CONFIG = """title = "Salle de presse"
url = "http://www.example.org/presse/"
language = "fr"
timezone = "Europe/Paris"
authority = "example.org,2020"

[publisher]
name = "Ville d'Exemple"

[feeds]
window = 100000
"""
ELEMENTS = set(
    "a abbr address article aside audio b bdi blockquote br caption cite code col colgroup data dd del details dfn div dl dt em"
    " figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span"
    " strong sub summary sup table tbody td tfoot th thead time tr track u ul var video wbr".split()
)
SCHEMES = ("http://", "https://", "mailto:", "tel:")
# What sanitisers were broken by: parsers that disagree, and what is built of harmless parts.
OWN = [
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<select><iframe><img src=x onerror=alert(1)></iframe></select>",
    "<table><caption><svg><title><style></title></svg><img src=x onerror=alert(1)>",
    "<a href=\"java&#xFDD0;script:alert(1)\">a</a>",
    "<a href=\"java\u0000script:alert(1)\">a</a>",
    "<a href=\"java\ufffescript:alert(1)\">a</a>",
    "<a href=\"\u0001javascript:alert(1)\">a</a>",
    "<a href=\"java&NewLine;script&colon;alert(1)\">a</a>",
    "<scr\u0000ipt>alert(1)</scr\u0000ipt>",
    "<scr\ufdd0ipt>alert(1)</scr\ufdd0ipt>",
    "<p>\u0338<img src=x onerror=alert(1)>",
    "<p title=\"a\">\u0338</p><b onmouseover=alert(1)>b</b>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<iframe src=\"https://a.example/\" title='\"><img src=x onerror=alert(1)>'></iframe>",
    "<iframe src=\"https://a.example/\" poster='x\" onerror=\"alert(1)'></iframe>",
    "<object data=\"javascript:alert(1)\">a</object>",
    "<object data=\"data:text/html,<script>alert(1)</script>\">a</object>",
    "<embed src=\"javascript:alert(1)\">",
    "<img srcset=\"javascript:alert(1) 1x\" src=x>",
    "<video poster=\"javascript:alert(1)\" src=x></video>",
    "<video><source onerror=\"alert(1)\"></video>",
    "<img src=x data-src=\"javascript:alert(1)\" onerror=alert(1)>",
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>\">",
    "<a name=\"x\" href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<base href=\"https://evil.example/\"><a href=x>a</a>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
    "<link rel=stylesheet href=\"https://evil.example/x.css\">",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<p style=\"background:url(https://evil.example/x)\">a</p>",
    "<table background=\"https://evil.example/x\"><tr><td>a</td></tr></table>",
    "<form action=\"https://evil.example/\"><input autofocus onfocus=alert(1)><button>a</button></form>",
    "<template><img src=x onerror=alert(1)></template>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "]]><script>alert(1)</script><![CDATA[",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?><?php echo '<script>alert(1)</script>' ?>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "[a](java&#10;script:alert(1))",
    "[a](<javascript:alert(1)>)",
    "![a\" onerror=\"alert(1)](x)",
    "![a](x\" onerror=\"alert(1))",
    "[a](x \"b\" onclick=alert(1) \")",
    "<javascript:alert(1)>",
    "<https://a.example/\"onclick=alert(1)//>",
    "https://a.example/\"><img src=x onerror=alert(1)>",
    "# a {#b\" onclick=\"alert(1)}",
    "# a {onclick=alert(1) style=color:red}",
    "```js\" onclick=\"alert(1)\na\n```",
    "[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "{{constructor.constructor('alert(1)')()}}",
    "{% raw %}<script>alert(1)</script>{% endraw %}",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u212amg src=x onerror=alert(1)>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
]
# Seen in every frame, before anything else runs there.
WATCH = r"""
(() => {
  const tell = (what) => { try { crieurSeen(what + " " + location.href); } catch (error) {} };
  const watch = (object, name) => {
    try { Object.defineProperty(object, name, { configurable: true, writable: true, value: () => { tell(name); return true; } }); }
    catch (error) {}
  };
  for (const name of ["alert", "confirm", "prompt", "print", "open", "fetch", "importScripts", "postMessage"]) watch(window, name);
  for (const name of ["log", "error", "warn", "info", "debug"]) watch(console, name);
  for (const name of ["write", "writeln", "execCommand"]) watch(Document.prototype, name);
  watch(XMLHttpRequest.prototype, "open"); watch(Navigator.prototype, "sendBeacon");
  for (const name of ["WebSocket", "EventSource", "Worker", "SharedWorker", "RTCPeerConnection"]) watch(window, name);
  addEventListener("securitypolicyviolation", () => tell("csp"));
})();
//# sourceURL=crieur-watch
"""
# What is in the tree as the browser built it; `roots` are the places where authors' content stands.
LOOK = r"""
(() => {
  const ELEMENTS = new Set(%(elements)s), SCHEMES = ["http:", "https:", "mailto:", "tel:"], CHROME = new Set(["main", "header", "footer", "nav"]);
  const wrong = [];
  // The fields of the page on subscribing, which hold the addresses of feeds.
  const isOurs = (name, where) => where.startsWith("/presse/abonnement/") && (name === "label" || name === "input");
  const look = (root, where) => {
    for (const element of root.querySelectorAll("*")) {
      const name = element.localName;
      if (element.namespaceURI !== "http://www.w3.org/1999/xhtml" || !ELEMENTS.has(name) && !CHROME.has(name) && !isOurs(name, where)) wrong.push(where + ": <" + name + ">");
      for (const attribute of element.attributes) {
        if (/^on|^style$|^srcdoc$|^action$|^formaction$|^data|:|^xmlns|^ping$|^background$/i.test(attribute.name)) wrong.push(where + ": <" + name + " " + attribute.name + ">");
      }
      for (const address of [element.href, element.src, element.poster, element.cite].filter(Boolean)) {
        let scheme = "?"; try { scheme = new URL(address, "http://www.example.org/").protocol; } catch (error) {}
        if (!SCHEMES.includes(scheme)) wrong.push(where + ": " + address);
      }
    }
  };
  %(what)s
  return wrong;
})()
//# sourceURL=crieur-look
"""


def vectors():
    """Each once, with where it is from."""
    found = {}
    for vector in OWN:
        found.setdefault(vector, "own")
    for vector in of_ammonia():
        found.setdefault(vector, "ammonia")
    for payload in brs_kb.get_all_payloads().values():
        found.setdefault(payload["payload"], "brs-kb")
    # One line, so that it can stand in every place; the text keeps its lines.
    return [(vector, origin) for vector, origin in found.items() if vector.strip() and len(vector) < 20_000]


def of_ammonia():
    """The texts of its tests that hold markup."""
    told = subprocess.run(["cargo", "metadata", "--format-version", "1", "--locked"], cwd=ROOT, capture_output=True, check=True)
    package = next(p for p in json.loads(told.stdout)["packages"] if p["name"] == "ammonia")
    source = Path(package["manifest_path"]).with_name("src") / "lib.rs"
    tests = source.read_text(encoding="utf-8").split("mod test {")[-1]
    for raw, plain in re.findall(r'r#"(.*?)"#|"((?:[^"\\]|\\.)*)"', tests, re.DOTALL):
        text = raw or re.sub(r"\\(u\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|\n\s*|.)", unescaped, plain)
        if "<" in text and ">" in text:
            yield text


def unescaped(found):
    number = found.group(2) or found.group(3)
    if number:
        return chr(int(number, 16))
    return {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}.get(found.group(1), found.group(1).strip())


# -- a newsroom of them


def write(folder, chosen):
    items = folder / "items"
    items.mkdir(parents=True)
    (folder / "crieur.toml").write_text(CONFIG, encoding="utf-8")
    for index, (vector, _) in enumerate(chosen):
        line = " ".join(vector.split()) or "x"
        # Once as it is, once where an address that may be shown leads up to it.
        address = line if index % 2 else f"https://a.example/{index}/{line}"
        head = {
            "title": f"T{index} {line}", "date": "2020-01-29", "slug": f"v{index}", "id": f"v{index}", "summary": line,
            "authors": [{"name": f"N {line}", "url": address}], "contacts": [{"name": f"C {line}", "role": line, "phone": line, "email": line}],
            "tags": [line], "subtitle": line, "rights": line,
            "image": {"file": "https://images.example/lead.png", "alt": line, "caption": line, "credit": line},
            "attachments": [{"file": f"https://files.example/{urllib.parse.quote(line)}.pdf", "title": line}],
        }
        (items / file_name(index, line)).write_text(json.dumps(head) + "\n\n" + without_nul(body(vector, line)), encoding="utf-8", errors="replace")
        head = {"title": f"L{index}", "date": "2020-01-28", "slug": f"l{index}", "id": f"l{index}", "link": address}
        (items / f"l{index}.md").write_text(json.dumps(head) + "\n\nTexte.\n", encoding="utf-8", errors="replace")


def without_nul(text):
    """A file with such a character is no text, and refused whole."""
    return text.replace("\0", "&#0;")


def file_name(index, line):
    name = line.encode("utf-8", "ignore").decode().replace("/", "\u2215").replace("\0", "")
    while len(name.encode()) > 150:
        name = name[:-1]
    return f"{index} {name}.md"


def body(vector, line):
    bare = line.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    return f"""Avant.

{vector}

Dans une ligne {line} et après.

[le lien]({line}) [le lien](<{line}>) [le lien]({bare}) [{line}](a.html "{line}") [r] <{line}>

![l'image]({line}) ![l'image](<{line}>) ![{line}](https://images.example/a.png "{line}")

<a href="{line}">a</a> <a href='{line}'>b</a> <a href={bare}>c</a> <img src="{line}" alt='{line}'> <iframe src="{line}" title="{line}"></iframe>

<b {line}>gras</b> <p title='{line}'>p</p>

## {line}

- {line}

> {line}

| a |
|---|
| {line} |

`{line}`

    {line}

Une note[^1].

[^1]: {line}

[r]: {bare} "{line}"

<div>

{vector}
"""


# -- a browser


class Browser:
    """Chromium by its own protocol, over a pipe."""

    def __init__(self, folder):
        (to_read, self.to), (self.frm, to_write) = os.pipe(), os.pipe()
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        command = [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-dev-shm-usage",
            "--disable-popup-blocking", "--host-resolver-rules=MAP * 127.0.0.1:9", "--remote-debugging-pipe",
            f"--user-data-dir={folder}", "about:blank",
        ]

        def place():
            # 3 and 4 are where it listens and answers; neither may be overwritten before it is copied.
            first, second = os.dup(to_read), os.dup(to_write)
            os.dup2(os.dup(first), 3), os.dup2(os.dup(second), 4)

        self.process = subprocess.Popen(
            command, close_fds=False, preexec_fn=place, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(to_read), os.close(to_write)
        self.number, self.answers, self.events = 0, {}, collections.deque()
        self.changed = threading.Condition()
        self.handler = lambda event: None
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        rest = b""
        while data := os.read(self.frm, 1 << 16):
            *whole, rest = (rest + data).split(b"\0")
            for message in whole:
                message = json.loads(message)
                if "id" in message:
                    with self.changed:
                        self.answers[message["id"]] = message
                        self.changed.notify_all()
                else:
                    self.handler(message)

    def send(self, method, session=None, **parameters):
        with self.changed:
            self.number += 1
            number = self.number
            message = {"id": number, "method": method, "params": parameters}
            if session:
                message["sessionId"] = session
            os.write(self.to, json.dumps(message).encode() + b"\0")
        return number

    def call(self, method, session=None, seconds=30, **parameters):
        number = self.send(method, session, **parameters)
        with self.changed:
            if not self.changed.wait_for(lambda: number in self.answers, seconds):
                raise TimeoutError(method)
            answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def close(self):
        self.process.kill()
        self.process.wait()


class Watcher:
    """One tab, and everything that happens in it."""

    def __init__(self, browser, files):
        self.browser, self.files, self.seen, self.asked = browser, files, [], 0
        self.loaded = threading.Event()
        browser.handler = self.event
        browser.call("Target.setDiscoverTargets", discover=True)
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for method, parameters in [
            ("Page.enable", {}), ("Runtime.enable", {}), ("Debugger.enable", {}), ("Runtime.addBinding", {"name": "crieurSeen"}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH}), ("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}),
            ("Debugger.setSkipAllPauses", {"skip": True}),
        ]:
            browser.call(method, self.session, **parameters)

    def event(self, message):
        method, told = message["method"], message["params"]
        if method == "Fetch.requestPaused":
            self.request(told, message["sessionId"])
        elif method == "Runtime.bindingCalled":
            self.seen.append(("runs", told["payload"]))
        elif method == "Debugger.scriptParsed":
            # Chromium shows a feed with a script of its own, in a world of its own.
            whose = told.get("executionContextAuxData", {}).get("type", "default")
            if whose == "default" and told["url"] not in ("crieur-watch", "crieur-look"):
                self.seen.append(("script", f"{told['url']}:{told.get('startLine')}"))
        elif method == "Page.javascriptDialogOpening":
            self.seen.append(("dialogue", told["message"]))
            self.browser.send("Page.handleJavaScriptDialog", message["sessionId"], accept=False)
        elif method == "Page.windowOpen":
            self.seen.append(("window", told["url"]))
        elif method == "Page.loadEventFired":
            self.loaded.set()

    def request(self, told, session):
        url, kind = told["request"]["url"], told["resourceType"]
        address = urllib.parse.urlsplit(url)
        answer = self.files(address) if address.scheme == "http" and address.hostname == OURS else None
        if answer is not None:
            media, content = answer
            headers = [{"name": "Content-Type", "value": media}]
            self.browser.send(
                "Fetch.fulfillRequest", session, requestId=told["requestId"], responseCode=200, responseHeaders=headers, body=base64.b64encode(content).decode()
            )
            return
        if kind in ("Image", "Media", "TextTrack"):
            self.asked += 1
        elif not url.endswith("/favicon.ico"):
            self.seen.append(("request", f"{kind} {url[:200]}"))
        self.browser.send("Fetch.failRequest", session, requestId=told["requestId"], errorReason="Aborted")

    def open(self, url, seconds=30):
        """What was seen while a page opened."""
        self.seen = []
        self.loaded.clear()
        self.browser.call("Page.navigate", self.session, seconds, url=url)
        if not self.loaded.wait(seconds):
            self.seen.append(("never", f"loaded {url}"))
        # What a script put off, an animation starts, or a picture that fails sets off; the other browser
        # may have the processors meanwhile.
        time.sleep(0.3)

    def look(self, what, seconds=60):
        """What is wrong in the tree; `what` says where to look."""
        script = LOOK % {"elements": json.dumps(sorted(ELEMENTS)), "what": what}
        answer = self.browser.call("Runtime.evaluate", self.session, expression=script, returnByValue=True, seconds=seconds)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value") or []




def wrapper(addresses):
    frames = "".join(f'<iframe src="{html.escape(a)}" sandbox="allow-scripts allow-same-origin allow-forms"></iframe>' for a in addresses)
    return f"<!doctype html><title>x</title>{frames}".encode()


IN_FRAMES = """
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, where = frame.getAttribute("src");
    if (!page || !page.body) { wrong.push(where + ": cannot be looked at"); continue; }
    if (page.querySelector("base, head link[rel=stylesheet], head meta[http-equiv]")) wrong.push(where + ": its head");
    // The one thing that may look like a script is what search engines read: data, in the head, once.
    const data = [...page.scripts];
    const isData = data.length <= 1 && data.every((script) => script.type === "application/ld+json" && !script.src && script.parentNode === page.head);
    try { if (!isData) throw 0; data.forEach((script) => JSON.parse(script.text)); } catch (error) { wrong.push(where + ": a script in it"); }
    if (new URL(page.URL).pathname !== new URL(where, location.href).pathname) wrong.push(where + ": became " + page.URL);
    look(page.body, where);
  }
"""


POLICY = rb"""<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^"<>]*">\n"""


def batches(all_of_them, size=BATCH):
    for start in range(0, len(all_of_them), size):
        yield all_of_them[start : start + size]


class Play:
    """What one browser is shown, and what was wrong there."""

    def __init__(self, browser, chosen):
        self.browser, self.chosen, self.written, self.dynamic, self.wrong = browser, chosen, {}, {}, []
        self.kinds = collections.Counter()
        self.watcher = Watcher(browser, self.file)

    def published(self, public):
        # By name: what a vector asks for may be no name that a disk can have.
        self.written = {path.relative_to(public).as_posix(): path for path in public.rglob("*") if path.is_file()}
        self.watcher.asked = 0

    def file(self, address):
        if address.path in self.dynamic:
            return "text/html; charset=utf-8", self.dynamic[address.path]
        number = address.path.removeprefix("/raw/")
        if address.path.startswith("/raw/") and number.isdigit() and int(number) < len(self.chosen):
            vector = self.chosen[int(number)][0]
            return "text/html; charset=utf-8", ("<!doctype html><body>" + vector).encode("utf-8", "replace")
        if not address.path.startswith("/presse/"):
            return None
        asked = urllib.parse.unquote(address.path.removeprefix("/presse/"))
        path = self.written.get(f"{asked}index.html" if not asked or asked.endswith("/") else asked)
        media = {".html": "text/html", ".atom": "application/xml", ".rss": "application/xml"}.get(path.suffix) if path else None
        if not media:
            return None
        content = path.read_bytes()
        if media == "text/html":
            # With its policy a page runs nothing, whatever is in it: what is looked for is what it would run without.
            content, policies = re.subn(POLICY, b"", content)
            if policies != 1:
                self.wrong.append(f"page {address.path}: {policies} policies")
        return f"{media}; charset=utf-8", content

    def together(self, addresses, what=IN_FRAMES):
        """Opens pages in frames of one; what was wrong with them."""
        self.dynamic["/frames"] = wrapper(addresses)
        self.watcher.open(f"http://{OURS}/frames")
        found = [f"{kind}: {said}" for kind, said in self.watcher.seen]
        return found + self.watcher.look(what)

    def control(self, addresses, live):
        """Vectors as they are: counts what is seen, and adds to `live` those that run."""
        if len(live) >= LIVE and all(self.kinds[kind] for kind in KINDS):
            return
        self.dynamic["/frames"] = wrapper(addresses)
        try:
            self.watcher.open(f"http://{OURS}/frames", 5)
        except TimeoutError:
            # A vector that never ends: what it did before counts.
            self.kinds["lost"] += 1
        for kind, said in list(self.watcher.seen):
            self.kinds[kind] += 1
            if kind == "runs":
                live.update(re.findall(r"/raw/(\d+)", said))
        try:
            self.kinds["tree"] += len(self.watcher.look(IN_FRAMES, 5))
        except (RuntimeError, TimeoutError):
            self.browser.send("Target.closeTarget", targetId=self.watcher.target)
            self.watcher = Watcher(self.browser, self.file)

    def pages(self, addresses):
        if self.together(addresses):
            # Which of them?
            for address in addresses:
                self.wrong += [f"page {address}: {what}" for what in self.together([address])]

    def feed(self, name):
        self.watcher.open(f"http://{OURS}/presse/{name}", 120)
        self.wrong += [f"{name}: {kind}: {said}" for kind, said in self.watcher.seen]
        # A feed is shown as a tree of XML: nothing in it may be an element of HTML.
        self.wrong += self.watcher.look(
            f'if (document.querySelector("parsererror")) wrong.push("{name}: parsererror");'
            f'if (document.getElementsByTagNameNS("http://www.w3.org/1999/xhtml", "script").length) wrong.push("{name}: script");'
        )

    def reader(self, items):
        """What a feed carries, as readers show it."""
        if self.shown(items):
            for item in items:
                self.wrong += [f"reader {item['id']}: {what}" for what in self.shown([item])]

    def shown(self, items):
        contents = [item["content_html"] for item in items]
        documents = {f"/doc/{index}": content.encode() for index, content in enumerate(contents)}
        self.dynamic = documents
        found = self.together(list(documents))
        return found + self.watcher.look(
            f"const contents = {json.dumps(contents)};"
            """
  document.body.textContent = "";
  for (const [index, content] of contents.entries()) {
    const place = document.createElement("div");
    document.body.append(place);
    place.innerHTML = content;
    look(place, "innerHTML " + index);
    const template = document.createElement("template");
    template.innerHTML = place.innerHTML;
    if (template.innerHTML !== place.innerHTML) wrong.push("innerHTML " + index + ": changes when it is read again");
    const xml = new DOMParser().parseFromString("<div xmlns='http://www.w3.org/1999/xhtml'>" + content + "</div>", "application/xhtml+xml");
    if (xml.querySelector("parsererror")) wrong.push("XHTML " + index + ": " + xml.querySelector("parsererror").textContent.slice(0, 200));
    else { look(xml.documentElement, "XHTML " + index); if (xml.documentElement.textContent !== place.textContent) wrong.push("XHTML " + index + ": other words"); }
  }
"""
        ) + [f"{kind}: {said}" for kind, said in self.watcher.seen if kind != "never"]


# -- a parser that shares nothing with ours or the browser's


def by_html5lib(items):
    for item in items:
        tree = html5lib.parseFragment(item["content_html"], treebuilder="etree")
        for element in tree.iter():
            if element is tree:
                continue
            name = element.tag.removeprefix("{http://www.w3.org/1999/xhtml}") if isinstance(element.tag, str) else "a comment"
            if name not in ELEMENTS:
                yield f"html5lib {item['id']}: {name}"
                continue
            for key, value in element.attrib.items():
                if not isinstance(key, str) or key.startswith(("on", "data", "style")) or key in ("srcdoc", "action", "formaction"):
                    yield f"html5lib {item['id']}: <{name} {key}>"
                addresses = [part for part in re.split(r"[\s,]+", value) if ":" in part] if key == "srcset" else [value]
                if key in ("href", "src", "poster", "cite", "srcset") and not all(a.startswith(SCHEMES) for a in addresses):
                    yield f"html5lib {item['id']}: {key}={value[:100]}"


def main():
    sys.stdout.reconfigure(line_buffering=True)
    program = Path(sys.argv[1]).resolve()
    chosen = vectors()
    if len(sys.argv) > 2:
        every = max(1, round(1 / float(sys.argv[2])))
        few, many = ([v for v in chosen if (v[1] == "brs-kb") is is_many] for is_many in (False, True))
        chosen = few + many[::every]
    print("vectors:", len(chosen), dict(collections.Counter(origin for _, origin in chosen)))
    browsers = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, concurrent.futures.ThreadPoolExecutor() as beside:
        folder = Path(folder)
        write(folder, chosen)
        published = beside.submit(publish, program, folder)
        try:
            for number in range(BROWSERS):
                browsers.append(Browser(folder / f"browser-{number}"))
            failed = played([Play(browser, chosen) for browser in browsers], chosen, published, folder / "public")
        finally:
            for browser in browsers:
                browser.close()
    sys.exit(1 if failed else 0)


def publish(program, folder):
    """The items of the feed."""
    command = [program, "--keep-going", "--now", "2026-11-24T12:00:00Z", "--format", "json"]
    told = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    codes = collections.Counter(json.loads(line).get("code") for line in told.stdout.splitlines() if line.startswith(b"{"))
    print("published: exit code", told.returncode, dict(codes))
    if told.returncode not in (0, 1) or not (folder / "public/feed.json").is_file():
        sys.exit(told.stderr.decode()[-2000:])
    return json.loads((folder / "public/feed.json").read_text(encoding="utf-8"))["items"]


def shared(plays, act, work):
    """Does all of the work, each piece in the browser that is free."""
    rest = iter(list(work))

    def share(play):
        for piece in rest:
            act(play, piece)

    with concurrent.futures.ThreadPoolExecutor(len(plays)) as pool:
        # For what they raise.
        list(pool.map(share, plays))


def played(plays, chosen, published, public):
    live = set()
    first, *rest = batches([f"/raw/{index}" for index in range(len(chosen))])
    for play in plays:
        play.control(first, live)
    shared(plays, lambda play, some: play.control(some, live), rest)
    print(f"the look-out: {len(live)} vectors run where nobody cleans them;", *[dict(play.kinds) for play in plays])
    if len(live) < min(LIVE, len(chosen) // 10) or not all(play.kinds[kind] for play in plays for kind in KINDS):
        print("it does not see what it must see")
        return True
    items = published.result()
    for play in plays:
        play.published(public)
    addresses = sorted(f"/presse/{p.parent.relative_to(public).as_posix()}/" for p in public.rglob("index.html"))
    addresses = ["/presse/" if address == "/presse/./" else address for address in addresses]
    shared(plays, Play.pages, batches(addresses))
    print("pages:", len(addresses))
    shared(plays, Play.feed, ["feed.atom", "feed.rss"])
    shared(plays, Play.reader, batches(items, 20))
    wrong = [what for play in plays for what in play.wrong] + list(by_html5lib(items))
    asked = sum(play.watcher.asked for play in plays)
    print("items in the feeds:", len(items), "- pictures and films that their authors ask for:", asked)
    for what in wrong[:40]:
        print("WRONG:", what)
    print(f"{len(wrong)} wrong")
    return bool(wrong)


if __name__ == "__main__":
    main()
