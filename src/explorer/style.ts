/** The look of the explorer: light and dark, narrow and wide, on paper. Words have a contrast of 4.5 or more, marks of 3 (WCAG 2.2). */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1f; --page: #fff; --raised: #f6f6f8; --faint: #5d5d66; --line: #c9c9d1; --grid: #e3e3e8; --bad: #b3261e; --c1: #0072b2; --c2: #c44e00; --c3: #00805e; --c4: #9c4480; --c5: #6b6b00; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e3e9; --page: #17171b; --raised: #202026; --faint: #a9a8b3; --line: #45454f; --grid: #2c2c33; --bad: #ff9d94; --c1: #56b4e9; --c2: #ffa14d; --c3: #3fcf9f; --c4: #e6a0c8; --c5: #cfcf5c; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--page); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
main, footer { max-width: 84rem; margin: auto; padding: 0 1rem; }
main { padding-top: 1.5rem; }
header p, footer p { max-width: 46rem; }
footer { color: var(--faint); font-size: .9rem; padding-bottom: 2rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.05rem; line-height: 1.35; margin: 0 0 .5rem; }
#sentence { font-size: 1.3rem; }
main { display: grid; gap: 1.5rem; grid-template-columns: minmax(0, 1fr); }
.controls { display: grid; gap: .75rem; align-content: start; }
#shows, #shows + p { margin: 0; }
#shows:empty { display: none; }
#presets { display: flex; flex-wrap: wrap; gap: .4rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr)); gap: .75rem 1.25rem; padding: .9rem 1rem; background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; }
.fields label { font-weight: 600; font-size: .9rem; overflow-wrap: anywhere; }
.fields .value { float: right; font-variant-numeric: tabular-nums; font-size: .9rem; }
.fields input, .fields select { display: block; width: 100%; margin: .2rem 0; accent-color: var(--c1); }
.fields input { height: 1.5rem; }
small { display: block; color: var(--faint); font-size: .78rem; line-height: 1.3; }
#refusal { color: var(--bad); margin: 0; font-weight: 600; }
#refusal:empty { display: none; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr)); gap: .5rem; margin: 0 0 .75rem; }
dl div { border: 1px solid var(--line); border-radius: .5rem; padding: .45rem .75rem; }
dt { color: var(--faint); font-size: .82rem; }
dd { margin: 0; overflow-wrap: anywhere; font-size: 1.1rem; font-variant-numeric: tabular-nums; min-height: 1.6em; }
.command { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .5rem 0 0; }
.command code { flex: 1 1 14rem; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .4rem; overflow-wrap: anywhere; }
code, textarea { font: .85rem/1.5 ui-monospace, monospace; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem; align-items: start; }
figure { margin: 0; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
figcaption { color: var(--text); font-size: .92rem; margin-top: .4rem; }
.plot svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--faint); }
svg .name, svg .note { fill: var(--text); }
.grid { stroke: var(--grid); fill: none; }
.tick { stroke: var(--line); fill: none; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.whisker { fill: none; stroke-width: 1.6; }
.dot { stroke: var(--page); stroke-width: 1; }
.area { fill-opacity: .38; stroke-width: 1; }
.c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); } .ink { stroke: var(--text); }
.line.c3 { stroke-dasharray: 7 3; } .line.c4 { stroke-dasharray: 2 3; } .line.c5 { stroke-dasharray: 9 3 2 3; }
.area.c1, .dot.c1 { fill: var(--c1); } .area.c2, .dot.c2 { fill: var(--c2); } .dot.c3 { fill: var(--c3); } .dot.c4 { fill: var(--c4); } .dot.c5 { fill: var(--c5); } .dot.ink { fill: var(--text); }
.dot { stroke: var(--page); }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none; margin: .2rem 0 0; padding: 0; font-size: .85rem; }
.legend svg { width: 24px; height: 12px; margin-right: .4rem; }
textarea { display: block; width: 100%; margin-top: .2rem; resize: vertical; }
button, select, textarea { font-size: .9rem; color: inherit; background: var(--page); border: 1px solid var(--faint); border-radius: .3rem; padding: .25rem .6rem; }
button { font-family: inherit; cursor: pointer; }
button:disabled { opacity: .55; cursor: default; }
.wide { overflow: auto; max-height: 22rem; }
table { border-collapse: collapse; font-size: .82rem; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: bottom; }
th[scope="row"], .left { text-align: left; font-weight: 400; }
details { margin-top: .4rem; font-size: .9rem; }
@media (max-width: 40rem) {
  .fields { grid-template-columns: repeat(auto-fill, minmax(min(100%, 7.5rem), 1fr)); gap: .5rem 1rem; padding: .7rem .8rem; }
  .fields small { display: none; }
  .plot text { font-size: 15px; }
  dl { grid-template-columns: repeat(auto-fill, minmax(min(100%, 7.5rem), 1fr)); }
  dl div { padding: .3rem .6rem; }
  dd { font-size: 1rem; min-height: 0; }
}
@media (min-width: 64rem) {
  .script main { grid-template-columns: 17rem minmax(0, 1fr); align-items: start; }
  .script header, .script .figures { grid-column: 1 / -1; }
  .script section { grid-column: 2; }
  .script #controls { grid-column: 1; grid-row: 2 / span 2; position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow: auto; }
  .script .figures { grid-column: 2; }
  .script .fields { gap: .45rem; }
  .script .fields small { display: none; }
  #by-position { grid-column: 1 / -1; display: grid; grid-template-columns: 1fr 1fr; grid-template-rows: repeat(4, auto) 1fr; gap: 0 1.5rem; }
  #by-position h2 { grid-column: 1 / -1; }
  #by-position .plot { grid-column: 2; grid-row: 2 / span 4; }
  #by-position .legend { grid-column: 2; grid-row: 6; }
}
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; margin: 0; }
:focus-visible { outline: 2px solid var(--c2); outline-offset: 2px; }
html:not(.script) .scripted { display: none; }
@media print {
  :root { --text: #000; --page: #fff; --raised: #fff; --faint: #444; --line: #999; --grid: #ddd; --c1: #0072b2; --c2: #c44e00; --c3: #00805e; --c4: #9c4480; --c5: #6b6b00; }
  .scripted { display: none; }
  .figures { grid-template-columns: 1fr 1fr; }
  figure { break-inside: avoid; }
}
`;
