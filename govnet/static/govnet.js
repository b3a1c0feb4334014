// What a browser with scripts can add. Every page works without this file.

const words = document.body.dataset;
const DAY = 24 * 60 * 60 * 1000;

function store(name, value) {
  try {
    if (value === undefined) return JSON.parse(localStorage.getItem(name));
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch { /* a private window, or a full one: nothing is kept */ }
  return null;
}

// Which tab this is: what a visitor wrote in another one may be somebody else's, on a computer that several people use.
function thisTab() {
  try { return (sessionStorage.tab ??= String(Math.random())); } catch { return ""; }
}

function stored(prefix) {
  try { return Object.keys(localStorage).filter((name) => name.startsWith(prefix)); } catch { return []; }
}

// Drafts: one per person, form and field. "sent" says that the form went off; a redirect afterwards says that it arrived.
const mine = `govnet:${words.who}:`;
const draftName = (area) => `${mine}${new URL(area.form.action).pathname}:${area.name}`;

function settleDrafts() {
  const arrived = performance.getEntriesByType("navigation")[0]?.redirectCount > 0 || document.querySelector("[data-success]");
  const signIn = document.querySelector("[data-keep-drafts]");
  for (const name of stored("govnet:")) {
    const draft = store(name);
    if (!draft || Date.now() - draft.at > 30 * DAY) store(name, null);
    else if (draft.sent && arrived && !signIn) store(name, null);
    else if (draft.sent) store(name, { ...draft, sent: false });
  }
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "is-small";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function offerDraft(area, draft) {
  const first = area.defaultValue;
  const note = document.createElement("div");
  const text = document.createElement("span");
  note.className = "notice";
  note.setAttribute("role", "status");
  const own = words.who || draft.tab === thisTab();
  text.textContent = own ? words.kept : words.whose;
  const putBack = () => { area.value = draft.text; area.dispatchEvent(new Event("input", { bubbles: true })); };
  const startFresh = () => { area.value = first; store(draftName(area), null); note.remove(); area.focus(); };
  const same = own && draft.base === first;
  if (same) area.value = draft.text;
  else note.append(button(words.back, () => { putBack(); note.remove(); area.focus(); }), " ");
  if (same) note.append(button(words.fresh, startFresh));
  if (!own) note.append(button(words.drop, startFresh));
  note.prepend(text, " ");
  area.before(note);
}

function keepDraft(area) {
  if (area.closest("[data-no-draft]") || area.form?.method !== "post") return;
  const name = draftName(area);
  const draft = store(name);
  if (draft && draft.text !== area.value) offerDraft(area, draft);
  let timer;
  const keep = (sent) => {
    clearTimeout(timer);
    if (area.value.trim() === "" || area.value === area.defaultValue && !sent) store(name, null);
    else store(name, { text: area.value, base: area.defaultValue, at: Date.now(), tab: thisTab(), sent });
  };
  area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 400, false); });
  area.form.addEventListener("submit", () => keep(true));
  addEventListener("pagehide", () => { if (timer && !store(name)?.sent) keep(false); });
}

// On leaving, texts that were not sent are deleted from this browser, unless their writer wants to keep them there.
function askAboutDrafts(form) {
  if (!words.who || !stored(mine).length || form.dataset.clearDrafts === "always") return;
  const field = document.createElement("div");
  const tick = document.createElement("div");
  const box = document.createElement("input");
  const label = document.createElement("label");
  field.className = "field";
  tick.className = "tick";
  Object.assign(box, { type: "checkbox", checked: true, id: `clear-${form.action.split("/").pop()}` });
  label.htmlFor = box.id;
  label.textContent = words.clear;
  tick.append(box, label);
  field.append(tick);
  form.querySelector(".action-row, button").before(field);
  form.addEventListener("submit", () => { form.dataset.clearDrafts = box.checked ? "" : "keep"; }, { capture: true });
}

// A second click sends nothing. The button stays pressable for the form's own data, so it is marked, not disabled.
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => { delete form.dataset.sent; event.submitter?.removeAttribute("aria-busy"); }, 8000);
    if ((form.dataset.clearDrafts ?? "keep") !== "keep") stored(mine).forEach((name) => store(name, null));
  });
}

function addPreview(area) {
  const box = document.createElement("div");
  const show = async () => {
    const form = new FormData();
    form.set("body", area.value);
    form.set("csrf_token", area.form.elements.csrf_token?.value ?? "");
    try {
      const answer = await fetch(area.dataset.preview, { method: "POST", body: form });
      if (answer.status === 422) box.textContent = await answer.text();
      else if (answer.ok) box.innerHTML = await answer.text();
      else throw new Error(answer.statusText);
    } catch {
      box.textContent = words.wait;
    }
    box.hidden = false;
  };
  box.className = "preview prose";
  box.hidden = true;
  box.setAttribute("aria-live", "polite");
  area.after(button(words.show, show), box);
}

// A quote comes into the box in place: what a browser without scripts would get as a page is asked for in the background.
function quoteInPlace(press) {
  let asked = false;
  press.addEventListener("click", async (event) => {
    const area = press.form?.elements.body;
    if (!area || asked) return;
    event.preventDefault();
    const form = new FormData(press.form);
    form.set(press.name, press.value);
    area.readOnly = true;
    try {
      const answer = await fetch(press.formAction, { method: "POST", body: form });
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(area.id);
      if (!answer.ok || !next) throw new Error(answer.statusText);
      area.value = next.value;
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    } catch {
      asked = true;
      press.click();
    }
    area.readOnly = false;
  });
}

// The new part keeps what the reader had open, and the button they stood on.
function swap(part, next) {
  const stops = (of) => [...of.querySelectorAll("a[href], button, summary")];
  const stood = stops(part).indexOf(document.activeElement);
  const folds = [...part.querySelectorAll("details")].map((fold) => fold.open);
  [...next.querySelectorAll("details")].forEach((fold, at) => { fold.open = folds[at] ?? fold.open; });
  part.replaceWith(next);
  next.querySelectorAll("form[method=post]").forEach(sendOnce);
  if (stood >= 0) stops(next)[stood]?.focus();
}

// A page that shows progress fetches itself and swaps the part that changes, until that part says it is finished.
function poll(part) {
  setTimeout(async () => {
    let next = part;
    try {
      const answer = await fetch(location.href, { headers: { "X-Poll": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      next = (answer.ok && page.getElementById(part.id)) || part;
      if (next !== part) swap(part, next);
    } catch { /* no connection: try again */ }
    if (next.dataset.poll) poll(next);
  }, 1000 * Number(part.dataset.poll));
}

function copyOnClick(link) {
  link.addEventListener("click", async (event) => {
    if (!navigator.clipboard) return;
    event.preventDefault();
    await navigator.clipboard.writeText(link.dataset.copy || link.href);
    const label = link.querySelector("span") ?? link;
    const before = label.textContent;
    label.textContent = words.copied;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
}

// At a desk the second column stays in sight. One that is taller than the window goes with the page until its end, or its
// beginning, is seen: nothing in it has to be scrolled by itself, and a focused field comes into view.
function keepInSight(column) {
  let top = 16;
  let last = scrollY;
  const settle = () => {
    const least = Math.min(16, innerHeight - column.offsetHeight - 16);
    top = Math.max(least, Math.min(16, top + last - scrollY));
    last = scrollY;
    column.style.top = `${top}px`;
  };
  column.classList.add("is-kept");
  addEventListener("scroll", settle, { passive: true });
  addEventListener("resize", settle);
  settle();
}

settleDrafts();
document.querySelectorAll("form[method=post] textarea").forEach(keepDraft);
document.querySelectorAll("form[data-clear-drafts]").forEach(askAboutDrafts);
document.querySelectorAll("form[method=post]").forEach(sendOnce);
document.querySelectorAll("textarea[data-preview]").forEach(addPreview);
document.querySelectorAll("button[name=quote]").forEach(quoteInPlace);
document.querySelectorAll("[data-poll][id]").forEach(poll);
document.querySelectorAll("a[data-copy]").forEach(copyOnClick);
document.querySelectorAll(".columns > .beside").forEach(keepInSight);
document.querySelectorAll("button[data-print]").forEach((made) => {
  made.hidden = false;
  made.addEventListener("click", () => print());
});
document.querySelector("[data-focus]")?.focus();
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")];
  opened.forEach((part) => { part.open = true; });
});
addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
