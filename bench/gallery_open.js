// How long a gallery page takes to open in Chromium, from the start of the navigation, and
// until the last of its cards is there, which the page adds in idle moments.
//   npm install playwright-core; node bench/gallery_open.js out/fan/index.html [times]
const { chromium } = require("playwright-core");
const path = require("path");

(async () => {
  const page = path.resolve(process.argv[2]), times = Number(process.argv[3] || 5);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const loaded = [], painted = [], whole = [];
  let cards = 0, asked = 0;
  for (let i = 0; i < times; i++) {
    const tab = await browser.newPage({ viewport: { width: 1500, height: 900 } });
    tab.on("request", (r) => { if (!r.url().startsWith("file:")) asked++; });
    await tab.goto("file://" + page);
    await tab.waitForFunction(() => performance.getEntriesByType("paint").length > 1);
    await tab.waitForFunction(() => {
      window.count ??= JSON.parse(document.getElementById("film").textContent).nodes.length;
      return document.querySelectorAll(".card:not(:empty)").length === window.count;
    });
    const [load, paint, end, count] = await tab.evaluate(() => [
      performance.getEntriesByType("navigation")[0].loadEventEnd,
      performance.getEntriesByName("first-contentful-paint")[0].startTime,
      performance.now(), document.querySelectorAll(".card").length]);
    loaded.push(load); painted.push(paint); whole.push(end); cards = count;
    await tab.close();
  }
  await browser.close();
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  console.log(`${cards} clips, ${times} times: first paint ${Math.round(median(painted))} ms, `
    + `loaded ${Math.round(median(loaded))} ms (worst ${Math.round(Math.max(...loaded))}), all cards `
    + `${Math.round(median(whole))} ms; `
    + `requests that left the disk: ${asked}`);
})();
