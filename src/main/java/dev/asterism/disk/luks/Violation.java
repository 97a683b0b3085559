package dev.asterism.disk.luks;

/**
 * One thing that is wrong with a header.
 *
 * @param path of the member, for example {@code segments.0.encryption}
 * @param what is wrong; nothing of what the host wrote there
 */
public record Violation(HeaderCheck check, String path, String what) {
  @Override
  public String toString() {
    return check.id() + ": " + path + " " + what;
  }
}
