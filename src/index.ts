// The public library.

export { type AuditOptions, audit, type ModelFile } from "./check/audit.ts";
export type { AuditRows } from "./check/audit-rows.ts";
export { type CheckOptions, checkMeasured, type MeasuredCheck } from "./check/check.ts";
export { describeCheck } from "./check/describe.ts";
export type { Diagnosis } from "./check/diagnose.ts";
export type { Measured, MeasuredBatches, MeasuredSummary } from "./check/measured.ts";
export { type Repair, type RepairOptions, repair } from "./check/repair.ts";
export { type ErrorCode, type ErrorParts, VshiftError } from "./errors.ts";
export type { WorkerLost } from "./executor/crew.ts";
export type {
  CheckedCell,
  CheckedDiagnosis,
  CheckedMeasurement,
  CheckedTheory,
  RowKind,
  VarianceFit,
} from "./experiment/check.ts";
export type { DerivedPosition, TheoryRecord } from "./experiment/derive.ts";
export type { Histogram, HistogramOptions, PhaseHistogram } from "./experiment/histogram.ts";
export type { Records } from "./experiment/measure.ts";
export type {
  OutputDistance,
  OutputDistancesOfRecord,
  RealisedScenario,
  RecordPosition,
  RecordSums,
  RecordTheory,
  ShiftRecord,
} from "./experiment/record.ts";
export type { RatioSums } from "./experiment/root-of-ratio.ts";
export type { Sums } from "./experiment/sums.ts";
export type { Verdict } from "./experiment/verdict.ts";
export type { SoFar } from "./experiment/watch.ts";
export { type CheckGridOptions, check } from "./library/check.ts";
export { type NetworkTheoryOptions, networkTheory } from "./library/network-theory.ts";
export { type PlotOptions, plot } from "./library/plot.ts";
export { type RunOptions, type SimulateOptions, simulate, stack, theory } from "./library/simulate.ts";
export { type SolveOptions, solve } from "./library/solve.ts";
export { type SweepOptions, sweep } from "./library/sweep.ts";
export { type HistogramSetting, histogram, watch } from "./library/watch.ts";
export { type WeightArrays, type WeightsOptions, weights } from "./library/weights.ts";
export type { Prediction } from "./model/diagnosis.ts";
export type {
  AuditBaseline,
  AuditedMeasurement,
  AuditedNoise,
  AuditedNorm,
  AuditedRepair,
  AuditRecord,
  AuditsRecord,
  AuditVerdict,
  BeforeAndAfter,
  Measurement as AuditMeasurement,
  StoredFor,
} from "./report/audit-record.ts";
export type { CheckCellRecord, CheckRecord, CheckSummary } from "./report/check-record.ts";
export type { NetworkTheoryRecord, NormName, PositionOfText } from "./report/network-record.ts";
export type { SolutionRecord } from "./report/solution.ts";
export type { LayerRecord, NormRecord, SettingField, WeightsRecord, WeightsSetting } from "./report/weights-record.ts";
export type { ArrayInput, NamedArrays } from "./scenario/array-input.ts";
export { defineScenario } from "./scenario/define.ts";
export type { GridInput } from "./scenario/grid.ts";
export type { ArrayName, Given, Scenario, ScenarioFields, ScenarioInput } from "./scenario/scenario.ts";
export type { Layout } from "./tensor/neuron-sums.ts";
export type { ChannelAxis } from "./tensor/unfold.ts";
export type { WeightSums } from "./theory/alignment.ts";
export type { Spread } from "./theory/alignment-spread.ts";
export type { MistakeKind } from "./theory/mistakes.ts";
export type { NetworkTheory } from "./theory/network/follow.ts";
export type { ShiftTheory } from "./theory/shift.ts";
export type { Unknown } from "./theory/solve/question.ts";
export type { DerivedStep, GivenStep, Step } from "./theory/step.ts";
export type { InputValue, WrongInputKind } from "./theory/wrong-inputs.ts";
