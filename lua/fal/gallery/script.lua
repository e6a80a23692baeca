--- The gallery's script. It writes texts as text and never as HTML.

return [==[
"use strict";
(() => {
const film = JSON.parse(document.getElementById("film").textContent);
const nodes = film.nodes;
const $ = (id) => document.getElementById(id);
const card = (n) => $("n" + n);
const make = (tag, text, name) => {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (name) e.className = name;
  return e;
};
const button = (text, act, label) => {
  const b = make("button", text);
  b.type = "button";
  if (label) { b.title = label; b.setAttribute("aria-label", label); }
  b.addEventListener("click", act);
  return b;
};

// ---- cards ---------------------------------------------------------------------------
const FIRST = 40;    // that are there before anything is painted
const SHOWN = 400;   // letters of a prompt on a card; the viewer has all of it
const poster = (node) => {
  const img = make("img", undefined, node.thumbnail ? "" : "sheet");
  img.loading = "lazy";
  img.decoding = "async";
  img.alt = "";
  img.src = node.thumbnail || node.sheet;
  return img;
};
const face = (node) => {
  const blank = make("span", undefined, "blank");
  blank.append(make("span", [...node.prompt][0] || "?", "face"));
  return blank;
};
const screenOf = (node) => {
  const s = make("button", undefined, "screen");
  s.type = "button";
  s.tabIndex = -1;
  s.setAttribute("aria-label", (node.video ? "Play " : "Details of ") + node.name);
  if (node.thumbnail || node.sheet) s.append(poster(node));
  else if (node.character) s.append(face(node));
  if (node.state !== "done") s.append(make("span", node.label, "pill " + node.state));
  if (node.span) s.append(make("span", node.span, "span"));
  if (node.video) s.append(make("span", undefined, "go"));
  return s;
};
const wordsOf = (node) => {
  const words = make("div", undefined, "words"), facts = make("p", undefined, "facts");
  const more = make("button", "Details", "more");
  more.type = "button";
  more.tabIndex = -1;
  facts.append(make("span", node.cost), make("span", node.took), more);
  words.append(make("h3", node.name), make("p", node.prompt.slice(0, SHOWN), "prompt"),
    facts);
  return words;
};
const fill = (n) => {
  const c = card(n);
  if (!c.firstChild) c.append(screenOf(nodes[n]), wordsOf(nodes[n]));
};
const collect = () =>
  [...document.querySelectorAll(".card")].map((c) => Number(c.dataset.n));
let order = collect();
order.slice(0, FIRST).forEach(fill);
const add = (list, n) => {
  const item = make("li"), c = make("article", undefined, "card " + nodes[n].state);
  c.id = "n" + n;
  c.dataset.n = n;
  c.tabIndex = -1;
  c.setAttribute("aria-label", nodes[n].name + ", " + nodes[n].label);
  item.append(c);
  list.append(item);
  fill(n);
};
// What is left is done in idle moments, in the order of the page.
const rest = order.slice(FIRST).map((n) => () => fill(n));
for (const list of document.querySelectorAll("[data-rest]")) {
  for (const n of list.dataset.rest.split(",")) rest.push(() => add(list, Number(n)));
}
let done = 0;
const goOn = (until) => {
  if (done === rest.length) return;
  while (done < rest.length && performance.now() < until) rest[done++]();
  order = collect();
};
const idle = window.requestIdleCallback
  || ((act) => setTimeout(() => act({ timeRemaining: () => 8 }), 50));
const work = (left) => {
  goOn(performance.now() + Math.min(left.timeRemaining(), 8));
  if (done < rest.length) idle(work);
};
window.addEventListener("load", () => idle(work));

// ---- theme ---------------------------------------------------------------------------
const themes = ["auto", "light", "dark"];
let theme = "auto";
try { theme = localStorage.getItem("fal-gallery-theme") || "auto"; } catch (e) {}
const showTheme = () => {
  if (theme === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = theme;
  $("theme").textContent = { auto: "Auto", light: "Light", dark: "Dark" }[theme];
};
const nextTheme = () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  try { localStorage.setItem("fal-gallery-theme", theme); } catch (e) {}
  showTheme();
};
showTheme();

// ---- playing in place ----------------------------------------------------------------
let playing = null;
const stopPlaying = () => {
  if (!playing) return;
  const screen = card(playing.n).querySelector(".screen");
  screen.classList.remove("playing");
  playing.video.pause();
  playing.video.remove();
  playing = null;
};
const playInPlace = (n) => {
  const same = playing && playing.n === n;
  stopPlaying();
  if (same || !nodes[n].video) return;
  const screen = card(n).querySelector(".screen");
  const video = make("video");
  video.src = nodes[n].video;
  video.loop = true;
  video.playsInline = true;
  screen.append(video);
  screen.classList.add("playing");
  playing = { n, video };
  video.play().catch(() => {});
};

// ---- moving about --------------------------------------------------------------------
let current = -1;
const select = (n, quiet) => {
  if (n === undefined || n < 0 || !card(n)) return;
  if (current >= 0 && card(current)) card(current).tabIndex = -1;
  current = n;
  fill(n);
  card(n).tabIndex = 0;
  if (!quiet) {
    card(n).focus({ preventScroll: true });
    card(n).scrollIntoView({ block: "nearest", inline: "nearest" });
  }
};
const seen = () => order.filter((n) => !card(n).classList.contains("dim"));
const step = (by) => {
  const list = seen();
  const at = list.indexOf(current);
  select(list[Math.min(list.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
};
// The nearest card in a direction, by what is on the screen.
const toward = (dx, dy) => {
  const here = card(current).getBoundingClientRect();
  const x = here.left + here.width / 2, y = here.top + here.height / 2;
  let best = -1, least = Infinity;
  for (const n of seen()) {
    if (n === current) continue;
    const r = card(n).getBoundingClientRect();
    const ax = r.left + r.width / 2 - x, ay = r.top + r.height / 2 - y;
    const along = ax * dx + ay * dy, aside = Math.abs(ax * dy) + Math.abs(ay * dx);
    if (along < 20) continue;
    const cost = along + 3 * aside;
    if (cost < least) { least = cost; best = n; }
  }
  if (best >= 0) select(best);
};

// ---- searching -----------------------------------------------------------------------
const search = $("search");
const filter = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  nodes.forEach((node, n) => {
    const text = (node.name + " " + node.prompt + " " + node.state).toLowerCase();
    const hit = words.every((w) => text.includes(w));
    if (hit) count++;
    card(n).classList.toggle("dim", !hit);
  });
  $("found").textContent = words.length ? count + " of " + nodes.length : "";
};
search.addEventListener("focus", () => goOn(Infinity));
search.addEventListener("input", filter);

// ---- the viewer ----------------------------------------------------------------------
const viewer = $("viewer"), stage = $("stage"), seek = $("seek"), clock = $("clock");
let shown = -1, comparing = false;
const videos = () => [...stage.querySelectorAll("video")];
const lead = () => videos().at(-1);
const time = (s) => {
  if (!Number.isFinite(s)) return "–";
  return Math.floor(s / 60) + ":" + (s % 60).toFixed(1).padStart(4, "0");
};
const tick = () => {
  const v = lead();
  if (!viewer.open) return;
  if (v) {
    if (Number.isFinite(v.duration) && document.activeElement !== seek) {
      seek.value = v.duration ? v.currentTime / v.duration * 1000 : 0;
    }
    clock.textContent = time(v.currentTime) + " / " + time(v.duration);
    $("play").textContent = v.paused ? "Play" : "Pause";
    // The other picture follows; a small drift is left alone so that nothing stutters.
    for (const other of videos()) {
      if (other !== v && Math.abs(other.currentTime - v.currentTime) > .12
        && v.currentTime < (other.duration || Infinity)) {
        other.currentTime = v.currentTime;
      }
    }
  }
  requestAnimationFrame(tick);
};
const toggle = () => {
  const v = lead();
  if (!v) return;
  const go = v.paused;
  for (const one of videos()) { if (go) one.play().catch(() => {}); else one.pause(); }
};
const figure = (n, caption, muted) => {
  const node = nodes[n], f = make("figure");
  if (node.video) {
    const v = make("video");
    v.src = node.video;
    if (node.thumbnail) v.poster = node.thumbnail;
    v.loop = true; v.playsInline = true; v.muted = muted; v.preload = "auto";
    v.addEventListener("click", toggle);
    f.append(v);
  } else {
    const what = node.character ? "A character, for prompts" : node.label;
    f.append(make("div", what, "still"));
  }
  if (caption) {
    const c = make("figcaption");
    c.append(make("b", caption + node.name), make("p", node.prompt));
    f.append(c);
  }
  return f;
};
const list = (title, pairs) => {
  const box = make("div"), dl = make("dl");
  box.append(make("h3", title), dl);
  for (const [name, value] of pairs) dl.append(make("dt", name), make("dd", value));
  return pairs.length ? box : make("div");
};
const trail = (n) => {
  const box = $("trail"), path = [];
  let p = nodes[n].parent;
  for (; p !== undefined && path.length < 60; p = nodes[p].parent) path.unshift(p);
  box.replaceChildren();
  for (const q of path) {
    box.append(button(nodes[q].name, () => show(q)), make("span", "→"));
  }
  box.append(make("span", nodes[n].name, "here"));
  const kids = nodes[n].children;
  kids.slice(0, 12).forEach((k, i) => {
    if (i === 0) box.append(make("span", "→"));
    box.append(button(nodes[k].name, () => show(k)));
  });
  if (kids.length > 12) box.append(make("span", "and " + (kids.length - 12) + " more"));
};
const about = (n) => {
  const node = nodes[n], left = make("div"), right = make("div");
  if (node.error) left.append(make("h3", node.label), make("p", node.error, "error"));
  if (node.prompt) left.append(make("h3", "Prompt"), make("p", node.prompt, "full"));
  if (node.sheet) {
    const img = make("img");
    img.src = node.sheet;
    img.alt = "Frames of " + node.name;
    img.loading = "lazy";
    left.append(make("h3", "Frames"), img);
  }
  right.append(list("Making", node.facts), list("Settings", node.settings));
  if (node.uses.length) {
    const box = make("div");
    box.append(make("h3", "Uses"));
    for (const u of node.uses) box.append(button(nodes[u].name, () => show(u)));
    right.append(box);
  }
  $("about").replaceChildren(left, right);
};
const show = (n) => {
  stopPlaying();
  const changed = shown !== n;
  shown = n;
  select(n, true);
  const node = nodes[n], parent = node.parent;
  const can = parent !== undefined && node.video && nodes[parent].video;
  if (!can) comparing = false;
  $("title").textContent = node.name;
  $("compare").disabled = !can;
  $("compare").setAttribute("aria-pressed", String(comparing));
  stage.className = comparing ? "stage two" : "stage";
  stage.replaceChildren(...(comparing
    ? [figure(parent, "Before: ", true), figure(n, "After: ", false)]
    : [figure(n, "", false)]));
  for (const id of ["play", "seek"]) $(id).disabled = !node.video;
  seek.value = 0;
  clock.textContent = "";
  trail(n);
  about(n);
  if (!viewer.open) { viewer.showModal(); requestAnimationFrame(tick); }
  if (changed) viewer.scrollTop = 0;
  $("title").focus({ preventScroll: true });
  toggle();
};
const compare = () => {
  if ($("compare").disabled) return;
  comparing = !comparing;
  show(shown);
};
const beside = (by) => {
  const all = seen();
  const at = all.indexOf(shown);
  const next = all[at + by];
  if (next !== undefined) show(next);
};
$("compare").addEventListener("click", compare);
$("play").addEventListener("click", toggle);
$("close").addEventListener("click", () => viewer.close());
$("before").addEventListener("click", () => beside(-1));
$("after").addEventListener("click", () => beside(1));
seek.addEventListener("input", () => {
  const length = lead() ? lead().duration : NaN;
  if (!Number.isFinite(length)) return;
  for (const v of videos()) v.currentTime = seek.value / 1000 * length;
});
viewer.addEventListener("close", () => {
  for (const v of videos()) { v.pause(); v.removeAttribute("src"); v.load(); }
  stage.replaceChildren();
  if (shown >= 0) select(shown);
  shown = -1;
});
viewer.addEventListener("click", (e) => { if (e.target === viewer) viewer.close(); });

// ---- keys and clicks -----------------------------------------------------------------
const help = $("help");
$("theme").addEventListener("click", nextTheme);
$("keys").addEventListener("click", () => help.showModal());
help.addEventListener("click", () => help.close());
document.addEventListener("click", (e) => {
  const c = e.target.closest(".card");
  if (!c) return;
  const n = Number(c.dataset.n);
  select(n);
  if (e.target.closest(".more")) show(n);
  else if (e.target.closest(".screen")) (nodes[n].video ? playInPlace : show)(n);
});
document.addEventListener("dblclick", (e) => {
  const c = e.target.closest(".card");
  if (c) show(Number(c.dataset.n));
});
const inViewer = {
  " ": toggle, k: toggle, c: compare, ArrowRight: () => beside(1),
  ArrowLeft: () => beside(-1),
  ArrowUp: () => { const p = nodes[shown].parent; if (p !== undefined) show(p); },
  ArrowDown: () => { const k = nodes[shown].children; if (k.length) show(k[0]); },
};
const inTree = {
  ArrowLeft: () => toward(-1, 0), ArrowRight: () => toward(1, 0),
  ArrowUp: () => toward(0, -1), ArrowDown: () => toward(0, 1),
  " ": () => playInPlace(current), Enter: () => show(current),
  c: () => { comparing = true; show(current); },
  Home: () => select(seen()[0]), End: () => { goOn(Infinity); select(seen().at(-1)); },
  n: () => step(1), p: () => step(-1),
  Escape: () => { stopPlaying(); search.value = ""; filter(); },
};
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || help.open) return;
  if (document.activeElement === search) {
    if (e.key === "Escape" || e.key === "Enter") {
      e.preventDefault();
      if (e.key === "Escape") search.value = "";
      filter();
      select(seen()[0]);
    }
    return;
  }
  if (e.key === "?") { help.showModal(); return e.preventDefault(); }
  if (e.key === "t") return nextTheme();
  if (e.key === "/" && !viewer.open) { search.focus(); return e.preventDefault(); }
  const active = document.activeElement;
  const onButton = active && (active.tagName === "BUTTON" || active === seek);
  if (onButton && (e.key === " " || e.key === "Enter" || active === seek
    && e.key.startsWith("Arrow"))) return;
  const act = (viewer.open ? inViewer : inTree)[e.key];
  if (!act) return;
  if (!viewer.open && current < 0) select(order[0], true);
  if (current < 0) return;
  e.preventDefault();
  act();
});
if (order.length) select(order[0], true);
})();
]==]
