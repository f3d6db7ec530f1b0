// Strips: a dot tells what it is and opens its clip. Table: sorted by a column, filtered.
const data = JSON.parse(document.getElementById("data").textContent);
const tip = document.getElementById("tip");
const rows = [...document.querySelectorAll("#clips tbody tr")];
const byClip = rows.slice();
const pictures = new Map([...document.querySelectorAll(".cards > li")].map((card) => [card.querySelector("a").textContent, card.querySelector("img")]));
const open = (i) => {
  if (!alone) location.href = `subjects/${encodeURIComponent(data.subjects[i])}.html#${encodeURIComponent(data.clips[i])}`;
};

const tell = (dot) => {
  const i = Number(dot.dataset.i);
  const column = Number(dot.closest("svg").dataset.column);
  const name = data.columns[column];
  const value = byClip[i].cells[4 + column].textContent;
  const why = data.flags[i][name];
  tip.textContent = `${data.clips[i]}, ${data.labels[i]}: ${name} ${value}${why ? `, flagged: ${why}` : ""}`;
  const picture = pictures.get(data.clips[i]);
  if (picture) tip.append(picture.cloneNode());
  tip.hidden = false;
};

for (const strip of document.querySelectorAll(".strip")) {
  const dots = [...strip.querySelectorAll("use")].sort((a, b) => a.getAttribute("x") - b.getAttribute("x"));
  let at = -1;
  const mark = (next) => {
    if (dots[at]) dots[at].classList.remove("now");
    at = next;
    if (dots[at]) {
      dots[at].classList.add("now");
      tell(dots[at]);
    }
  };
  strip.addEventListener("mouseover", (event) => event.target.dataset.i !== undefined && tell(event.target));
  strip.addEventListener("mouseleave", () => (tip.hidden = true));
  strip.addEventListener("blur", () => {
    mark(-1);
    tip.hidden = true;
  });
  strip.addEventListener("click", (event) => {
    if (event.target.dataset.i !== undefined) open(Number(event.target.dataset.i));
  });
  strip.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    if (event.key in steps) {
      event.preventDefault();
      mark(Math.min(Math.max(at + steps[event.key], 0), dots.length - 1));
    } else if (event.key === "Enter" && dots[at]) {
      open(Number(dots[at].dataset.i));
    }
  });
}

const only = document.getElementById("only-flagged");
const find = document.getElementById("find");
const filter = () => {
  const word = find.value.toLowerCase();
  for (const row of rows) {
    const named = `${row.cells[0].textContent} ${row.cells[1].textContent}`.toLowerCase();
    row.hidden = (only.checked && !row.classList.contains("flagged")) || !named.includes(word);
  }
  document.getElementById("shown").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} clips`;
};
only.addEventListener("change", filter);
find.addEventListener("input", filter);
filter();

sortable(document.getElementById("clips"));

document.getElementById("load").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) review.read(await file.text());
});
