import { contentHash } from "../report/html/policy.ts";
import { attribute, withoutMarkup } from "../report/markup.ts";
import { CONTROLS, type Control } from "./controls.ts";
import { answer } from "./engine.ts";
import type { Asked, FigureOfPage, Known } from "./figures/figure.ts";
import { asksOf, FIGURES } from "./figures/figures.ts";
import { legendHtml } from "./figures/markup.ts";
import { summaryOf } from "./figures/summary.ts";
import { ENGINE, SCRIPT } from "./page-source.ts";
import { PRESETS, type Preset } from "./presets.ts";
import { type Answers, describe, type Question } from "./questions.ts";
import { layerOf, type State } from "./state.ts";
import { STYLE } from "./style.ts";

/**
 * The explorer as one page of HTML that needs nothing else: the paper's statements as figures, the closed form drawn in, and an engine
 * that measures what the controls say as soon as the page is opened.
 *
 * Its content security policy allows its own script and style by their hashes, workers of its own making, and WebAssembly; nothing
 * from anywhere. What theory says of the first state can be read without scripts, and printed. Throws a `VshiftError` for a state
 * that the library refuses.
 */
export async function explorerPage(state: State, version: string): Promise<string> {
  const known = await knownOf(asksOf(state));
  const summary = summaryOf(state, known);
  const command = known.answer(describe(layerOf(state)))?.command ?? "";
  const policy = [
    "default-src 'none'",
    `script-src '${contentHash(SCRIPT)}' 'wasm-unsafe-eval'`,
    `style-src '${contentHash(STYLE)}'`,
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const figures = FIGURES.map((figure, index) => figureHtml(figure, index + 1, state, known));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${attribute(LEAD)}">
<title>${TITLE}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${TITLE}</h1>
<p>${LEAD}</p>
</header>
<section aria-labelledby="sentence">
<h2 id="sentence">${withoutMarkup(summary.sentence)}</h2>
<p id="refusal" role="alert"></p>
<dl>${summary.facts.map(([name, value], index) => `<div><dt>${withoutMarkup(name)}</dt><dd id="fact-${index}">${withoutMarkup(value)}</dd></div>`).join("")}</dl>
<p id="live" role="status" class="heard"></p>
<p class="command"><code id="command">${withoutMarkup(command)}</code>
<span class="scripted"><button type="button" id="copy">Copy</button> <button type="button" id="save" disabled>Save record</button></span></p>
</section>
<form id="controls" class="controls scripted" aria-label="Setting">
<div id="presets" role="group" aria-label="Statements to look at">${PRESETS.map(presetHtml).join("")} <button type="button" id="reset">Reset</button></div>
<p id="shows"></p>
<div class="fields">${CONTROLS.map((control) => controlHtml(control, state)).join("")}</div>
</form>
<div class="figures">
${figures.join("\n")}
</div>
<noscript><p>The lines are the closed form. With scripts, this page also measures, and follows its controls.</p></noscript>
</main>
<footer>
<p>vshift ${withoutMarkup(version)}. The numbers are those of the command line, bit by bit. After Li, Chen, Hu and Yang, <cite>Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift</cite>, CVPR 2019.</p>
</footer>
<script type="application/json" id="first">${withoutMarkupInScript(JSON.stringify(state))}</script>
<script type="application/octet-stream" id="engine">${ENGINE}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

const TITLE = "Why Dropout and Batch Normalization disagree";
const LEAD =
  "Dropout makes activations noisy during training, and is off at test time. Batch Normalization estimates the variance of the noisy ones, and at test time it divides activations without noise by it. The ratio Δ = Var_test / Var_train says how far off that is; 1 is right.";

/** What theory answers, which takes a moment; measurements are the page's. */
async function knownOf(asked: readonly Asked[]): Promise<Known> {
  const answers = new Map<string, Answers[Question["kind"]]>();
  for (const { question } of asked) {
    if (question.kind !== "describe" && question.kind !== "theory") continue;
    await answer(question, (answer) => answers.set(JSON.stringify(question), answer), new AbortController().signal);
  }
  return {
    answer: <Of extends Question>(question: Of) =>
      answers.get(JSON.stringify(question)) as Answers[Of["kind"]] | undefined,
    refusal: () => undefined,
  };
}

function presetHtml({ name, shows, change }: Preset): string {
  return `<button type="button" data-change="${attribute(JSON.stringify(change))}" title="${attribute(shows)}">${withoutMarkup(name)}</button>`;
}

function controlHtml(control: Control, state: State): string {
  const { field, label, about } = control;
  const value = state[field] ?? "";
  const note = `<small id="${field}-about">${withoutMarkup(about)}</small>`;
  const described = `id="${field}" aria-describedby="${field}-about"`;
  if (control.kind === "choice") {
    const options = control.choices.map(({ value: choice, label, lowestKeep, mean, isStill }) => {
      const lowest = lowestKeep === undefined ? "" : ` data-lowest="${lowestKeep}"`;
      const start = mean === undefined ? "" : ` data-mean="${mean}"`;
      const still = isStill === true ? " data-still" : "";
      return `<option value="${choice}"${lowest}${start}${still}${choice === value ? " selected" : ""}>${withoutMarkup(label)}</option>`;
    });
    return `<div title="${attribute(about)}"><label for="${field}">${label}</label><select ${described}>${options.join("")}</select>${note}</div>`;
  }
  const { from, to, step, isLog = false } = control;
  // No output element: a screen reader hears the slider itself.
  const output = `<span id="${field}-value" class="value">${withoutMarkup(value)}</span>`;
  return `<div title="${attribute(about)}"><label for="${field}">${label}</label>${output}<input type="range" ${described}${isLog ? " data-log" : ""} min="${from}" max="${to}" step="${step}">${note}</div>`;
}

function figureHtml(figure: FigureOfPage, number: number, state: State, known: Known): string {
  const { id, title } = figure;
  const { svg, legend, caption } = figure.view(state, known);
  const run = figure.run?.(state);
  const command = run === undefined ? undefined : (known.answer(describe(run))?.command ?? "");
  return `<figure id="${id}">
<h2>${number}. ${withoutMarkup(title)}</h2>
${id === NETWORK ? networkHtml(state) : ""}<div class="plot">${svg}</div>
<ul class="legend">${legendHtml(legend)}</ul>
<figcaption id="${id}-caption">${withoutMarkup(caption)}</figcaption>
<details class="scripted"><summary>Numbers</summary><div class="wide" role="region" aria-label="Numbers of figure ${number}" tabindex="0"><table></table></div></details>
${command === undefined ? "" : `<p class="command"><code>${withoutMarkup(command)}</code> <span class="scripted"><button type="button" class="save" disabled>Save records</button></span></p>`}
</figure>`;
}

/** The figure whose network is typed. */
const NETWORK = "by-position";

function networkHtml({ network = "" }: State): string {
  return `<p class="scripted"><label for="network">network, layer by layer</label><textarea id="network" aria-describedby="by-position-caption" rows="3" spellcheck="false" autocapitalize="off">${withoutMarkup(network)}</textarea></p>`;
}

/** JSON inside a script element, which nothing in it may end. */
function withoutMarkupInScript(json: string): string {
  return json.replaceAll("<", "\\u003c");
}
