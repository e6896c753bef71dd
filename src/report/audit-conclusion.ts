import type { Verdict } from "../experiment/verdict.ts";
import { excerpt } from "../tensor/file-error.ts";
import { type AuditedRepair, type AuditRecord, type AuditsRecord, type AuditVerdict, deltaOf } from "./audit-record.ts";
import type { Words } from "./document.ts";
import { frameworkWords } from "./framework-words.ts";
import { counted, grouped, percent, readable } from "./numbers.ts";
import { MARK, toned } from "./verdict-words.ts";

/** What an audit found, or what came of a repair. */
export function auditSummary(record: AuditsRecord): Words {
  const verdict = toneOf(record);
  const text = record.repair === null ? conclusionOf(record) : repairInWords(record, record.repair);
  return { conclusion: toned(verdict, `${MARK[verdict]} ${text}`), blocks: [] };
}

/** As readers see them. */
export const WORDS: { readonly [Kind in AuditVerdict]: string } = {
  clean: "clean",
  shifted: "shifted",
  "needs-data": "needs data",
};

export const TONE: { readonly [Kind in AuditVerdict]: Verdict } = {
  clean: "agrees",
  shifted: "disagrees",
  "needs-data": "inconclusive",
};

function toneOf({ verdict, repair }: AuditsRecord): Verdict {
  if (repair === null) return TONE[verdict];
  if (repair.isBetter === null) return "inconclusive";
  return repair.isBetter ? "agrees" : "disagrees";
}

/** Why neither the file nor the inputs tell. */
export function reasonsOf({ verdict, predicted: { method, reason }, measured }: AuditRecord): readonly string[] {
  if (verdict !== "needs-data") return [];
  if (measured?.storedFor === "unclear") return [UNCLEAR];
  if (measured?.interval != null) return ["its interval reaches across the tolerance: measure more --inputs"];
  if (method !== "bound") return [reason ?? "no prediction"];
  return ["the interval holds for any data, and both verdicts are in it"];
}

const UNCLEAR =
  "repaired already, or measured by inputs unlike those of training: the running variance is closer to the variance without noise";

/** Whether the new statistics are taken. */
export function isTaken({ isBetter, isForced }: AuditedRepair): boolean {
  return isBetter !== false || isForced;
}

function repairInWords({ norms, measurement }: AuditsRecord, repair: AuditedRepair): string {
  const count = norms.filter(({ repaired }) => repaired !== null).length;
  const inputs = counted(measurement?.inputs ?? 0, "input");
  const left = norms.filter((norm) => norm.verdict === "shifted" && norm.repaired === null).length;
  const but = left === 0 ? "" : `, but not ${counted(left, "shifted batch norm")} with shared running statistics`;
  const done = `Repaired ${counted(count, "batch norm")} by ${inputs}${but}`;
  const to = repair.file === null ? "" : ` Written to ${excerpt(repair.file)}.`;
  if (repair.check === "none") return `${done}, not checked: ${repair.reason ?? ""}.${to}`;
  const why = effectOf(repair);
  if (repair.isBetter) return `${done}: ${why}.${to}`;
  const forced = repair.isForced ? `${done}, although ` : "Not repaired: ";
  return `${forced}${repair.isForced ? lowered(why) : why}.${to}`;
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function effectOf({ check, inputs, loss, error, score, isBetter, isForced }: AuditedRepair): string {
  const others = counted(inputs, "other input");
  const would = isBetter || isForced ? "" : "would ";
  const verb = (rises: boolean) => `${would}${rises ? "rise" : "fall"}${would === "" ? "s" : ""}`;
  if (check === "labels" && loss !== null) {
    const rises = loss.repaired > loss.stored;
    const errors = error === null ? "" : `, error ${percent(error.stored, 3)} → ${percent(error.repaired, 3)}`;
    return `the loss of ${others} ${verb(rises)} from ${readable(loss.stored, 3)} to ${readable(loss.repaired, 3)}${errors}`;
  }
  const scores = `shape score ${readable(score?.stored ?? 0, 2)} → ${readable(score?.repaired ?? 0, 2)} on ${others}`;
  return isBetter
    ? `its answers come closer to those that the model was trained for, ${scores}`
    : `only the confidence of the answers ${would === "" ? "changes" : "would change"}, ${scores}`;
}

function conclusionOf(record: AuditsRecord): string {
  const { norms, tolerance, verdict } = record;
  if (record.baseline !== null) return comparedInWords(record);
  const total = norms.length;
  const undecided = norms.filter((one) => one.verdict === "needs-data").length;
  const behind = norms.filter(({ control }) => !control).length;
  switch (verdict) {
    case "shifted": {
      const shifted = norms.filter((one) => one.verdict === "shifted");
      const what = `${partOf(shifted.length, total)} ${shifted.length === 1 ? "receives" : "receive"} ${changeOf(shifted)} variance at test time than during training`;
      const also =
        undecided === 0 ? "" : `, and ${undecided} more ${undecided === 1 ? "needs" : "need"} data for a verdict`;
      return `${what}${also}. ${worstIn(shifted)}`;
    }
    case "needs-data": {
      const what = norms.some(({ measured }) => measured !== null) ? "more data" : "data";
      return total === 1
        ? `The batch norm needs ${what} for a verdict.`
        : `No batch norm is certain to be shifted, but ${grouped(undecided)} of ${grouped(total)} ${undecided === 1 ? "needs" : "need"} ${what} for a verdict.`;
    }
    case "clean": {
      if (behind === 0) {
        const { missing } = frameworkWords(record);
        const unseen = missing === null ? "" : `, but ${missing}`;
        return `No noise in this file reaches ${total === 1 ? "the batch norm" : "a batch norm"}${unseen}.`;
      }
      const those = behind === 1 ? "1 batch norm is" : `${grouped(behind)} batch norms are`;
      const all = behind === 1 ? "its variance" : "their variances";
      if (norms.some(wasRepaired)) {
        return `${those} behind noise, and the running statistics are those without noise, as after a repair.`;
      }
      return `${those} behind noise, and at test time ${all} ${behind === 1 ? "stays" : "stay"} within ${percent(tolerance)} of training.`;
    }
  }
}

function comparedInWords({ norms, tolerance, verdict }: AuditsRecord): string {
  const total = norms.length;
  const others = norms.filter((one) => one.verdict !== "clean");
  const part = partOf(others.length, total);
  switch (verdict) {
    case "clean":
      return `${total === 1 ? "The batch norm has" : `All ${grouped(total)} batch norms have`} the Δ of the baseline within ${percent(tolerance)}.`;
    case "needs-data":
      return `${part} ${others.length === 1 ? "has" : "have"} no Δ, now or in the baseline, to compare.`;
    case "shifted": {
      const changed = others.filter((one) => one.verdict === "shifted");
      const [worst] = changed.toSorted((a, b) => changeSince(b) - changeSince(a));
      const what = `${partOf(changed.length, total)} ${changed.length === 1 ? "has" : "have"} another Δ than in the baseline`;
      if (worst?.baseline == null) return `${what}.`;
      return `${what}. Norm ${excerpt(worst.norm)} has ${deltaInWords(worst)} instead of ${readable(worst.baseline, 3)}.`;
    }
  }
}

function changeSince(record: AuditRecord): number {
  return Math.abs(Math.log((deltaOf(record) ?? 1) / (record.baseline ?? 1)));
}

/** Whether Δ is far from 1, and the running variance is that without noise all the same. */
function wasRepaired({ verdict, measured }: AuditRecord): boolean {
  const [low = 1, high = 1] = measured?.interval ?? [];
  return verdict === "clean" && measured?.storedFor === "test" && (low > 1 || high < 1);
}

/** "2 of 4 batch norms", or "1 batch norm" where there is only one. */
function partOf(count: number, total: number): string {
  return total === 1 ? "1 batch norm" : `${grouped(count)} of ${grouped(total)} batch norms`;
}

/** "less", where all of them receive less. */
function changeOf(shifted: readonly AuditRecord[]): string {
  const ratios = shifted.map(leastShift);
  if (ratios.every((ratio) => ratio < 1)) return "less";
  return ratios.every((ratio) => ratio > 1) ? "more" : "other";
}

/** The ratio, or the end of the interval that is closest to 1. */
function leastShift(record: AuditRecord): number {
  return deltaOf(record) ?? record.predicted.high ?? 1;
}

function worstIn(shifted: readonly AuditRecord[]): string {
  const distance = (one: AuditRecord) => Math.abs(Math.log(leastShift(one)));
  const [worst] = shifted.toSorted((a, b) => distance(b) - distance(a));
  if (worst === undefined) return "";
  const delta = deltaInWords(worst);
  const norm = excerpt(worst.norm);
  return shifted.length === 1
    ? `Δ = Var_test / Var_train is ${delta} at norm ${norm}.`
    : `The largest shift is at norm ${norm}, where Δ = Var_test / Var_train is ${delta}.`;
}

function deltaInWords(record: AuditRecord): string {
  const delta = deltaOf(record);
  if (delta === null) return `at most ${readable(record.predicted.high ?? 1, 3)}`;
  const isApproximate = record.measured === null && record.predicted.method === "transport";
  return isApproximate ? `about ${readable(delta, 2)}` : readable(delta, 3);
}
