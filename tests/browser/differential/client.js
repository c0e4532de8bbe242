// Plays one pair after another in a page where the real Datastar client runs, and tells what
// became of every node. Identity is the JavaScript object's, held in a Map: no mark is in the DOM.

const root = document.documentElement;
let pantry = null; // Datastar's own <div hidden>: one for the page's lifetime, so we empty it

// What the pages' attributes and scripts call: `data-init="ran(el, 'data-init')"`, `scriptRan(7)`.
let runs = new Map();
let scripts = {};
window.ran = (element, attribute) => {
  if (!runs.has(element)) runs.set(element, {});
  count(runs.get(element), attribute);
};
window.scriptRan = () => count(scripts, document.currentScript.text.trim());
const count = (counts, key) => { counts[key] = (counts[key] ?? 0) + 1; };

let exception = null;
window.addEventListener("error", event => {
  event.preventDefault();
  // A script of the page may hold what is no JavaScript; that is no error of the client.
  if (!event.message.includes("SyntaxError")) exception ??= event.message;
});

let warnings = [];
console.warn = (error, { selector, element }) => {
  const name = error.message.split("\n")[0];
  warnings.push(`${name}: ${selector ?? "#" + idAttribute(element.id)}`);
};

// The id of a form is its control of that name, or a list of several.
function idAttribute(id) {
  if (typeof id === "string") return id;
  return (id.form ?? id[0].form).getAttribute("id") ?? "";
}

window.play = async pairs => {
  pantry ??= findPantry();
  const outcomes = [];
  for (const pair of pairs) outcomes.push(await playOne(pair));
  return outcomes;
};

async function playOne(pair) {
  await show(pair);
  const top = () => pair.is_document ? root : document.body;
  const before = paths(top());
  const records = await patchedBy(pair);
  await Promise.resolve(); // Datastar's observer, a microtask queued before this one
  const outcome = observed(top(), before, records);
  clean();
  return outcome;
}

async function show({ before, after, is_document: isDocument, setup, focuses }) {
  for (const { name } of [...root.attributes]) root.removeAttribute(name);
  if (isDocument) {
    const parsed = new DOMParser().parseFromString(before, "text/html").documentElement;
    for (const { name, value } of parsed.attributes) root.setAttribute(name, value);
    root.replaceChildren(...parsed.childNodes);
  } else {
    root.replaceChildren(document.createElement("head"), document.createElement("body"));
    document.body.innerHTML = before;
  }
  if (document.querySelector("script")) makeScriptsKnown();
  await Promise.resolve();
  if (setup) await new Function("patch", `return (async () => {${setup}})()`)(patch);
  await Promise.resolve();
  if (!setup) useFields(focuses ? document.body.innerHTML : after);
  if (focuses) [...used.keys()].at(-1)?.focus();
  runs = new Map();
  scripts = {};
  exception = null;
  warnings = [];
}

// What a user does to a page: types into every field, and clicks every box. Where a patch changes
// types, nobody types: the browser writes into an attribute then what the simulation cannot know.
let used = new Map();
function useFields(patched) {
  used = new Map();
  const hasTypes = /<input[^>]* type/.test(patched);
  for (const field of document.querySelectorAll("input, textarea")) {
    if (field.type === "checkbox") field.checked = !field.checked;
    else if (field.type === "textarea" || (field.type === "text" && !hasTypes)) field.value = "typed";
    else continue;
    used.set(field, { type: field.type, value: fieldValue(field) });
  }
}
const fieldValue = field => field.type === "checkbox" ? field.checked : field.value;

// The scripts of a served page are known to the client from its start. These are not, so they are
// shown to it in patches that ignore-morph empties of all other effects.
function makeScriptsKnown() {
  const wasIgnored = root.hasAttribute("data-ignore-morph");
  root.setAttribute("data-ignore-morph", "");
  patch("<p></p>", { selector: "head" });
  patch("<p></p>", { selector: "body" });
  if (!wasIgnored) root.removeAttribute("data-ignore-morph");
}

// What the client's reader of server-sent events does for every event.
function patch(elements, options = {}) {
  const argsRaw = { elements, ...options };
  const detail = { type: "datastar-patch-elements", el: root, argsRaw };
  document.dispatchEvent(new CustomEvent("datastar-fetch", { detail }));
}

// Events of one turn are applied without a pause, as the client does with those of one chunk.
async function patchedBy({ more, empties_pantry: emptiesPantry, ...first }) {
  const observer = new MutationObserver(() => {});
  observer.observe(document, { childList: true, subtree: true });
  const records = [];
  for (const { after, mode, selector, namespace, begins_turn: beginsTurn } of [first, ...more]) {
    if (beginsTurn) {
      records.push(...observer.takeRecords());
      await Promise.resolve(); // Datastar's observer
    }
    patch(after, selector ? { mode, namespace, selector } : { mode, namespace });
    if (emptiesPantry) pantry.replaceChildren();
  }
  records.push(...observer.takeRecords());
  observer.disconnect();
  return records;
}

function recorded(change) {
  const observer = new MutationObserver(() => {});
  observer.observe(document, { childList: true, subtree: true });
  change();
  const records = observer.takeRecords();
  observer.disconnect();
  return records;
}

function observed(top, before, records) {
  const added = new Set();
  const removed = new Set();
  const parked = new Set();
  for (const record of records) {
    for (const node of record.addedNodes) {
      added.add(node);
      if (record.target === pantry) parked.add(node);
    }
    for (const node of record.removedNodes) removed.add(node);
  }
  const moved = node => added.has(node) && removed.has(node);
  const after = paths(top);
  const old = [...before];
  const places = chosen => old.filter(([node]) => chosen(node)).map(([, path]) => path);
  return {
    html: top === root ? root.outerHTML : top.innerHTML,
    nodes: [...after].map(([node, path]) => [
      path, name(node), before.get(node) ?? null, moved(node),
    ]),
    removed: places(node => !after.has(node)),
    moved: places(node => after.has(node) && moved(node)),
    parked: places(node => parked.has(node)),
    runs: [...runs].flatMap(([element, counts]) => Object.entries(counts).map(
      ([attribute, times]) => [after.get(element) ?? null, before.get(element) ?? null, attribute, times],
    )),
    scripts: { ...scripts },
    script_texts: Object.fromEntries(
      [...after].filter(([node]) => node instanceof HTMLScriptElement).map(([{ text }, path]) => [path, text.trim()]),
    ),
    fields: [...after].filter(([node]) => used.has(node) && used.get(node).type === node.type).map(
      ([node, path]) => {
        const { type, value } = used.get(node);
        return [path, type === "checkbox" ? "checked" : "value", value, fieldValue(node)];
      },
    ),
    focused: after.get(document.activeElement) ?? null,
    exception,
    warnings,
  };
}

// A morph that changes nothing else: what it adds to <html> is the pantry.
function findPantry() {
  document.body.innerHTML = "<p id=a></p>";
  return recorded(() => patch("<p id=a></p>"))[0].addedNodes[0];
}

function clean() {
  if (document.documentElement !== root) document.documentElement.replaceWith(root);
  pantry.remove();
  pantry.replaceChildren();
}

function paths(top) {
  const found = new Map();
  const visit = (node, path) => {
    found.set(node, path);
    node.childNodes.forEach((child, index) => visit(child, `${path}/${index}`));
  };
  if (top === root) visit(top, "");
  else top.childNodes.forEach((child, index) => visit(child, `/${index}`));
  return found;
}

function name(node) {
  return node.localName ?? node.nodeName;
}
