"use strict";
(() => {
  const page = document.body.dataset;
  const texts = JSON.parse(page.texts);
  const status = document.getElementById("status");
  const bar = document.getElementById("bar");
  const own = "/.lilliput/";
  const say = (text) => { status.textContent = text; };
  const fail = (text) => {
    say(text);
    document.getElementById("again").hidden = false;
  };
  const post = (path, body) => fetch(own + path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const go = () => {
    say(texts.done);
    location.replace(own + "arrived?to=" + encodeURIComponent(page.to + location.hash));
  };

  // Tokens from an earlier human pass: one of them opens a session, without another question.
  const redeem = async () => {
    let tokens;
    try {
      tokens = JSON.parse(localStorage.getItem("lilliput-pass") || "[]");
    } catch {
      return false;
    }
    const now = Date.now() / 1000;
    // A few are tried: a gate that refuses all must not use them all up.
    for (let tries = 0; Array.isArray(tokens) && tokens.length > 0 && tries < 3;) {
      const next = tokens.shift();
      // Taken out before it is shown: two tabs seldom show the same one.
      localStorage.setItem("lilliput-pass", JSON.stringify(tokens));
      if (!(next.until > now)) continue;
      tries += 1;
      const answer = await post("redeem", { token: next.token });
      if (answer.ok) return true;
      if (answer.status >= 500 || answer.status === 429) {
        tokens.unshift(next);
        localStorage.setItem("lilliput-pass", JSON.stringify(tokens));
        return false;
      }
    }
    return false;
  };

  // Runs in workers. One block of SHA-256 a try; of its sixteen words only the tenth changes.
  const solver = () => {
    const K = new Int32Array(64);
    const table =
      "428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5d807aa9812835b01243185be550c7dc3" +
      "72be5d7480deb1fe9bdc06a7c19bf174e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da" +
      "983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca63511429296727b70a852e1b21384d2c6dfc53380d13" +
      "650a7354766a0abb81c2c92e92722c85a2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070" +
      "19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3748f82ee78a5636f84c878148cc70208" +
      "90befffaa4506cebbef9a3f7c67178f2";
    for (let i = 0; i < 64; i++) K[i] = parseInt(table.slice(8 * i, 8 * i + 8), 16);
    const start = Int32Array.of(
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19);
    const w = new Int32Array(64);
    const state = new Int32Array(8);
    const rounds = (from, to) => {
      let a = state[0], b = state[1], c = state[2], d = state[3];
      let e = state[4], f = state[5], g = state[6], h = state[7];
      for (let i = from; i < to; i++) {
        const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + t1) | 0;
        d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      state[0] = a; state[1] = b; state[2] = c; state[3] = d;
      state[4] = e; state[5] = f; state[6] = g; state[7] = h;
    };
    const expand = () => {
      for (let i = 16; i < 64; i++) {
        const x = w[i - 15], y = w[i - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
      }
    };
    // SHA-256 of a short text, for the seed.
    const hash = (text) => {
      const blocks = (text.length + 9 + 63) >> 6;
      const bytes = new Uint8Array(blocks * 64);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      bytes[text.length] = 0x80;
      const view = new DataView(bytes.buffer);
      view.setUint32(bytes.length - 4, text.length * 8);
      const sum = Int32Array.from(start);
      for (let block = 0; block < blocks; block++) {
        for (let i = 0; i < 16; i++) w[i] = view.getInt32(block * 64 + 4 * i);
        expand();
        state.set(sum);
        rounds(0, 64);
        for (let i = 0; i < 8; i++) sum[i] += state[i];
      }
      return sum;
    };
    let seed;
    onmessage = ({ data }) => {
      if (data.challenge) seed = hash(data.challenge);
      w.set(seed);
      w[8] = data.puzzle;
      w.fill(0, 9, 16);
      w[10] = 0x80000000;
      w[15] = 320;
      state.set(start);
      rounds(0, 9);
      const before = Int32Array.from(state);
      for (let nonce = 0; ; nonce++) {
        w[9] = nonce;
        expand();
        state.set(before);
        rounds(9, 64);
        const high = (state[0] + start[0]) >>> 0;
        if (high < data.high || (high === data.high && ((state[1] + start[1]) >>> 0) <= data.low)) {
          postMessage({ puzzle: data.puzzle, nonce: nonce >>> 0 });
          return;
        }
      }
    };
  };

  const solve = () => new Promise((resolve, reject) => {
    const puzzles = Number(page.puzzles);
    const solution = new DataView(new ArrayBuffer(4 * puzzles));
    const address = URL.createObjectURL(
      new Blob(["(" + solver + ")()"], { type: "text/javascript" }));
    const high = parseInt(page.target.slice(0, 8), 16);
    const low = parseInt(page.target.slice(8), 16);
    const count = Math.max(1, Math.min(puzzles, (navigator.hardwareConcurrency || 2), 8));
    let next = 0, solved = 0;
    bar.max = puzzles;
    const give = (worker, challenge) => {
      if (next < puzzles) worker.postMessage({ challenge, puzzle: next++, high, low });
      else worker.terminate();
    };
    for (let i = 0; i < count; i++) {
      const worker = new Worker(address);
      worker.onerror = reject;
      worker.onmessage = ({ data }) => {
        solution.setUint32(4 * data.puzzle, data.nonce);
        solved += 1;
        bar.value = solved;
        // A screen reader hears quarters, not each step.
        if (solved % Math.ceil(puzzles / 4) === 0) {
          say(texts.progress.replace("{done}", solved).replace("{all}", puzzles));
        }
        if (solved === puzzles) resolve(new Uint8Array(solution.buffer));
        give(worker);
      };
      give(worker, page.challenge);
    }
  });

  const base64 = (bytes) => btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const main = async () => {
    try {
      if (page.human === "yes" && await redeem()) return go();
    } catch {
      // Without storage or tokens the work is left.
    }
    if (!page.challenge) return;
    say(texts.working);
    bar.hidden = false;
    try {
      const begin = performance.now();
      const solution = base64(await solve());
      document.documentElement.dataset.solvedMs = Math.round(performance.now() - begin);
      const answer = await post("work", { challenge: page.challenge, solution });
      if (answer.ok) return go();
      fail(texts.refused);
    } catch {
      fail(texts.broken);
    }
  };
  document.getElementById("again").addEventListener("click", () => location.reload());
  main();
})();
