package dev.asterism.disk.luks;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** A header that is not what a state disk's must be; no key was used on it. */
public final class HeaderException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  HeaderException(List<Violation> violations) {
    super(
        violations.stream()
            .map(Violation::toString)
            .collect(Collectors.joining("; ", "the LUKS2 header is refused: ", "")));
    this.violations = List.copyOf(violations);
  }

  HeaderException(HeaderCheck check, String path, String what) {
    this(List.of(new Violation(check, path, what)));
  }

  public List<Violation> violations() {
    return violations;
  }
}
