package dev.asterism.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.audit.AuditLog;
import dev.asterism.audit.AuditLogs;
import dev.asterism.audit.AuditReport;
import dev.asterism.audit.AuditVerification;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** An audit log whose writers die, and what is left of it. */
public final class AuditTrail implements AutoCloseable {
  private final Path file;
  private AuditLog log;
  private int known;

  public AuditTrail(Path file) throws IOException {
    this.file = file;
    this.log = new AuditLog(file, InstantSource.system());
  }

  public AuditLog log() {
    return log;
  }

  /** Its writer dies within a line that nobody was told of; the next one goes on. */
  public void restart() throws IOException {
    log.close();
    tear(file);
    log = new AuditLog(file, InstantSource.system());
  }

  /** What a death leaves of a line. */
  public static void tear(Path file) throws IOException {
    Files.writeString(file, "{\"sequence\":", StandardOpenOption.APPEND);
  }

  /**
   * The records behind the first so many of a log whose whole chain holds. It may grow meanwhile.
   *
   * @param file the log's only one
   */
  public static List<ObjectNode> verified(Path file, int known, String what) throws Exception {
    AuditReport report =
        AuditVerification.verify(
            AuditLogs.find(List.of(file)).getFirst(), Set.of(), new HashSet<>());
    assertTrue(report.intact(), () -> report.findings() + ", " + what);
    List<String> lines = Files.readAllLines(file);
    var records = new ArrayList<ObjectNode>();
    for (String line : lines.subList(known, Math.toIntExact(report.records()))) {
      records.add(Json.object("record", Bytes.ofUtf8(line)));
    }
    return records;
  }

  /** What was recorded since this was last asked. */
  public List<ObjectNode> verified(String what) throws Exception {
    List<ObjectNode> records = verified(file, known, what);
    known += records.size();
    return records;
  }

  @Override
  public void close() {
    log.close();
  }
}
