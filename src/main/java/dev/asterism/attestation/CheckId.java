package dev.asterism.attestation;

/**
 * The stable name of a check.
 *
 * @param id dotted and lower case, as in JSON output and audit records: {@code quote.signature}
 */
public record CheckId(String id, Stage stage) {
  /**
   * By hand: every check of every verification is looked up, and a record's own costs ten times.
   */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof CheckId that && stage == that.stage && id.equals(that.id));
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return id;
  }

  /** Its name among checks of another thing that has one of the same name. */
  CheckId within(String prefix) {
    return prefix.isEmpty() ? this : new CheckId(prefix + id, stage);
  }
}
