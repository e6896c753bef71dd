/**
 * Names the bits that the kernel draws: SHA-256 of what a fixed set of small runs gives (test/kernel/fingerprint.stability.test.ts
 * makes it again, with every kernel). It changes only when results change, and then every earlier result is another
 * kernel's.
 */
export const KERNEL_FINGERPRINT = "b7dcbf74db7715f46fd37907102b3ab6b290a47bb0e771d1f38b6eca996a264d";
