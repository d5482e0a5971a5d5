// Checks a proof in the visitor's browser: a job's, fetched from the node, or any, from two files.
"use strict";
(() => {
  const place = document.querySelector("#browser-check");
  if (!place || place.dataset.started) return;
  place.dataset.started = "yes";

  // A little more than the longest proof.
  const BYTES_MAX = 1 << 25;
  const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));

  const line = (name, value) => {
    const term = document.createElement("dt");
    const description = document.createElement("dd");
    term.textContent = name;
    description.textContent = value;
    if (/^[0-9a-f]{64}$/.test(value)) description.className = "hash";
    return [term, description];
  };

  // The verdict is told by words and by a sign; colour comes on top.
  const SIGNS = { accepted: "✓", rejected: "✗", failed: "!", running: "…" };
  const show = (state, text, facts = []) => {
    const verdict = document.createElement("p");
    verdict.className = `verdict ${state}`;
    verdict.textContent = `${SIGNS[state]} ${text}`;
    const list = document.createElement("dl");
    list.className = "facts";
    for (const [name, value] of facts) list.append(...line(name, value));
    place.dataset.state = state;
    place.replaceChildren(verdict, list);
  };
  const fail = (reason) => show("failed", `The check can't run here: ${reason}`);
  const reject = (reason, took) => show("rejected", `Checked in your browser: rejected: ${reason}`, took);

  const integers = (ports) => {
    if (!ports) return "hidden";
    const text = ports.map((values) => values.join(", ")).join("; ");
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  };

  // What a job's page says beside the proof must be what the proof says.
  const mismatch = (report) => {
    const { model, input, output } = place.dataset;
    if (model && model !== report.model) return "the key is another model's";
    if (input && input !== report.input_commitment) return "the proof is about another input";
    if (output && output !== report.output_digest) return "the proof is about another output";
    if (model && (report.scored || report.samples !== 1)) return "the proof is about more than one answer";
    return null;
  };

  const tell = ({ report, milliseconds }) => {
    const took = ["took", `${milliseconds.toFixed(1)} ms, reading the key included`];
    if (!report.accepted) return reject(report.reason, [took]);
    const other = mismatch(report);
    if (other) return reject(other, [took]);
    const { opening, openings, weights } = report;
    show("accepted", "Checked in your browser: accepted", [
      took,
      ["security", `${report.security_bits.toFixed(1)} bits`],
      ["model", report.model],
      ["weights", openings ? `${weights}; opening ${opening + 1} of ${openings}` : weights],
      ["input", integers(report.input)],
      report.scored
        ? ["score", `${integers(report.output)} of ${report.samples} samples labelled right`]
        : [report.samples === 1 ? "output" : `outputs of ${report.samples} samples`, integers(report.output)],
      ["input commitment", report.input_commitment],
      ["output digest", report.output_digest],
      ["job", /^0*$/.test(report.job) ? "none: made outside of a ledger" : report.job],
    ]);
  };

  // One check after the other: the report of an earlier one isn't shown any more.
  let worker = null;
  let latest = 0;
  const stop = (reason) => {
    worker?.terminate();
    worker = null;
    fail(reason);
  };
  const check = (key, proof, context) => {
    if (!worker) {
      worker = new Worker("/page/check-worker.js");
      worker.onerror = () => stop("no worker could be started");
      worker.onmessage = ({ data }) => {
        if (data.check !== latest) return;
        if (data.error) return stop(data.error);
        tell(data);
      };
    }
    latest += 1;
    show("running", "checking");
    worker.postMessage({ check: latest, key, proof, context }, [key, proof]);
  };

  const fetched = async (url) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`the node answers ${answer.status} for ${url}`);
    return answer.arrayBuffer();
  };
  const { key, proof, context } = place.dataset;
  if (key && proof) {
    Promise.all([fetched(key), fetched(proof)])
      .then(([keyBytes, proofBytes]) => check(keyBytes, proofBytes, hex(context).buffer))
      .catch((error) => fail(error.message));
    return;
  }

  const inputs = [".lvk", ".lproof"].map((kind) => document.querySelector(`input[accept="${kind}"]`));
  const both = async () => {
    const files = inputs.map((input) => input.files[0]);
    if (files.some((file) => !file)) return;
    const long = files.find((file) => file.size > BYTES_MAX);
    if (long) return reject(`${long.name} is longer than any key or proof`);
    try {
      check(...(await Promise.all(files.map((file) => file.arrayBuffer()))));
    } catch (error) {
      fail(error.message);
    }
  };
  for (const input of inputs) input.addEventListener("change", both);

  // Files may be dropped anywhere on the page; their names say which is which.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    for (const file of event.dataTransfer.files) {
      const input = inputs.find(({ accept }) => file.name.endsWith(accept));
      if (!input) return fail(`${file.name} ends neither in .lvk nor in .lproof`);
      const list = new DataTransfer();
      list.items.add(file);
      input.files = list.files;
    }
    both();
  });
})();
