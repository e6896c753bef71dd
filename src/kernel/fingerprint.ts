/**
 * The engine version, which names the bits that are drawn: SHA-256 of what a fixed set of small runs gives (test/kernel/fingerprint.stability.test.ts
 * makes it again, with every kernel). It changes only when results change, and then every earlier result is of
 * another version.
 */
export const KERNEL_FINGERPRINT = "ddd4e1ed00cb6b20e12e684f4aaaec674204e772b07bcaf378d9450159af7ca8";
