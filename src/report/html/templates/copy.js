"use strict";
document.addEventListener("click", (event) => {
  if (!event.target.matches(".copy")) return;
  const line = event.target.parentElement.querySelector("pre").textContent;
  navigator.clipboard?.writeText(line).then(() => (event.target.textContent = "copied"));
});
addEventListener("beforeprint", () => document.querySelectorAll("details:not(.values)").forEach((block) => (block.open = true)));
