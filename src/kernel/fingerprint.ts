/**
 * Names the bits that the kernel draws: SHA-256 of what a fixed set of small runs gives (test/kernel/fingerprint.stability.test.ts
 * makes it again, with every kernel). It changes only when results change, and then every earlier result is another
 * kernel's.
 */
export const KERNEL_FINGERPRINT = "a747693ab8b98459ac2d19813f58fadcb319d158c745fdca0171312d3e0e6c00";
