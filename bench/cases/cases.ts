import type { Case } from "../harness/case.ts";
import { AUDIT } from "./audit.ts";
import { NETWORK } from "./network.ts";
import { RECORDS } from "./records.ts";
import { SIMULATE } from "./simulate.ts";
import { STACK } from "./stack.ts";
import { START } from "./start.ts";
import { SWEEP } from "./sweep.ts";

/** All races, in the order of the report. */
export const CASES: readonly Case[] = [...SIMULATE, START, RECORDS, SWEEP, STACK, NETWORK, AUDIT];
