"use strict";
// Verdicts on clips: kept in the browser by dataset, saved as review.tsv, read back from it.
const review = (() => {
  const key = `merflow review ${document.body.dataset.dataset}`;
  let kept = {};
  const changed = new Event("reviewed");
  try {
    kept = JSON.parse(localStorage.getItem(key)) || {};
  } catch {
    kept = {}; // a browser that keeps nothing for local files: verdicts last as long as the page
  }
  // Clips that an earlier review has left out are on no page: a review without them would take them in again.
  for (const [clip, comment] of Object.entries(JSON.parse(document.getElementById("failed").textContent))) kept[clip] ??= ["fail", comment];
  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify(kept));
    } catch {
      // as above
    }
    document.dispatchEvent(changed);
  };
  const set = (clip, verdict, comment) => {
    if (verdict) kept[clip] = [verdict, plain(comment)];
    keep();
  };
  const text = () =>
    ["clip\tverdict\tcomment", ...Object.keys(kept).sort().map((clip) => [clip, ...kept[clip]].join("\t")), ""].join("\n");
  const read = (tsv) => {
    for (const line of tsv.split("\n").slice(1)) {
      const [clip, verdict, comment] = line.replace(/\r$/, "").split("\t");
      if (clip && ["pass", "doubt", "fail"].includes(verdict)) kept[clip] = [verdict, plain(comment || "")];
    }
    keep();
  };
  return { get: (clip) => kept[clip], set, text, read, all: () => Object.values(kept) };
})();

const counted = document.getElementById("counted");
const count = () => {
  const failed = review.all().filter(([verdict]) => verdict === "fail").length;
  counted.textContent = `${review.all().length} ${review.all().length === 1 ? "clip" : "clips"} reviewed, ${failed} failed.`;
};
document.addEventListener("reviewed", count);
count();

document.getElementById("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([review.text()], { type: "text/tab-separated-values" }));
  link.download = "review.tsv";
  link.click();
  URL.revokeObjectURL(link.href);
});

for (const form of document.querySelectorAll("form.review")) {
  const clip = form.dataset.clip;
  const [verdict, comment] = review.get(clip) || ["", ""];
  form.elements.verdict.value = verdict;
  form.elements.comment.value = comment;
  form.addEventListener("change", () => review.set(clip, form.elements.verdict.value, form.elements.comment.value));
  form.addEventListener("submit", (event) => event.preventDefault());
}
