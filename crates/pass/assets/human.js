"use strict";
(() => {
  const page = document.body.dataset;
  const texts = JSON.parse(page.texts);
  const own = "/.lilliput/";
  const byId = (id) => document.getElementById(id);
  const say = (text) => { byId("status").textContent = text; };

  const join = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  };
  const toText = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const fromText = (text) => Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const toNumber = (bytes) => BigInt("0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
  const toBytes = (number, length) => Uint8Array.from(
    number.toString(16).padStart(2 * length, "0").match(/../g), (pair) => parseInt(pair, 16));
  const random = (length) => crypto.getRandomValues(new Uint8Array(length));
  const hash = async (name, ...parts) =>
    new Uint8Array(await crypto.subtle.digest(name, join(...parts)));
  const four = (number) => Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);

  const power = (base, exponent, modulus) => {
    let result = 1n;
    for (let bit = exponent.toString(2).length - 1; bit >= 0; bit--) {
      result = result * result % modulus;
      if ((exponent >> BigInt(bit)) & 1n) result = result * base % modulus;
    }
    return result;
  };
  const inverse = (number, modulus) => {
    let [a, b, x, y] = [number, modulus, 1n, 0n];
    while (b > 0n) {
      const quotient = a / b;
      [a, b] = [b, a - quotient * b];
      [x, y] = [y, x - quotient * y];
    }
    if (a !== 1n) throw new Error("no inverse");
    return ((x % modulus) + modulus) % modulus;
  };

  // RFC 8017, 9.1.1, with SHA-384, a salt of 48 bytes and 2047 bits.
  const encode = async (message, salt) => {
    const inner = await hash("SHA-384", new Uint8Array(8), await hash("SHA-384", message), salt);
    const block = new Uint8Array(207);
    block[158] = 1;
    block.set(salt, 159);
    for (let at = 0, counter = 0; at < block.length; at += 48, counter++) {
      const mask = await hash("SHA-384", inner, four(counter));
      for (let i = 0; i < 48 && at + i < block.length; i++) block[at + i] ^= mask[i];
    }
    block[0] &= 0x7f;
    return join(block, inner, Uint8Array.of(0xbc));
  };

  const exponent = 65537n;
  const blindOne = async (modulus, challengeDigest, keyId) => {
    const input = join(Uint8Array.of(0, 2), random(32), challengeDigest, keyId);
    const message = toNumber(await encode(input, random(48)));
    let blind;
    do { blind = toNumber(random(256)); } while (blind >= modulus || blind < 2n);
    return {
      input: toText(input),
      blinded: toText(toBytes(message * power(blind, exponent, modulus) % modulus, 256)),
      inverse: toText(toBytes(inverse(blind, modulus), 256)),
      message: toText(toBytes(message, 256)),
    };
  };

  const directory = async () => {
    const answer = await fetch(own + "keys", { credentials: "omit" });
    if (!answer.ok) throw new Error("no keys");
    return answer.json();
  };

  // What is remembered between making the request and bringing the proof.
  const remember = (pending) => localStorage.setItem("lilliput-pass-pending", JSON.stringify(pending));
  const remembered = () => JSON.parse(localStorage.getItem("lilliput-pass-pending") || "null");

  const prepare = async () => {
    const keys = await directory();
    const known = remembered();
    if (known && known.key === keys.key && known.epoch === keys.epoch) return known;
    const spki = fromText(keys.key);
    const modulus = toNumber(spki.slice(81, 81 + 256));
    const keyId = await hash("SHA-256", spki);
    const digest = await hash("SHA-256", fromText(keys.challenge));
    const batch = [];
    for (let i = 0; i < keys.batch; i++) batch.push(await blindOne(modulus, digest, keyId));
    const message = await hash("SHA-256", new TextEncoder().encode("lilliput pass batch\0"), keyId,
      ...batch.map((token) => fromText(token.blinded)));
    message[0] = 0;
    const pending = {
      key: keys.key, epoch: keys.epoch, until: keys.redeems_until, batch,
      scope: keys.scope, message: toNumber(message).toString(),
    };
    remember(pending);
    return pending;
  };

  const finish = async (pending, signatures) => {
    const modulus = toNumber(fromText(pending.key).slice(81, 81 + 256));
    if (signatures.length !== pending.batch.length) throw new Error("another number of tokens");
    return pending.batch.map((token, index) => {
      const signed = toNumber(fromText(signatures[index]));
      const signature = signed * toNumber(fromText(token.inverse)) % modulus;
      if (power(signature, exponent, modulus) !== toNumber(fromText(token.message))) {
        throw new Error("a signature is wrong");
      }
      return { token: toText(join(fromText(token.input), toBytes(signature, 256))), until: pending.until };
    });
  };

  const post = (path, body) => fetch(own + path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

  const submit = async (pending) => {
    let proof;
    try {
      proof = JSON.parse(byId("proof").value);
    } catch {
      return say(texts.unreadable);
    }
    say(texts.checking);
    const answer = await post("tokens", {
      epoch: pending.epoch, blinded: pending.batch.map((token) => token.blinded), proof,
    });
    if (!answer.ok) {
      return say(texts.refused + " " + ((await answer.json().catch(() => ({}))).error || ""));
    }
    const tokens = await finish(pending, (await answer.json()).signatures);
    const first = tokens.shift();
    localStorage.setItem("lilliput-pass", JSON.stringify(tokens));
    localStorage.removeItem("lilliput-pass-pending");
    const opened = await post("redeem", { token: first.token });
    if (!opened.ok) return say(texts.broken);
    say(texts.done.replace("{left}", tokens.length));
    location.replace(own + "arrived?to=" + encodeURIComponent(page.to));
  };

  const main = async () => {
    // A link from a wallet: the token is behind the number sign, which browsers don't send.
    if (location.hash.startsWith("#token=")) {
      const token = location.hash.slice(7);
      history.replaceState(null, "", location.pathname + location.search);
      const opened = await post("redeem", { token });
      if (opened.ok) return location.replace(own + "arrived?to=" + encodeURIComponent(page.to));
      return say(texts.spent);
    }
    if (!globalThis.crypto || !crypto.subtle) return say(texts.insecure);
    say(texts.preparing);
    const pending = await prepare();
    byId("request").textContent =
      JSON.stringify({ scope: pending.scope, message: pending.message }, null, 2);
    byId("steps").hidden = false;
    say(texts.ready);
    byId("copy").addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(byId("request").textContent);
        say(texts.copied);
      } catch {
        getSelection().selectAllChildren(byId("request"));
      }
    });
    byId("file").addEventListener("change", async () => {
      if (byId("file").files[0]) byId("proof").value = await byId("file").files[0].text();
    });
    byId("send").addEventListener("submit", (event) => {
      event.preventDefault();
      submit(pending).catch(() => say(texts.broken));
    });
  };
  main().catch(() => say(texts.broken));
})();
