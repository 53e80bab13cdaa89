// The proof of work of forms that anybody may send: a number that makes the SHA-256 of challenge and number begin with
// so many zero bits. It is looked for in slices, so that the page stays alive, and from the first key on, so that it is
// usually there before anybody sends. Without a script the form goes out as it is.
import { sha256 } from "@noble/hashes/sha2.js";

const encoder = new TextEncoder();

/** How many zero bits `bytes` begins with. */
function zeroBits(bytes) {
  let bits = 0;
  for (const byte of bytes) {
    if (byte) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

/** Looks for the number; 2,000 tries take a few milliseconds. */
async function solve(challenge, bits) {
  for (let number = 0; ; number += 1) {
    if (zeroBits(sha256(encoder.encode(`${challenge}:${number}`))) >= bits) return String(number);
    if (number % 2_000 === 1_999) await new Promise((go) => setTimeout(go));
  }
}

for (const form of document.querySelectorAll("form[data-proof]")) {
  let found;
  const search = () => (found ??= solve(form.dataset.proof, Number(form.dataset.proofBits)));
  form.addEventListener("input", search, { once: true });
  form.addEventListener("submit", async (event) => {
    if (form.elements.solution.value) return;
    event.preventDefault();
    const status = form.querySelector("[data-proof-status]");
    if (status) status.textContent = form.dataset.proofWait;
    form.elements.solution.value = await search();
    form.submit();
  });
}
