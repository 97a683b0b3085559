package dev.asterism.disk.luks;

/** Whether a disk's sectors must be authenticated; the image decides, never the header. */
public enum IntegrityRule {
  /** A disk without is refused. */
  REQUIRED,
  /** A disk with it is refused. */
  ABSENT,
  /** Either is taken. The header cannot take it off a disk: the key's length tells. */
  EITHER;

  boolean allows(boolean authenticated) {
    return switch (this) {
      case REQUIRED -> authenticated;
      case ABSENT -> !authenticated;
      case EITHER -> true;
    };
  }
}
