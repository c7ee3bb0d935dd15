// Looks at a report in headless Chromium: node check.mjs PAGE CHROMIUM
// Prints one line of JSON with what it found; the caller judges it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [path, chromium] = process.argv.slice(2);
const url = pathToFileURL(path).href;
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
const page = await browser.newPage();
const requests = [];
const told = [];
page.on("request", (request) => {
  if (![url, "about:blank"].includes(request.url().split("#")[0])) requests.push(request.url());
});
page.on("console", (message) => told.push(message.text()));
page.on("pageerror", (error) => told.push(String(error)));
await page.setViewport({ width: 1280, height: 900 });
await page.goto(url);

// By the keyboard: Tab reaches each link, summary and table that can be scrolled.
const reachable = "a[href], summary, [tabindex='0']";
const wanted = await page.$$eval(
  reachable,
  (all) => all.filter((each) => each.checkVisibility()).length,
);
const reached = new Set();
for (let step = 0; step < wanted + 5; step += 1) {
  await page.keyboard.press("Tab");
  const place = await page.evaluate((selector) => {
    const all = [...document.querySelectorAll(selector)];
    return all.indexOf(document.activeElement);
  }, reachable);
  if (place >= 0) reached.add(place);
}

// A click on a figure leaves of its list only what it counts, within a blink.
const clicks = await page.evaluate(() => {
  const links = [...document.querySelectorAll("td a")].slice(0, 40);
  return links.map((link) => {
    const begun = performance.now();
    location.hash = link.hash;
    const rows = [...document.querySelector(link.hash).closest("section").querySelectorAll("tr")];
    const shown = rows.filter((row) => row.offsetHeight > 0).length;
    return { shown, milliseconds: performance.now() - begun };
  });
});

await page.goto("about:blank");
await page.setViewport({ width: 375, height: 812, isMobile: true });
await page.goto(url);
const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

// axe runs inside the page, which itself lets no script run.
await page.setBypassCSP(true);
await page.goto("about:blank");
await page.goto(url);
await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8"));
const axe = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
const violations = axe.violations.map(({ id, impact, nodes }) => ({ id, impact, count: nodes.length }));
await browser.close();
console.log(JSON.stringify({ requests, told, wanted, reached: reached.size, clicks, overflow, violations }));
