package dev.asterism.audit;

/**
 * When an audit log begins a new file, and what becomes of the full ones.
 *
 * @param bytes as much as one file holds
 * @param keep how many full files are kept, the newest; {@link #ALL} for all
 */
public record Rotation(long bytes, int keep) {
  public static final int ALL = Integer.MAX_VALUE;

  /** 64 MiB a file, and none removed. */
  public static final Rotation DEFAULT = new Rotation(64L << 20, ALL);

  public Rotation {
    if (bytes < 1 || keep < 0) {
      throw new IllegalArgumentException("a limit is not positive");
    }
  }
}
