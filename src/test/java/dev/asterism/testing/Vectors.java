package dev.asterism.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The shared test vectors, where they are: beside the checkout, or where the environment says. */
public final class Vectors {
  private Vectors() {}

  /** Their folder; null where there is none. */
  public static @Nullable Path root() {
    Path root =
        Path.of(Objects.requireNonNullElse(System.getenv("ASTERISM_VECTORS"), "../shared/vectors"));
    return Files.isDirectory(root) ? root : null;
  }
}
