/**
 * The engine version, which names the bits that are drawn: SHA-256 of what a fixed set of small runs gives (test/kernel/fingerprint.stability.test.ts
 * makes it again, with every kernel). It changes only when results change, and then every earlier result is of
 * another version.
 */
export const KERNEL_FINGERPRINT = "ffa81b3a873921bec31608a1395c4212c7811a8eb2ca2b557490f1abe36259a1";
