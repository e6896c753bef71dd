import type { FigureOfPage } from "../figures/figure.ts";
import { RANK } from "../figures/figure.ts";
import { asksOf, FIGURES } from "../figures/figures.ts";
import { legendHtml, tableHtml } from "../figures/markup.ts";
import { summaryOf } from "../figures/summary.ts";
import { describe, measure, type Run } from "../questions.ts";
import { type Facts, hashOf, layerOf, networkOf, type State, stateOf, stateOfPreset, withField } from "../state.ts";
import { startCrew } from "./crew.ts";
import { type Desk, openDesk } from "./desk.ts";

// What the page does: hears the controls, has the engine answer what its figures ask, and draws them when an answer comes.

/** Waits for a slider to rest before anything is measured, in milliseconds. */
const REST = 100;
/** Before the address follows. */
const ADDRESS_REST = 200;
/** Before a screen reader receives news. */
const NEWS_REST = 1000;

const first = JSON.parse(text("first")) as State;
const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let state = stateOf(location.hash, first);
let desk: Desk | undefined;
let isDrawing = false;
let resting = 0;
let addressing = 0;
let said = "";

document.documentElement.classList.add("script");
for (const control of controls()) control.addEventListener("input", () => change(control.id, textOf(control)));
byId("presets").addEventListener("click", ({ target }) => {
  const { dataset, title } = target as HTMLElement;
  if (dataset.change === undefined) return;
  put(byId("shows"), title);
  become(stateOfPreset(state, first, JSON.parse(dataset.change)));
  showState();
});
byId("reset").addEventListener("click", () => {
  put(byId("shows"), "");
  become(first);
  showState();
});
addEventListener("hashchange", () => {
  become(stateOf(location.hash, first));
  showState();
});
byId("save").addEventListener("click", () => save(layerOf(state)));
byId("copy").addEventListener("click", () => void copy(byId("command")));
for (const figure of FIGURES) {
  const { run } = figure;
  if (run !== undefined) part(figure, ".save").addEventListener("click", () => save(run(state)));
}
showState();
void start();

async function start(): Promise<void> {
  try {
    const crew = startCrew(await unpacked());
    // Who wants little motion sees what has come to its end.
    desk = openDesk(crew, isCalm, draw);
    become(state);
  } catch (error) {
    refuse(`this browser cannot run the engine: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The code of the engine, which the page holds compressed. */
async function unpacked(): Promise<string> {
  const packed = Uint8Array.from(atob(text("engine")), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** What is set by hand; the id of each is its field. */
function controls(): readonly Input[] {
  return [...document.querySelectorAll<Input>(".fields :is(input, select), textarea")];
}

/** Whether a slider moves by powers of two. */
function isLog(control: Input): boolean {
  return control.dataset.log !== undefined;
}

function textOf(control: Input): string {
  return isLog(control) ? String(Math.round(2 ** Number(control.value))) : control.value;
}

function change(field: string, to: string): void {
  put(byId("shows"), "");
  become(withField(state, field, to, factsOf({ ...state, [field]: to })));
  showState();
}

/** What the page knows of the choices that a state has. */
function factsOf(state: State): Facts {
  const { lowest, still } = chosen("noise", state);
  return {
    ...(lowest === undefined ? {} : { lowestKeep: Number(lowest) }),
    ...(still === undefined ? {} : { isStill: true }),
    mean: chosen("activation", state).mean,
  };
}

function chosen(field: string, state: State): DOMStringMap {
  const { options } = byId(field) as HTMLSelectElement;
  return [...options].find(({ value }) => value === state[field])?.dataset ?? {};
}

function become(next: State): void {
  state = next;
  clearTimeout(addressing);
  addressing = window.setTimeout(() => {
    const hash = hashOf(state, first);
    history.replaceState(null, "", hash === "" ? location.href.replace(/#.*/, "") : `#${hash}`);
  }, ADDRESS_REST);
  const asked = asksOf(state);
  desk?.attend(asked.filter(({ rank }) => rank === RANK.theory));
  clearTimeout(resting);
  resting = window.setTimeout(() => desk?.attend(asked), REST);
  draw();
}

/** The controls as the state has them; one that is right already is left alone. */
function showState(): void {
  for (const control of controls()) {
    const own = state[control.id] ?? "";
    if (textOf(control) !== own) control.value = isLog(control) ? String(Math.log2(Number(own) || 1)) : own;
    if (isLog(control)) control.setAttribute("aria-valuetext", own);
    const value = document.getElementById(`${control.id}-value`);
    if (value !== null) put(value, own === "" ? "–" : own);
  }
  (byId("alignment") as HTMLInputElement).disabled = state.layer !== "linear";
  (byId("keep") as HTMLInputElement).disabled = state.keep === undefined;
}

function draw(): void {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    if (desk !== undefined) drawNow(desk);
  });
}

function drawNow({ known }: Desk): void {
  const own = layerOf(state);
  const { sentence, refusal, facts, news } = summaryOf(state, known);
  // While theory is asked, what was there stays.
  if (sentence !== "") put(byId("sentence"), sentence);
  refuse(refusal);
  if (sentence !== "") for (const [index, [, words]] of facts.entries()) put(byId(`fact-${index}`), words);
  tell(news);
  put(byId("command"), known.answer(describe(own))?.command ?? "");
  showSave(byId("save"), known.answer(measure(own))?.records);
  for (const figure of FIGURES) {
    const { svg, legend, caption, table } = figure.view(state, known);
    putHtml(part(figure, ".plot"), svg);
    putHtml(part(figure, ".legend"), legendHtml(legend));
    put(part(figure, "figcaption"), caption);
    putHtml(part(figure, "table"), tableHtml(table));
    const run = figure.run?.(state);
    if (run === undefined) continue;
    put(part(figure, "code"), known.answer(describe(run))?.command ?? "");
    showSave(part(figure, ".save"), known.answer(measure(run))?.records);
  }
  const isWrong = known.refusal(describe(networkOf(state))) !== undefined;
  byId("network").setAttribute("aria-invalid", String(isWrong));
}

let telling = 0;

/** What a screen reader says, once nothing moves any more. */
function tell(news: string): void {
  if (news === said) return;
  said = news;
  clearTimeout(telling);
  telling = window.setTimeout(() => put(byId("live"), news), NEWS_REST);
}

function showSave(button: HTMLElement, records: string | null | undefined): void {
  (button as HTMLButtonElement).disabled = records === null || records === undefined;
}

function save(run: Run): void {
  const records = desk?.known.answer(measure(run))?.records;
  if (records === null || records === undefined) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([records], { type: "application/x-ndjson" }));
  link.download = "vshift.ndjson";
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Where a page may not write to the clipboard, the words are selected, to be copied by hand. */
async function copy(element: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(element.textContent);
    // Said again where it was said before.
    put(byId("live"), "");
    tell("The command is copied.");
  } catch {
    getSelection()?.selectAllChildren(element);
  }
}

function refuse(line: string): void {
  put(byId("refusal"), line);
}

/** What is there already is left alone: a screen reader need not hear it again. */
function put(element: HTMLElement, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}

const shown = new WeakMap<HTMLElement, string>();

function putHtml(element: HTMLElement, html: string): void {
  if (shown.get(element) === html) return;
  shown.set(element, html);
  element.innerHTML = html;
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new RangeError(`there is no #${id}`);
  return found;
}

function part({ id }: FigureOfPage, selector: string): HTMLElement {
  const found = byId(id).querySelector<HTMLElement>(selector);
  if (found === null) throw new RangeError(`#${id} has no ${selector}`);
  return found;
}

function text(id: string): string {
  return byId(id).textContent;
}
