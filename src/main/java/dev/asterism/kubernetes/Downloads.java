package dev.asterism.kubernetes;

import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;

/** Fetches what an {@code https} URL names. Nobody believes it what came: its hash is compared. */
@FunctionalInterface
public interface Downloads {
  /**
   * @param file is not there yet; may be left half-written on a failure
   * @param limit in bytes
   * @throws IOException if it is not to be had, or larger, saying from where
   * @throws MalformedException if this is no URL to fetch anything from
   */
  void fetch(String url, Path file, long limit) throws IOException, MalformedException;
}
