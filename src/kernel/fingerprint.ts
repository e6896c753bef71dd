/**
 * Names the bits that the kernel draws: SHA-256 of what a fixed set of small runs gives (test/kernel/fingerprint.test.ts
 * makes it again, with every kernel). It changes only when results change, and then every earlier result is another
 * kernel's.
 */
export const KERNEL_FINGERPRINT = "0000000000000000000000000000000000000000000000000000000000000000";
