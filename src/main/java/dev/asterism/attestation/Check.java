package dev.asterism.attestation;

/**
 * One question put to the evidence, and its answer. Texts are for people, hold no secret, and are
 * empty where there is nothing to say.
 *
 * @param subject which of several things of a kind ({@code PCR 4}); empty where there is one
 */
public record Check(
    CheckId id, String subject, Outcome outcome, String expected, String actual, String note) {

  /** One line for people: {@code PCR 4: expected 0a… got 0b…}. */
  public String describe() {
    var line = new StringBuilder(subject.isEmpty() ? id.id() : subject);
    if (!expected.isEmpty() || !actual.isEmpty()) {
      line.append(": expected ").append(expected).append(" got ").append(actual);
    }
    if (!note.isEmpty()) {
      line.append(expected.isEmpty() && actual.isEmpty() ? ": " : " (");
      line.append(note);
      line.append(expected.isEmpty() && actual.isEmpty() ? "" : ")");
    }
    return line.toString();
  }
}
