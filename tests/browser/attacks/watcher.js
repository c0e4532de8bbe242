// The first script of every page: it is told by the attacker's scripts that they ran, and does
// what could make them run. Everything it uses is kept here, out of reach of names in the page.

{
  const ran = new Set();
  Object.defineProperty(window, "PWNED", { set: number => ran.add(number), get: () => undefined });
  window.addEventListener("message", ({ data }) => { if (typeof data === "number") ran.add(data); });

  // A page that is left tells nothing. A `javascript:` URL is no navigation until it has run.
  navigation.addEventListener("navigate", event => { if (event.cancelable) event.preventDefault(); });
  window.open = () => null;

  const { querySelectorAll } = DocumentFragment.prototype;
  const { dispatchEvent } = EventTarget.prototype;
  const { getAttributeNames, hasAttribute, setAttribute } = Element.prototype;
  const { click } = HTMLElement.prototype;
  const { requestSubmit } = HTMLFormElement.prototype;
  const select = (root, selector) => root.nodeType === Node.DOCUMENT_NODE
    ? Document.prototype.querySelectorAll.call(root, selector)
    : querySelectorAll.call(root, selector);
  const content = Object.getOwnPropertyDescriptor(HTMLTemplateElement.prototype, "content").get;
  const shadow = Object.getOwnPropertyDescriptor(Element.prototype, "shadowRoot").get;
  const body = Object.getOwnPropertyDescriptor(Document.prototype, "body").get;

  // Yields the document, its shadow roots, and with `inert` what is in templates.
  function* roots(root, inert) {
    yield root;
    for (const host of select(root, "*")) {
      if (shadow.call(host)) yield* roots(shadow.call(host), inert);
      if (inert && host instanceof HTMLTemplateElement) yield* roots(content.call(host), inert);
    }
  }

  function injected() {
    const found = new Set();
    const frames = Array.from(select(document, "iframe"), frame => frame.contentDocument);
    for (const start of [document, ...frames.filter(Boolean)])
      for (const root of roots(start, true))
        for (const element of select(root, "[pwned]"))
          found.add(parseInt(element.getAttribute("pwned")));
    return [...found];
  }

  function provoke() {
    for (const root of roots(document, false)) {
      for (const element of select(root, "*")) {
        // What runs in a window of its own would not be seen.
        for (const name of ["target", "formtarget"])
          if (hasAttribute.call(element, name)) setAttribute.call(element, name, "_self");
        for (const name of getAttributeNames.call(element))
          if (name.startsWith("on")) dispatchEvent.call(element, new Event(name.slice(2)));
        if (element instanceof HTMLElement) click.call(element);
        else dispatchEvent.call(element, new MouseEvent("click", { bubbles: true, cancelable: true }));
        if (element instanceof HTMLFormElement) requestSubmit.call(element);
      }
    }
  }

  function isAlive(state) {
    const shown = () => select(document, "#state")[0]?.textContent;
    const before = shown();
    window.dispatchEvent(new Event("attacks-beat"));
    return before !== shown() && Boolean(shown()?.startsWith(`${state} `));
  }

  const loaded = new Promise(resolve => window.addEventListener("load", resolve));
  const wait = start => new Promise(start);
  // What is begun after all of the page's own frames, pictures and scripts, and so ends after them.
  const fences = [
    done => { const image = new Image(); image.onerror = done; image.src = "x:"; },
    done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))),
    done => {
      const frame = document.createElement("iframe");
      frame.src = "data:text/html,<script>top.postMessage('fence', '*')</script>";
      const listen = ({ data }) => {
        if (data !== "fence") return;
        window.removeEventListener("message", listen);
        frame.remove();
        done();
      };
      window.addEventListener("message", listen);
      document.documentElement.append(frame);
    },
  ];
  const late = (_, reject) => setTimeout(reject, 60_000, new Error("the page comes to no rest"));
  const settled = () => Promise.race([Promise.all(fences.map(wait)), wait(late)]);

  const observed = async state => {
    await wait(fences[1]); // Datastar begins a moment after the page has loaded
    provoke();
    await settled();
    const seen = { ran: [...ran], injected: injected(), alive: isAlive(state) };
    ran.clear();
    return seen;
  };

  const patched = url => new Promise(resolve => {
    document.addEventListener("datastar-fetch", ({ detail }) => {
      if (detail.type === "finished" && detail.el === body.call(document)) resolve();
    });
    setTimeout(resolve, 3000);
    window.dispatchEvent(new CustomEvent("attacks-patch", { detail: location.origin + url }));
  });

  window.attacks = {
    loaded: async state => { await Promise.race([loaded, wait(late)]); return observed(state); },
    patched: async (url, state) => { await patched(url); return observed(state); },
  };
}
