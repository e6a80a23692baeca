--- The gallery's style sheet.

return [==[
:root {
  color-scheme: light dark;
  --bg: #f6f5f3; --panel: #ffffff; --ink: #1b1a18; --soft: #6a675f; --line: #dcd9d2;
  --screen: #16161a; --accent: #b4531a; --good: #2e7d4f; --bad: #b3261e; --wait: #8a6d1a;
  --shadow: 0 1px 2px rgb(0 0 0 / .06), 0 8px 24px rgb(0 0 0 / .06);
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
    --bg: #0f0f11; --panel: #1a1a1e; --ink: #eceae6; --soft: #9b978e; --line: #313137;
    --accent: #ff9b5e; --good: #6ccf93; --bad: #ff8a80; --wait: #e3c05f;
    --shadow: 0 1px 2px rgb(0 0 0 / .4), 0 8px 24px rgb(0 0 0 / .35);
  }
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] {
  color-scheme: dark;
  --bg: #0f0f11; --panel: #1a1a1e; --ink: #eceae6; --soft: #9b978e; --line: #313137;
  --accent: #ff9b5e; --good: #6ccf93; --bad: #ff8a80; --wait: #e3c05f;
  --shadow: 0 1px 2px rgb(0 0 0 / .4), 0 8px 24px rgb(0 0 0 / .35);
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--bg); color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
    "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
button, input { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
kbd {
  font: 12px/1 ui-monospace, "DejaVu Sans Mono", monospace; padding: 2px 5px;
  border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 5px;
}

.bar {
  position: sticky; top: 0; left: 0; z-index: 2; display: flex; flex-wrap: wrap;
  gap: 8px 20px;
  align-items: center; padding: 14px 28px; background: var(--bg);
  border-bottom: 1px solid var(--line);
}
.bar h1 {
  font-size: 20px; letter-spacing: -.01em; max-width: 40ch; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap;
}
.sums { display: flex; flex-wrap: wrap; gap: 4px 16px; color: var(--soft); flex: 1; }
.sums b { color: var(--ink); font-weight: 600; }
.tools { display: flex; gap: 8px; align-items: center; }
.tools input {
  width: 200px; padding: 6px 12px; border: 1px solid var(--line); border-radius: 999px;
  background: var(--panel);
}
.tools button, .viewer button {
  border: 1px solid var(--line); background: var(--panel); border-radius: 999px;
  padding: 6px 12px; cursor: pointer; min-height: 34px;
}
.tools button:hover, .viewer button:hover:not(:disabled) { border-color: var(--accent); }
button[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); }
button:disabled { opacity: .4; cursor: default; }

main { padding: 28px; width: max-content; min-width: 100%; }
main > section + section { margin-top: 36px; }
main h2 {
  font-size: 12px; letter-spacing: .08em; text-transform: uppercase; color: var(--soft);
  margin-bottom: 14px; font-weight: 600;
}
.empty { color: var(--soft); }

/* The tree: a run of clips in a row, what branches off it below one another. */
.branch { display: flex; align-items: flex-start; }
.branch + .branch { margin-top: 22px; }
.roots > .branch + .branch { margin-top: 36px; }
.run { display: flex; gap: 32px; }
.run > li { position: relative; }
.run > li + li::before {
  content: ""; position: absolute; left: -32px; top: 68px; width: 32px;
  border-top: 2px solid var(--line);
}
.kids { position: relative; margin-left: 32px; padding-left: 32px; }
.kids::before {
  content: ""; position: absolute; left: -32px; top: 68px; width: 32px;
  border-top: 2px solid var(--line);
}
.kids > .branch { position: relative; }
.kids > .branch::before {
  content: ""; position: absolute; left: -32px; top: 68px; width: 32px;
  border-top: 2px solid var(--line);
}
.kids > .branch::after {
  content: ""; position: absolute; left: -32px; top: -22px; bottom: 0;
  border-left: 2px solid var(--line);
}
.kids > .branch:first-child::after { top: 68px; }
.kids > .branch:last-child::after { bottom: auto; height: 91px; }
.kids > .branch:only-child::after { display: none; }
.fan {
  display: grid; grid-template-columns: repeat(auto-fill, 240px); gap: 22px;
  width: max(534px, min(1590px, calc(100vw - 400px)));
  margin-left: 32px; padding-left: 30px;
  border-left: 2px solid var(--line); position: relative;
}
.fan::before {
  content: ""; position: absolute; left: -34px; top: 68px; width: 32px;
  border-top: 2px solid var(--line);
}
.loose { display: grid; grid-template-columns: repeat(auto-fill, 240px); gap: 22px;
  width: calc(100vw - 72px); }

.card {
  width: 240px; background: var(--panel); border-radius: 12px; box-shadow: var(--shadow);
  overflow: hidden; cursor: default; content-visibility: auto;
  contain-intrinsic-size: 240px 254px;
}
.card:empty { height: 254px; }
.card:focus-visible { outline-width: 3px; }
.card.dim { opacity: .22; }
.screen {
  position: relative; aspect-ratio: 16 / 9; background: var(--screen); display: block;
  width: 100%; border: 0; padding: 0; cursor: pointer; overflow: hidden;
}
.screen img, .screen video {
  position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain;
}
.screen img.sheet { object-fit: cover; }
.screen .blank {
  position: absolute; inset: 0; display: grid; place-items: center; color: #8b8b93;
  font-size: 13px; padding: 12px;
}
.face {
  width: 72px; height: 72px; border-radius: 50%; display: grid; place-items: center;
  font-size: 30px; color: #fff; background: #5b4a8a;
}
.pill {
  position: absolute; left: 8px; top: 8px; font-size: 11px; line-height: 1;
  padding: 5px 8px; border-radius: 999px; background: rgb(0 0 0 / .66); color: #fff;
}
.pill.failed { background: #b3261e; } .pill.unknown { background: #8a6d1a; }
.span {
  position: absolute; right: 8px; bottom: 8px; font-size: 11px; line-height: 1;
  padding: 4px 6px; border-radius: 5px; background: rgb(0 0 0 / .66); color: #fff;
}
.go {
  position: absolute; inset: 0; margin: auto; width: 44px; height: 44px; opacity: 0;
  border-radius: 50%; background: rgb(0 0 0 / .6); transition: opacity .12s;
}
.go::after {
  content: ""; position: absolute; left: 17px; top: 13px; border: 9px solid transparent;
  border-left: 15px solid #fff; border-right: 0;
}
.screen:hover .go, .card:focus-visible .go { opacity: 1; }
.playing .go, .playing .pill, .playing .span { display: none; }
.words { display: block; padding: 10px 12px 12px; }
.words h3 {
  font-size: 14px; line-height: 1.35; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap;
}
.words .prompt {
  font-size: 13px; line-height: 1.4; color: var(--soft); min-height: 2.8em;
  display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical;
  overflow: hidden;
  overflow-wrap: anywhere;
}
.facts {
  display: flex; justify-content: space-between; gap: 8px; margin-top: 8px;
  font-size: 12px;
  color: var(--soft);
}
.facts button {
  border: 0; background: none; padding: 0; color: var(--accent); cursor: pointer;
}
.facts button:hover { text-decoration: underline; }
.card.done .dot { color: var(--good); } .card.failed .dot { color: var(--bad); }
.card.unknown .dot, .card.running .dot { color: var(--wait); }

.viewer {
  width: min(1400px, calc(100vw - 32px)); max-width: none; max-height: calc(100vh - 32px);
  padding: 0; border: 0; border-radius: 16px; background: var(--panel); color: var(--ink);
  box-shadow: 0 24px 80px rgb(0 0 0 / .45);
}
.viewer::backdrop { background: rgb(10 10 12 / .72); }
.viewer header {
  display: flex; gap: 10px; align-items: center; padding: 12px 16px;
  border-bottom: 1px solid var(--line);
}
.viewer header h2 {
  flex: 1; min-width: 0; font-size: 16px; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap;
}
#title:focus { outline: none; }
.trail { display: flex; flex-wrap: wrap; gap: 4px; padding: 10px 16px 0; font-size: 13px;
  align-items: center; color: var(--soft); }
.trail button { padding: 2px 10px; min-height: 28px; max-width: 26ch; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.trail .here { color: var(--ink); font-weight: 600; padding: 0 6px; }
.stage { display: grid; gap: 12px; padding: 12px 16px; }
.stage.two { grid-template-columns: 1fr 1fr; }
.stage figure { min-width: 0; }
.stage video, .stage .still {
  display: block; width: 100%; height: min(54vh, 620px); background: var(--screen);
  border-radius: 10px; object-fit: contain;
}
.stage.two video, .stage.two .still { height: min(46vh, 460px); }
.stage .still { height: 160px; display: grid; place-items: center; color: #8b8b93; }
.stage figcaption { font-size: 13px; color: var(--soft); margin-top: 6px; }
.stage figcaption b { color: var(--ink); }
.stage figcaption p { overflow-wrap: anywhere; white-space: pre-wrap; max-height: 6.2em;
  overflow: auto; }
.deck { display: flex; gap: 10px; align-items: center; padding: 0 16px 12px; }
.deck input { flex: 1; accent-color: var(--accent); }
.deck output { font-size: 13px; color: var(--soft); min-width: 11ch; text-align: right; }
.about {
  display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 16px 32px;
  padding: 4px 16px 20px; }
.about h3 { font-size: 12px; letter-spacing: .08em; text-transform: uppercase;
  color: var(--soft); margin: 12px 0 6px; }
.about .full { white-space: pre-wrap; overflow-wrap: anywhere; }
.about .error { color: var(--bad); white-space: pre-wrap; overflow-wrap: anywhere; }
.about dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px;
  font-size: 13px; }
.about dt { color: var(--soft); } .about dd { overflow-wrap: anywhere; }
.about img { width: 100%; border-radius: 8px; display: block; }
.keys { padding: 16px 20px; display: grid; grid-template-columns: max-content 1fr;
  gap: 8px 18px; }
.help { width: min(460px, calc(100vw - 32px)); }
@media (max-width: 760px) {
  main { padding: 16px; width: auto; } .bar { padding: 12px 16px; }
  .branch { flex-direction: column; } .run { flex-wrap: wrap; }
  .kids, .fan { margin: 16px 0 0 12px; padding-left: 20px; width: auto; }
  .run > li::before, .kids::before, .kids > .branch::before, .kids > .branch::after,
  .fan::before { display: none; }
  .kids { border-left: 2px solid var(--line); }
  .stage.two, .about { grid-template-columns: 1fr; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
]==]
