// Looks at a gallery page in Chromium: walks it by keyboard, plays, compares, takes
// pictures, and counts what must not happen.
//   npm install playwright-core
//   node bench/gallery_look.js out/remix-tree/index.html pictures [dark]
const { chromium } = require("playwright-core");
const fs = require("fs");
const path = require("path");

(async () => {
  const [file, folder, scheme] = process.argv.slice(2);
  fs.mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const page = await browser.newPage({ viewport: { width: 1500, height: 900 },
    colorScheme: scheme === "dark" ? "dark" : "light" });
  const bad = [];
  page.on("dialog", (d) => { bad.push("dialog: " + d.message()); d.dismiss(); });
  page.on("pageerror", (e) => bad.push("error: " + e.message));
  page.on("console", (m) => {
    if (m.type() !== "log") bad.push(m.type() + ": " + m.text());
  });
  page.on("request", (r) => {
    if (!r.url().startsWith("file:")) bad.push("request: " + r.url());
  });
  let number = 0;
  const look = (name) => page.screenshot({
    path: path.join(folder, `${++number}-${name}.png`) });
  const has = (what, value) => { if (!value) bad.push("missing: " + what); };
  const press = async (key) => {
    await page.keyboard.press(key);
    await page.waitForTimeout(300);
  };
  const focus = () => page.evaluate(() => {
    const c = document.activeElement.closest(".card");
    return c ? c.querySelector("h3").textContent : document.activeElement.id;
  });
  await page.goto("file://" + path.resolve(file));
  await page.waitForTimeout(300);
  console.log("title:", JSON.stringify(await page.title()));
  await look("tree");
  const walk = [];
  for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "n", "p", "End", "Home"]) {
    await press(key);
    walk.push(`${key}: ${await focus()}`);
  }
  console.log("by keyboard:", walk.join(", "));
  const plays = await page.evaluate(() => [...document.querySelectorAll(".card")]
    .findIndex((c) => c.querySelector(".go") && c.classList.contains("done")));
  has("a clip that plays", plays >= 0);
  await page.locator(".card").nth(plays).locator(".screen").click();
  await page.waitForTimeout(600);
  const inPlace = await page.evaluate(() => {
    const v = document.querySelector(".screen video");
    return v ? v.currentTime : 0;
  });
  has("playing in place", inPlace > 0);
  await look("in-place");
  await press("Escape");
  await press("Enter");
  has("the viewer", await page.evaluate(() => document.getElementById("viewer").open));
  for (let i = 0; i < 8 && await page.locator("#compare").isDisabled(); i++) {
    await press("ArrowRight");
  }
  await look("viewer");
  await press("c");
  await page.waitForTimeout(500);
  const both = await page.evaluate(() => [...document.querySelectorAll("#stage video")]
    .map((v) => v.currentTime));
  has("two pictures side by side", both.length === 2);
  has("in step", both.length === 2 && Math.abs(both[0] - both[1]) < .3);
  await look("compare");
  await press("Escape");
  has("the card in focus again", (await focus()) !== "");
  await press("?");
  await look("keys");
  await press("Escape");
  await press("/");
  await page.keyboard.type("zzz");
  await page.waitForTimeout(200);
  has("a search", (await page.textContent("#found")).startsWith("0 of"));
  await browser.close();
  console.log(`played in place to ${inPlace.toFixed(1)} s; side by side at `
    + both.map((t) => t.toFixed(2)).join(" and ") + " s");
  for (const one of bad) console.log("BAD", one);
  console.log(`${number} pictures in ${folder}; what must not happen: ${bad.length}`);
  process.exit(bad.length ? 1 : 0);
})();
