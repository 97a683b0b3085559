package dev.asterism.cli;

import dev.asterism.audit.AuditLog;
import dev.asterism.audit.Rotation;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a role writes down what it decides. */
final class AuditOptions {
  private static final Path FOLDER = Path.of("/var/log/asterism");

  @Option(
      names = "--audit",
      paramLabel = "FILE",
      description = {
        "Audit records, one JSON line each (default: /var/log/asterism/ROLE-audit.jsonl).",
        "Without a place for them this role decides nothing."
      })
  private @Nullable Path file;

  @Option(
      names = "--audit-rotate",
      paramLabel = "SIZE",
      defaultValue = "64MiB",
      converter = SizeConverter.class,
      description = {
        "Begin a new file before one is larger than this; the full one gets the number of its last",
        "record (default: ${DEFAULT-VALUE})."
      })
  private long rotate;

  @Option(
      names = "--audit-keep",
      paramLabel = "N",
      description = "Remove all full files but the newest N (default: remove none).")
  private @Nullable Integer keep;

  AuditOptions() {}

  /**
   * Opens the log.
   *
   * @param role whose it is
   */
  AuditLog open(String role, InstantSource clock) throws IOException, MalformedException {
    if (keep != null && keep < 0) {
      throw new MalformedException("--audit-keep", "is negative");
    }
    return new AuditLog(
        file == null ? FOLDER.resolve(role + "-audit.jsonl") : file,
        new Rotation(rotate, keep == null ? Rotation.ALL : keep),
        clock);
  }
}
