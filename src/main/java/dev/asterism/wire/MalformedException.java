package dev.asterism.wire;

/**
 * Bytes or text that do not have the form they must have. The message names the field, the reason
 * and, where known, the offset; it never repeats the input.
 */
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String field;

  public MalformedException(String field, String reason) {
    super(field + ": " + reason);
    this.field = field;
  }

  public MalformedException(String field, int offset, String reason) {
    super(field + " at offset " + offset + ": " + reason);
    this.field = field;
  }

  /** The field that is wrong, in the specification's spelling. */
  public String field() {
    return field;
  }
}
