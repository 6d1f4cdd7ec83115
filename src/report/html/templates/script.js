"use strict";
(() => {
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const tiles = [...document.querySelectorAll(".tile")];
  const verdicts = (row) => row.cells[2].textContent.trim().split(", ");
  const rows = [...document.querySelectorAll("#cases tbody tr")];
  const items = rows.map((row) => ({ element: row, api: row.dataset.api, level: row.cells[1].textContent.trim(),
    verdicts: verdicts(row), text: row.textContent.toLowerCase() }))
    .concat([...document.querySelectorAll("details.case")].map((block) => ({ element: block, api: block.dataset.api,
      level: block.dataset.level, verdicts: [block.dataset.verdict], text: block.textContent.toLowerCase() })));

  function filter() {
    const want = { api: form.api.value, level: form.level.value };
    const verdict = form.verdict.value;
    const words = form.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      const fits = ["api", "level"].every((key) => !want[key] || item[key] === want[key]);
      item.element.hidden = !(fits && (!verdict || item.verdicts.includes(verdict)) && words.every((word) => item.text.includes(word)));
    }
    for (const tile of tiles) tile.setAttribute("aria-pressed", String(tile.dataset.verdict === verdict));
    shown.textContent = rows.filter((row) => !row.hidden).length + " of " + rows.length + " cases";
  }

  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden) { form.reset(); filter(); }
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView();
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const tile of tiles) tile.addEventListener("click", () => {
    form.verdict.value = form.verdict.value === tile.dataset.verdict ? "" : tile.dataset.verdict;
    filter();
  });
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("#cases td:first-child");
    if (cell) location.hash = "#" + encodeURIComponent(cell.textContent.trim());
  });
  addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
