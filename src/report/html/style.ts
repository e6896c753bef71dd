/** The look of a page: light and dark, narrow and wide, on paper. Colours have a contrast of 4.5 or more (WCAG 2.2, 1.4.3). */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1f; --page: #fff; --faint: #5d5d66; --line: #c9c9d1; --good: #00694a; --bad: #b3261e; --doubtful: #7a4d00; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e3e9; --page: #17171b; --faint: #a9a8b3; --line: #45454f; --good: #5fd6a2; --bad: #ff9d94; --doubtful: #f2bd62; }
}
body { margin: 0; color: var(--text); background: var(--page); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.title { color: var(--faint); margin-top: 0; }
.strong { font-weight: 600; }
.faint { color: var(--faint); }
.good { color: var(--good); }
.bad { color: var(--bad); }
.doubtful { color: var(--doubtful); }
code, pre { font: .9em/1.5 ui-monospace, monospace; }
pre { overflow: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
figure { margin: 1.5rem 0; }
figure img, figure svg { max-width: 100%; height: auto; background: #fff; border-radius: .4rem; }
figcaption { color: var(--faint); font-size: .9rem; }
.bars rect { fill: #0072b2; }
.bars line { stroke: #1b1b1f; }
.bars text { fill: #1b1b1f; font: 12px system-ui, sans-serif; text-anchor: middle; }
.wide { overflow: auto; max-height: 34rem; border: 1px solid var(--line); border-radius: .4rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
.wide table { width: 100%; }
th, td { padding: .25rem .75rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th, thead td { position: sticky; top: 0; background: var(--page); }
.wide th, .wide td:not(.left) { white-space: nowrap; }
.left, .facts th, .facts td { text-align: left; }
.facts th { color: var(--faint); font-weight: 400; white-space: nowrap; min-width: 6rem; }
tr[hidden] { display: none; }
button, input { font: inherit; color: inherit; background: transparent; border: 1px solid var(--faint); border-radius: .3rem; padding: .25rem .6rem; }
button { cursor: pointer; }
th button { all: unset; font-weight: 600; }
.script th button { cursor: pointer; }
.script th button::after { content: " \\2195"; color: var(--faint); }
.script [aria-sort="ascending"] button::after { content: " \\2191"; }
.script [aria-sort="descending"] button::after { content: " \\2193"; }
:focus-visible, th button:focus-visible { outline: 2px solid; outline-offset: 2px; }
html:not(.script) .scripted { display: none; }
@media print {
  :root { --text: #000; --page: #fff; --faint: #444; --line: #999; --good: #00694a; --bad: #b3261e; --doubtful: #7a4d00; }
  .scripted { display: none; }
  .wide { max-height: none; overflow: visible; border: 0; }
  thead th, thead td { position: static; }
  .script th button::after { content: ""; }
  tr, figure { break-inside: avoid; }
}
`;
