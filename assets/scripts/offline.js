// Notes from where there is no network: a form with `data-offline` is put into a queue on the device and sent from there,
// one after the other in the order of writing, now or when the network is back. The key of a note is made on the device
// and the server takes each key once, so that a note whose answer was lost is not written twice.
const forms = document.querySelectorAll("form[data-offline]");
const state = document.querySelector("[data-offline-state]");
const list = document.querySelector("[data-offline-list]");

if ("serviceWorker" in navigator && (forms.length || document.querySelector("[data-keep-offline]"))) {
  navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
}
for (const form of document.querySelectorAll("form[action='/sign-out']")) {
  form.addEventListener("submit", () => navigator.serviceWorker?.controller?.postMessage("forget"));
}

function opened() {
  return new Promise((done, fail) => {
    const request = indexedDB.open("minsheng", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("notes", { keyPath: "number", autoIncrement: true });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

/** Does one thing with the queue and gives its result. */
async function queue(mode, act) {
  const database = await opened();
  try {
    return await new Promise((done, fail) => {
      const transaction = database.transaction("notes", mode);
      const request = act(transaction.objectStore("notes"));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

const waiting = () => queue("readonly", (notes) => notes.getAll());

/** Milliseconds until what could not go is tried again, though no network came or went. */
const PAUSE = 15_000;
let again;
/** Whether the session is over, so that nothing can be sent before somebody signs in. */
let signedOut = false;

/** What waits for this page, the latest first, so that nobody wonders where it went. */
function show(notes) {
  if (!list) return;
  const own = notes.filter((note) => forms.length && note.action === forms[0].getAttribute("action")).reverse();
  list.hidden = own.length === 0;
  list.replaceChildren(...own.map(({ words, written, files }) => {
    const line = document.createElement("li");
    const said = Object.assign(document.createElement("p"), { className: "words", textContent: words });
    const time = new Date(written).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const parts = [list.dataset.wordsWaits, time, ...(files.length ? [`${files.length} ${list.dataset.wordsFiles}`] : [])];
    const about = Object.assign(document.createElement("p"), { className: "soft", textContent: parts.join(" · ") });
    line.append(said, about);
    return line;
  }));
}

async function tell() {
  const notes = await waiting();
  show(notes);
  if (!state) return notes;
  const words = state.dataset;
  const lines = [];
  if (!navigator.onLine) lines.push(words.wordsOff);
  if (notes.length) lines.push(`${notes.length} ${words.wordsWait}`);
  if (notes.length && signedOut) lines.push(words.wordsSignIn);
  state.textContent = lines.join(" ");
  const refused = notes.find((note) => note.refused);
  if (refused) {
    state.append(` “${refused.words.slice(0, 20)}” ${words.wordsRefused}${refused.refused} `);
    const drop = document.createElement("button");
    drop.className = "button small";
    drop.textContent = words.wordsDrop;
    drop.addEventListener("click", async () => {
      await queue("readwrite", (all) => all.delete(refused.number));
      await send();
    });
    state.append(drop);
  }
  state.hidden = !state.hasChildNodes() || state.textContent === "";
  return notes;
}

/** Sends what waits, oldest first; stops at the first that cannot go, so that the order holds. */
async function sendAll() {
  let sent = 0;
  for (const note of await waiting()) {
    if (note.refused) break;
    // The secret of the session may have changed since the note was written.
    const page = await fetch(note.action, { headers: { accept: "text/html" } });
    const secret = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrf]")?.value;
    signedOut = page.redirected;
    if (!page.ok || page.redirected || !secret) break;
    const body = new FormData();
    body.set("csrf", secret);
    body.set("key", note.key);
    body.set("written_ms", String(note.written));
    body.set("words", note.words);
    for (const file of note.files) body.append("evidence", file, file.name);
    const answer = await fetch(note.action, { method: "POST", body });
    if (answer.ok) {
      await queue("readwrite", (all) => all.delete(note.number));
      sent += 1;
    } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 401 && answer.status !== 429) {
      const said = new DOMParser().parseFromString(await answer.text(), "text/html");
      // The reason at its field is more telling than the heading of the page.
      const told = said.querySelector(".field-trouble") ?? said.querySelector(".notice.trouble p") ?? said.querySelector("h1");
      const refused = told?.textContent.trim() ?? String(answer.status);
      await queue("readwrite", (all) => all.put({ ...note, refused }));
      break;
    } else {
      break;
    }
  }
  return sent;
}

/** A random UUID; `randomUUID` is missing on plain HTTP. */
function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** One tab sends at a time. */
async function send() {
  const go = async () => {
    try {
      return await sendAll();
    } catch {
      return 0; // no network: what waits goes on waiting
    }
  };
  const sent = await (navigator.locks ? navigator.locks.request("minsheng-notes", go) : go());
  const left = await tell();
  clearTimeout(again);
  if (left.some((note) => !note.refused)) again = setTimeout(send, PAUSE);
  if (sent && forms.length && !dirty()) location.reload();
}

const dirty = () => [...forms].some((form) => form.elements.words.value || form.elements.evidence.files.length);

for (const form of forms) {
  form.addEventListener("submit", async (event) => {
    const { words, evidence, key } = form.elements;
    if (!words.value.trim() && !evidence.files.length) return;
    event.preventDefault();
    const note = { action: form.getAttribute("action"), key: key.value, written: Date.now(), words: words.value, files: [...evidence.files] };
    await queue("readwrite", (all) => all.add(note));
    form.reset();
    key.value = freshKey();
    await send();
  });
}

if (forms.length) {
  window.addEventListener("online", send);
  window.addEventListener("offline", tell);
  send();
}
