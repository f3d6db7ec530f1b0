// Clips: sorted by a column, filtered by flag, dataset and text.
const rows = [...document.querySelectorAll("#clips tbody tr")];
const only = document.getElementById("only-flagged");
const member = document.getElementById("member");
const find = document.getElementById("find");
const filter = () => {
  const word = find.value.toLowerCase();
  for (const row of rows) {
    const named = `${row.cells[0].textContent} ${row.cells[2].textContent}`.toLowerCase();
    const other = member.value && row.dataset.member !== member.value;
    row.hidden = other || (only.checked && !row.classList.contains("flagged")) || !named.includes(word);
  }
  document.getElementById("shown").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} clips`;
};
for (const one of [only, member]) one.addEventListener("change", filter);
find.addEventListener("input", filter);
filter();

sortable(document.getElementById("clips"));
