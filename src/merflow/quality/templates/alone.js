// In a report of Snakemake a page has no address, and no other page is beside it: links to others are text there.
const alone = location.protocol === "data:";
if (alone) for (const link of document.querySelectorAll('a[href]:not([href^="#"])')) link.removeAttribute("href");
