package dev.asterism.attestation;

/**
 * The stable name of a check.
 *
 * @param id dotted and lower case, as in JSON output and audit records: {@code quote.signature}
 */
public record CheckId(String id, Stage stage) {
  @Override
  public String toString() {
    return id;
  }
}
