// Runs the verifier, away from the page: key, proof and context come in, the report goes out.
"use strict";
const load = async () => {
  const answer = await fetch("/page/verifier.wasm");
  return (await WebAssembly.instantiateStreaming(answer, {})).instance.exports;
};
const loading = load();

// Four bytes a call: the module shares no memory with the page.
const pass = (verifier, which, bytes) => {
  const view = new DataView(bytes);
  const whole = bytes.byteLength - (bytes.byteLength % 4);
  for (let at = 0; at < whole; at += 4) {
    if (!verifier.push(which, view.getUint32(at, true), 4)) throw new Error("the file is too long");
  }
  for (let at = whole; at < bytes.byteLength; at += 1) verifier.push(which, view.getUint8(at), 1);
};

onmessage = async ({ data }) => {
  try {
    const verifier = await loading;
    verifier.start();
    pass(verifier, 0, data.key);
    pass(verifier, 1, data.proof);
    if (data.context) pass(verifier, 2, data.context);
    const begin = performance.now();
    const length = verifier.run();
    const milliseconds = performance.now() - begin;
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 1) bytes[at] = verifier.report(at);
    const report = JSON.parse(new TextDecoder().decode(bytes));
    postMessage({ report, milliseconds });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
