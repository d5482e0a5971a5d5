// Recalculates the forecast as the sliders move: the model for one scenario's own year.
"use strict";
(() => {
  const form = document.querySelector("form.forecast");
  if (!form) return;
  const shares = JSON.parse(form.dataset.shares);
  const at = (name) => Number(form.elements[name].value);
  const update = () => {
    for (const slider of form.querySelectorAll("input")) {
      slider.parentElement.querySelector("output").value = `${slider.value} ${slider.dataset.unit}`;
    }
    const spend = at("productivity_tam") * at("adoption") / 100 * at("value_capture") / 100;
    let total = 0;
    for (const [segment, share] of Object.entries(shares)) {
      total += spend * share * at(`crypto_share.${segment}`) / 100;
    }
    form.elements.total.value = total.toFixed(2);
  };
  form.addEventListener("input", update);
  update();
})();
