// Follows what isn't finished, a job or a subnet: fetches the page again and swaps its middle in.
"use strict";
(() => {
  // The proof hides the input; whoever drew it in this browser has it still.
  const drawing = () => {
    const place = document.getElementById("drawing");
    const kept = place && sessionStorage.getItem(`drawing-${place.dataset.job}`);
    if (!kept) return;
    place.src = kept;
    place.hidden = false;
  };
  const follow = async () => {
    if (document.querySelector("main[data-final]")) return;
    try {
      const text = await (await fetch(location.href)).text();
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
      if (fresh) {
        document.querySelector("main").replaceWith(fresh);
        drawing();
        // Scripts in what is swapped in don't run by themselves.
        if (fresh.querySelector("#browser-check")) {
          const script = document.createElement("script");
          script.src = "/page/check.js";
          document.body.append(script);
        }
      }
    } catch {
      // The node may be restarting; the next round tries again.
    }
    const every = document.querySelector("main [data-every]")?.dataset.every;
    setTimeout(follow, Number(every) || 400);
  };
  drawing();
  setTimeout(follow, 300);
})();
