// All results: sorted and filtered; two that are ticked are compared; a statement over datasets is drawn.
const data = JSON.parse(document.getElementById("data").textContent);
const table = document.getElementById("table");
const rows = [...table.tBodies[0].rows];
const signed = (value) => {
  const digits = Math.abs(value).toFixed(3);
  return (value < 0 && Number(digits) ? "−" : "+") + digits; // a difference that rounds to 0 has no minus
};
const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
const chance = (p) => (p === null ? "–" : p < 0.001 ? "< .001" : p.toFixed(3));

const find = document.getElementById("find");
const dataset = document.getElementById("dataset");
const published = document.getElementById("with-published");
const filter = () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows) {
    const said = [2, 3, 4].map((i) => row.cells[i].textContent).join(" ").toLowerCase() + row.cells[2].firstChild.title.toLowerCase();
    const fits = (!dataset.value || row.dataset.dataset === dataset.value) && (!published.checked || row.dataset.published);
    row.hidden = !fits || !words.every((word) => said.includes(word));
  }
  document.getElementById("shown").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} results`;
};
[find, dataset, published].forEach((control) => control.addEventListener("input", filter));
filter();
sortable(table);

const SVG = "http://www.w3.org/2000/svg";
const shape = (name, attributes, text) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

// Effects with intervals below each other: [name, said on the right, effect, low, high, weight or null for the whole].
const forest = (effects, label) => {
  const [width, left, right, step, top] = [900, 230, 300, 30, 18];
  const known = effects.flatMap((one) => one.slice(2, 5)).filter((value) => value !== null);
  const reach = 1.1 * Math.max(0.02, ...known.map(Math.abs));
  const x = (value) => left + ((value + reach) / (2 * reach)) * (width - left - right);
  const bottom = top + step * effects.length;
  const plot = shape("svg", { class: "plot", viewBox: `0 0 ${width} ${bottom + 44}`, role: "img", "aria-label": label });
  plot.append(shape("line", { class: "zero", x1: x(0), x2: x(0), y1: 4, y2: bottom }));
  effects.forEach(([name, said, effect, low, high, weight], i) => {
    const y = top + step * i;
    const whole = weight === null ? " whole" : "";
    plot.append(shape("text", { x: left - 12, y: y + 4, "text-anchor": "end" }, name));
    plot.append(shape("text", { x: width - right + 12, y: y + 4 }, said));
    if (low !== null) plot.append(shape("line", { class: `line${whole}`, x1: x(low), x2: x(high), y1: y, y2: y }));
    if (effect === null) return;
    const size = weight === null ? 8 : 3 + 7 * Math.sqrt(weight);
    const outline = weight === null ? `M${x(effect) - size} ${y}l${size} -${size}l${size} ${size}l-${size} ${size}z` : `M${x(effect) - size / 2} ${y - size / 2}h${size}v${size}h-${size}z`;
    plot.append(shape("path", { class: `shape${whole}`, d: outline }));
  });
  plot.append(shape("line", { class: "axis", x1: left, x2: width - right, y1: bottom, y2: bottom }));
  for (const value of [-reach / 1.1, 0, reach / 1.1]) {
    plot.append(shape("text", { x: x(value), y: bottom + 18, "text-anchor": "middle" }, value ? signed(value) : "0"));
  }
  plot.append(shape("text", { x: x(0), y: bottom + 38, "text-anchor": "middle" }, label));
  return plot;
};

const paragraph = (text) => Object.assign(document.createElement("p"), { textContent: text });
const comparison = document.getElementById("comparison");
const compare = (i, j) => {
  const [a, b] = [data.results[i], data.results[j]];
  if (a[2] !== b[2]) {
    const why = a[0] !== b[0] ? `${a[0]} and ${b[0]} are different datasets` : "they were asked for other labels, expressions or folds";
    return [paragraph(`${a[1]} and ${b[1]} cannot be compared: ${why}.`)];
  }
  const found = data.pairs[`${i},${j}`];
  const title = `${b[1]} less ${a[1]}, ${a[0]}: ${count(found[0][9], "clip")}, p corrected for ${count(found[0][8], "comparison")}`;
  const effects = found.map(([metric, , , difference, low, high]) => [metric, `${signed(difference)}${low === null ? ", one subject: no interval" : ` (${signed(low)} to ${signed(high)})`}`, difference, low, high, 0.3]);
  const said = found.map(([metric, first, second, , , , p, corrected]) => `${metric}: ${first.toFixed(3)} and ${second.toFixed(3)}, p ${chance(p)}, corrected ${chance(corrected)}`);
  const list = document.createElement("ul");
  list.append(...said.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  return [paragraph(title), forest(effects, `${b[1]} less ${a[1]}`), list];
};

let picked = [];
table.addEventListener("change", (event) => {
  if (!event.target.classList.contains("pick")) return;
  picked = picked.filter((box) => box !== event.target);
  if (event.target.checked) picked.push(event.target);
  while (picked.length > 2) picked.shift().checked = false;
  for (const row of rows) row.classList.toggle("picked", row.querySelector(".pick").checked);
  const places = picked.map((box) => Number(box.value)).sort((a, b) => a - b);
  if (places.length === 2) comparison.replaceChildren(...compare(...places));
  else comparison.replaceChildren(paragraph(places.length ? "Tick a second line of the table." : "Tick two lines of the table."));
});

const statements = document.getElementById("statements");
if (statements) {
  sortable(statements);
  statements.addEventListener("click", (event) => {
    if (!event.target.classList.contains("forest")) return;
    const { names, datasets, whole } = data.across[Number(event.target.value)];
    const effects = datasets.map(([name, weight, difference, low, high, clips]) => [`${name} (${count(clips, "clip")})`, `${signed(difference)} (${signed(low)} to ${signed(high)}), ${(100 * weight).toFixed(0)} %`, difference, low, high, weight]);
    effects.push(["together", `${signed(whole.difference)} (${signed(whole.ci_low)} to ${signed(whole.ci_high)})`, whole.difference, whole.ci_low, whole.ci_high, null]);
    if (whole.new_low !== null) effects.push(["another dataset", `${signed(whole.new_low)} to ${signed(whole.new_high)}`, null, whole.new_low, whole.new_high, null]);
    const said = `${names[2]}: p ${chance(whole.p)}, corrected ${chance(whole.p_corrected)}. Heterogeneity: I² ${(100 * whole.i2).toFixed(0)} %, tau ${whole.tau.toFixed(3)}, p ${chance(whole.p_same)} that chance alone gives such a spread.`;
    document.getElementById("forest").replaceChildren(forest(effects, `${names[2]}: ${names[1]} less ${names[0]}`), paragraph(said));
  });
}
