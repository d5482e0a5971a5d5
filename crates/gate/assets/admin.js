// Fetches the live part again, and asks the rule tester without leaving the page.
const base = location.pathname;
const live = document.getElementById("live");
async function again() {
  try {
    const answer = await fetch(base + "live");
    if (answer.ok) live.innerHTML = await answer.text();
  } catch {
    // The gate was stopped: the last numbers stay.
  }
}
setInterval(() => { if (!document.hidden) again(); }, 2000);

const tester = document.getElementById("tester");
tester.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch(base + "try", { method: "POST", body: tester.elements.request.value });
  document.getElementById("verdict").innerHTML = await answer.text();
});
