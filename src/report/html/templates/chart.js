"use strict";
(() => {
  for (const plot of document.querySelectorAll(".plot")) {
    const svg = plot.querySelector("svg");
    const stops = svg.dataset.stops.split(" ").map(Number);
    const rows = plot.parentElement.querySelectorAll(".values tbody tr");
    const heads = [...plot.parentElement.querySelectorAll(".values thead th")].map((cell) => cell.textContent);
    const cursor = svg.querySelector(".cursor");
    const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
    plot.append(tip);

    function cell(x, y) {
      for (const rect of svg.querySelectorAll("[data-n]")) {
        const [left, top, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
        if (x >= left && x < left + width && y >= top && y < top + height) return rect.dataset.n;
      }
      return null;
    }

    function show(event) {
      const box = svg.getBoundingClientRect();
      const scale = svg.viewBox.baseVal.width / box.width;
      const x = (event.clientX - box.left) * scale;
      const y = (event.clientY - box.top) * scale;
      let best = 0;
      stops.forEach((stop, index) => { if (Math.abs(stop - x) < Math.abs(stops[best] - x)) best = index; });
      const row = rows[best];
      if (!row) return;
      const title = document.createElement("b");
      title.textContent = heads[0] + " " + row.cells[0].textContent;
      const lines = [...row.cells].slice(1).map((one, index) => heads[index + 1] + ": " + (one.textContent || "none"));
      const here = cell(x, y);
      if (here) lines.push("here: " + here);
      tip.replaceChildren(title, ...lines.flatMap((line) => [line, document.createElement("br")]));
      tip.hidden = false;
      const left = (stops[best] / scale) + 12;
      tip.style.left = (left + tip.offsetWidth > box.width ? Math.max(0, left - 24 - tip.offsetWidth) : left) + "px";
      cursor.setAttribute("transform", "translate(" + stops[best] + ")");
      cursor.classList.add("on");
    }

    function hide() {
      tip.hidden = true;
      cursor.classList.remove("on");
    }

    if (stops.length && rows.length) {
      svg.addEventListener("pointermove", show);
      svg.addEventListener("pointerdown", show);
      svg.addEventListener("pointerleave", hide);
    }
  }
})();
