/**
 * Names the bits that the kernel draws: SHA-256 of what a fixed set of small runs gives (test/kernel/fingerprint.stability.test.ts
 * makes it again, with every kernel). It changes only when results change, and then every earlier result is another
 * kernel's.
 */
export const KERNEL_FINGERPRINT = "93a989aaab3e129f393e958ffa53fb021f18d93d4c4cf62f69fb975f1bb2c4e8";
