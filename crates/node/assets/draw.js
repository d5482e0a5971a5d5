// The drawing pad: a stroke becomes 28 x 28 grey values, as the training images were made
// (the digit scaled into 20 x 20, its centre of mass in the middle), and one request buys an answer.
"use strict";
(() => {
  const pad = document.getElementById("pad");
  if (!pad) return;
  const message = document.getElementById("message");
  const ask = document.getElementById("ask");
  const pen = pad.getContext("2d", { willReadFrequently: true });
  const SIDE = 28;
  let inked = false;

  const clear = () => {
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, pad.width, pad.height);
    inked = false;
    message.textContent = "";
  };
  const position = (event) => {
    const box = pad.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * pad.width,
      ((event.clientY - box.top) / box.height) * pad.height,
    ];
  };
  pen.lineWidth = 22;
  pen.lineCap = pen.lineJoin = "round";
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    pen.strokeStyle = "#fff";
    pen.beginPath();
    pen.moveTo(...position(event));
    pen.lineTo(...position(event));
    pen.stroke();
    inked = true;
  });
  pad.addEventListener("pointermove", (event) => {
    if (!pad.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...position(event));
    pen.stroke();
  });
  document.getElementById("clear").addEventListener("click", clear);

  // Grey values of a canvas, row by row.
  const greys = (context, width, height) => {
    const data = context.getImageData(0, 0, width, height).data;
    return Array.from({ length: width * height }, (_, i) =>
      Math.round((data[4 * i] * 299 + data[4 * i + 1] * 587 + data[4 * i + 2] * 114) / 1000));
  };
  const scratch = (side) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "#000";
    context.fillRect(0, 0, side, side);
    context.imageSmoothingQuality = "high";
    return [canvas, context];
  };
  // Scales the inked box into 20 x 20 and centres its mass in 28 x 28.
  const normalised = () => {
    const values = greys(pen, pad.width, pad.height);
    let [left, top, right, bottom] = [pad.width, pad.height, -1, -1];
    values.forEach((value, i) => {
      if (value < 24) return;
      const [x, y] = [i % pad.width, Math.floor(i / pad.width)];
      left = Math.min(left, x); right = Math.max(right, x);
      top = Math.min(top, y); bottom = Math.max(bottom, y);
    });
    if (right < 0) return null;
    const [width, height] = [right - left + 1, bottom - top + 1];
    const factor = 20 / Math.max(width, height);
    const place = (x, y) => {
      const [, context] = scratch(SIDE);
      context.drawImage(pad, left, top, width, height, x, y, width * factor, height * factor);
      return greys(context, SIDE, SIDE);
    };
    const [x, y] = [(SIDE - width * factor) / 2, (SIDE - height * factor) / 2];
    const first = place(x, y);
    const mass = first.reduce((sum, value) => sum + value, 0) || 1;
    const middle = (axis) => first.reduce((sum, value, i) => sum + value * axis(i), 0) / mass;
    const dx = Math.round(SIDE / 2 - 0.5 - middle((i) => i % SIDE));
    const dy = Math.round(SIDE / 2 - 0.5 - middle((i) => Math.floor(i / SIDE)));
    return place(x + dx, y + dy);
  };

  // The proof hides the drawing, so this browser keeps it for the job's page.
  const keep = (job, pixels) => {
    const [canvas, context] = scratch(SIDE);
    const picture = context.createImageData(SIDE, SIDE);
    pixels.forEach((grey, i) => picture.data.set([grey, grey, grey, 255], 4 * i));
    context.putImageData(picture, 0, 0);
    sessionStorage.setItem(`drawing-${job}`, canvas.toDataURL());
  };

  const buy = async (pixels) => {
    ask.disabled = true;
    message.className = "quiet";
    message.textContent = "ordering, proving, checking …";
    try {
      const response = await fetch("/page/ask", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ pixels }),
      });
      const reply = await response.json();
      if (!response.ok) throw new Error(reply.message || response.statusText);
      keep(reply.job, pixels);
      location.assign(`/jobs/${reply.job}`);
    } catch (error) {
      message.className = "error";
      message.textContent = error.message;
      ask.disabled = false;
    }
  };
  ask.addEventListener("click", () => {
    const pixels = inked ? normalised() : null;
    if (!pixels) {
      message.className = "error";
      message.textContent = "draw a digit first";
      return;
    }
    buy(pixels);
  });

  // An uploaded picture: shown on the pad; dark ink on light paper is turned round.
  document.getElementById("file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    clear();
    try {
      const picture = await createImageBitmap(file);
      if (picture.width === SIDE && picture.height === SIDE) {
        const [, context] = scratch(SIDE);
        context.drawImage(picture, 0, 0);
        pen.imageSmoothingEnabled = false;
        pen.drawImage(picture, 0, 0, pad.width, pad.height);
        await buy(greys(context, SIDE, SIDE));
        return;
      }
      const factor = Math.min(pad.width / picture.width, pad.height / picture.height);
      const [width, height] = [picture.width * factor, picture.height * factor];
      pen.drawImage(picture, (pad.width - width) / 2, (pad.height - height) / 2, width, height);
      const values = greys(pen, pad.width, pad.height);
      if (values.reduce((sum, value) => sum + value, 0) / values.length > 127) {
        pen.globalCompositeOperation = "difference";
        pen.fillStyle = "#fff";
        pen.fillRect((pad.width - width) / 2, (pad.height - height) / 2, width, height);
        pen.globalCompositeOperation = "source-over";
      }
      inked = true;
    } catch {
      message.className = "error";
      message.textContent = "this file is not an image that the browser can read";
    }
  });
  clear();
})();
