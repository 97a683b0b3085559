package dev.asterism.audit;

import dev.asterism.audit.AuditFaults.Step;
import dev.asterism.audit.AuditNames.Full;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a power cut leaves of lines that nobody was told of: bytes behind the last line break. They
 * are kept in a file beside the log; only then do they go from the log. Whole lines stay where they
 * are, whatever is in them.
 */
final class TornLines {
  /** More than any batch: whatever is longer was not written by us. */
  private static final int MAX_TORN = 16 * 1024 * 1024;

  private final AuditNames names;
  private final AuditFaults faults;

  TornLines(AuditNames names, AuditFaults faults) {
    this.names = names;
    this.faults = faults;
  }

  /** Where a log ends, by its files alone. */
  static AuditHead lastRecord(AuditFile current, List<Full> full) throws IOException {
    Optional<AuditHead> last = current.lastRecord();
    for (int i = full.size() - 1; last.isEmpty() && i >= 0; i--) {
      try (AuditFile file = AuditFile.openToRead(full.get(i).file())) {
        last = file.lastRecord();
      }
    }
    return last.orElse(AuditHead.START);
  }

  /** Leaves the file with whole lines only. */
  void setAside(AuditFile file, AuditHead head) throws IOException {
    long end = file.endOfLines();
    if (end == file.length()) {
      return;
    }
    if (file.length() - end > MAX_TORN) {
      throw new IOException(
          names.current() + " ends in a line that is no record: move the file away");
    }
    Bytes torn = file.read(end, file.length());
    keep(torn, head);
    faults.reached(Step.TORN_KEPT);
    file.cut(end);
    faults.reached(Step.TORN_CUT);
  }

  private void keep(Bytes torn, AuditHead head) throws IOException {
    int number = 1;
    Path aside = names.torn(head.sequence(), number);
    while (Files.exists(aside)) {
      if (AtomicFile.read(aside, MAX_TORN).equals(torn)) {
        return;
      }
      aside = names.torn(head.sequence(), ++number);
    }
    AtomicFile.write(aside, torn, AtomicFile.PRIVATE);
  }

  /** What was set aside behind this record, and is therefore not on record itself. */
  List<ObjectNode> describe(AuditHead head) throws IOException {
    var all = new ArrayList<ObjectNode>();
    for (Path aside : names.torn(head.sequence())) {
      Bytes torn = AtomicFile.read(aside, MAX_TORN);
      all.add(
          Json.newObject()
              .put("file", AuditNames.name(aside))
              .put("bytes", torn.length())
              .put("sha256", Digests.SHA256.of(torn).hex()));
    }
    return all;
  }
}
