// Checks a proof in the visitor's browser: a job's, fetched from the node, or any, from two files.
"use strict";
(() => {
  const place = document.querySelector("#browser-check");
  if (!place || place.dataset.started) return;
  place.dataset.started = "yes";
  const worker = new Worker("/page/check-worker.js");
  const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));

  const line = (name, value) => {
    const term = document.createElement("dt");
    const description = document.createElement("dd");
    term.textContent = name;
    description.textContent = value;
    if (/^[0-9a-f]{64}$/.test(value)) description.className = "hash";
    return [term, description];
  };

  const show = (state, title, facts) => {
    const heading = document.createElement("p");
    heading.className = `verdict ${state}`;
    heading.textContent = title;
    const list = document.createElement("dl");
    list.className = "facts";
    for (const [name, value] of facts) list.append(...line(name, value));
    place.dataset.state = state;
    place.replaceChildren(heading, list);
  };

  const integers = (ports) => {
    if (!ports) return "hidden";
    const text = ports.map((values) => values.join(", ")).join("; ");
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  };

  worker.onmessage = ({ data }) => {
    if (data.error) return show("rejected", `The check can't run here: ${data.error}`, []);
    const { report, milliseconds } = data;
    const took = `${milliseconds.toFixed(1)} ms`;
    if (!report.accepted) {
      return show("rejected", `Checked in your browser: rejected: ${report.reason}`, [["took", took]]);
    }
    show("accepted", "Checked in your browser: accepted", [
      ["took", took],
      ["security", `${report.security_bits.toFixed(1)} bits`],
      ["model", report.model],
      ["weights", report.weights],
      ["input", integers(report.input)],
      ["output", integers(report.output)],
      ["input commitment", report.input_commitment],
    ]);
  };
  worker.onerror = () => show("rejected", "The check can't run here: no worker could be started", []);

  const check = (key, proof, context) => {
    place.dataset.state = "running";
    const buffers = [key, proof].concat(context ? [context] : []);
    worker.postMessage({ key, proof, context }, buffers);
  };

  const fetched = async (url) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.arrayBuffer();
  };

  const { key, proof, context } = place.dataset;
  if (key && proof) {
    Promise.all([fetched(key), fetched(proof)])
      .then(([keyBytes, proofBytes]) => check(keyBytes, proofBytes, hex(context).buffer))
      .catch((error) => show("rejected", `The check can't run here: ${error.message}`, []));
    return;
  }
  const inputs = ["#key-file", "#proof-file"].map((name) => document.querySelector(name));
  const both = async () => {
    const files = inputs.map((input) => input.files[0]);
    if (files.some((file) => !file)) return;
    const [keyBytes, proofBytes] = await Promise.all(files.map((file) => file.arrayBuffer()));
    check(keyBytes, proofBytes);
  };
  inputs.forEach((input) => input.addEventListener("change", both));
})();
