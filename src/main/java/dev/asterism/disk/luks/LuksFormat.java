package dev.asterism.disk.luks;

/**
 * What may differ between state disks; all else is fixed (wire contract, section 8).
 *
 * @param integrity whether each sector carries an HMAC, so that changed ones cannot be read; needs
 *     device-mapper
 * @param memoryKib of argon2id; at least {@link #LEAST_MEMORY}, at most {@link #MOST_MEMORY}
 * @param iterations of argon2id, at least 4
 * @param lanes of argon2id, 1 to 4
 */
public record LuksFormat(boolean integrity, int memoryKib, int iterations, int lanes) {
  /** In KiB: what passphrases guard are 256 random bits, so little is enough. */
  public static final int LEAST_MEMORY = 32;

  /** In KiB: what the library takes by itself. */
  public static final int MOST_MEMORY = 1024 * 1024;

  static final int LEAST_ITERATIONS = 4;
  static final int MOST_ITERATIONS = 1000;
  static final int MOST_LANES = 4;

  public LuksFormat {
    if (memoryKib < LEAST_MEMORY
        || memoryKib > MOST_MEMORY
        || iterations < LEAST_ITERATIONS
        || iterations > MOST_ITERATIONS
        || lanes < 1
        || lanes > MOST_LANES) {
      throw new IllegalArgumentException("argon2id costs out of bounds");
    }
  }

  /** As disks in the field have it: 64 MiB; no benchmark, so that every node does the same. */
  public static LuksFormat standard(boolean integrity) {
    return new LuksFormat(integrity, 64 * 1024, LEAST_ITERATIONS, 1);
  }

  /** As cheap as the contract allows: for disks in files. */
  public static LuksFormat cheap() {
    return new LuksFormat(false, LEAST_MEMORY, LEAST_ITERATIONS, 1);
  }
}
