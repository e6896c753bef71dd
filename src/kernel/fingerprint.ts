/**
 * The engine version, which names the bits that are drawn: SHA-256 of what a fixed set of small runs gives (test/kernel/fingerprint.stability.test.ts
 * makes it again, with every kernel). It changes only when results change, and then every earlier result is of
 * another version.
 */
export const KERNEL_FINGERPRINT = "44f5552ad087d4cac01ed035853c496e3f231c2df963fd63d2898e0aa667c39c";
