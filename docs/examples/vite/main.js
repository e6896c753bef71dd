// Measures Δ for the drop rate of the slider, in the page itself.
import { simulate } from "vshift";

const drop = document.querySelector("#drop");
const shift = document.querySelector("#shift");
let running = new AbortController();

async function measure() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const record = await simulate({ drop: drop.valueAsNumber, width: 64 }, { signal }).catch((error) => {
    if (!signal.aborted) throw error;
  });
  if (signal.aborted) return;
  const { measured, theory } = record;
  shift.value = `drop ${drop.value}: Δ = ${measured.shift.toFixed(4)}, in theory ${theory.shift.toFixed(4)}`;
  document.querySelector("#record").textContent = JSON.stringify(record);
}

drop.addEventListener("input", measure);
measure();
