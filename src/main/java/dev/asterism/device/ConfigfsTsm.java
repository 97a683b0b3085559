package dev.asterism.device;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Reports of confidential guests through the kernel's configfs (Documentation/ABI/testing/
 * configfs-tsm-report). One entry for each report: entries are private to who made them, but for a
 * host with the same rights, whom the generation betrays.
 */
public final class ConfigfsTsm {
  public static final Path ROOT = Path.of("/sys/kernel/config/tsm/report");

  /** What the kernel gives at most: quotes and certificate tables are smaller. */
  private static final int MAX_BLOB = 64 * 1024;

  private static final int ATTEMPTS = 5;

  private final Path root;

  /**
   * @param root {@link #ROOT}, or a folder that behaves so
   */
  public ConfigfsTsm(Path root) {
    this.root = root;
  }

  /**
   * What came out.
   *
   * @param provider {@code tdx_guest}, {@code sev_guest}
   * @param outblob the report or quote
   * @param auxblob what came with it; empty where nothing did
   */
  public record Report(String provider, Bytes outblob, Bytes auxblob) {}

  /** Whether the kernel has it. */
  public boolean isPresent() {
    return Files.isDirectory(root);
  }

  /**
   * Asks for a report.
   *
   * @param inblob 64 bytes of report data
   * @param withAux whether the kernel is asked for what comes with the report; some fail where
   *     nothing does
   * @throws IOException also where somebody else kept writing to the entry
   */
  public Report report(Bytes inblob, boolean withAux) throws IOException {
    Path entry = root.resolve("asterism-" + UUID.randomUUID());
    Files.createDirectory(entry);
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        long before = generation(entry);
        Files.write(entry.resolve("inblob"), inblob.toArray(), StandardOpenOption.WRITE);
        Bytes outblob = read(entry.resolve("outblob"));
        Bytes auxblob = withAux ? read(entry.resolve("auxblob")) : Bytes.EMPTY;
        String provider = text(entry.resolve("provider"));
        if (generation(entry) == before + 1) {
          return new Report(provider, outblob, auxblob);
        }
      }
      throw new IOException("somebody else keeps writing to " + entry);
    } finally {
      // In configfs a directory is removed with the attributes in it.
      Files.deleteIfExists(entry);
    }
  }

  private static long generation(Path entry) throws IOException {
    try {
      return Long.parseLong(text(entry.resolve("generation")));
    } catch (NumberFormatException e) {
      throw new IOException(entry + "/generation is not a number", e);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(read(file).toArray(), StandardCharsets.US_ASCII).strip();
  }

  /** Attributes say they have a page; only reading shows. */
  private static Bytes read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BLOB + 1);
      if (content.length > MAX_BLOB) {
        throw new IOException(file + " gives more than " + MAX_BLOB + " bytes");
      }
      return Bytes.of(content);
    }
  }
}
