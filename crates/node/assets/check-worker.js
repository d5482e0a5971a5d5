// Runs the verifier, away from the page: key, proof and context come in, the report goes out.
"use strict";
const loading = WebAssembly.instantiateStreaming(fetch("/page/verifier.wasm"), {});
loading.catch(() => {});

// Four bytes a call: the module shares no memory with the page.
const pass = (verifier, which, bytes) => {
  const view = new DataView(bytes);
  const whole = bytes.byteLength - (bytes.byteLength % 4);
  let fits = 1;
  for (let at = 0; at < whole && fits; at += 4) fits = verifier.check_push(which, view.getUint32(at, true), 4);
  for (let at = whole; at < bytes.byteLength && fits; at += 1) fits = verifier.check_push(which, view.getUint8(at), 1);
  if (!fits) throw new Error("more bytes than any key or proof has");
};

onmessage = async ({ data }) => {
  const { check, key, proof, context } = data;
  try {
    const verifier = (await loading).instance.exports;
    verifier.check_start();
    pass(verifier, 0, key);
    pass(verifier, 1, proof);
    if (context) pass(verifier, 2, context);
    const begin = performance.now();
    const length = verifier.check_run();
    const milliseconds = performance.now() - begin;
    const bytes = Uint8Array.from({ length }, (_, at) => verifier.check_report(at));
    postMessage({ check, report: JSON.parse(new TextDecoder().decode(bytes)), milliseconds });
  } catch (error) {
    postMessage({ check, error: String(error) });
  }
};
