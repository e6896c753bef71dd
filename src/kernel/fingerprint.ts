/**
 * Names the bits that the kernel draws: SHA-256 of what a fixed set of small runs gives (test/kernel/fingerprint.stability.test.ts
 * makes it again, with every kernel). It changes only when results change, and then every earlier result is another
 * kernel's.
 */
export const KERNEL_FINGERPRINT = "4d5d9b03aac54aeef0e89978d8b74d269a5e60ebc6d2ccafad06a50fca2bd846";
