package dev.asterism.audit;

import dev.asterism.audit.AuditNames.Full;
import dev.asterism.audit.Finding.Kind;
import dev.asterism.audit.LineReader.Line;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a log from its first file to its last and tells what is wrong with it. It needs no key:
 * whoever can rewrite all of a log can make one that is whole, but not one that ends in a head that
 * was kept elsewhere.
 */
public final class AuditVerification {
  private static final int MAX_ASIDE = 32 * 1024 * 1024;

  private final AuditLogs log;
  private final Set<Bytes> kept;
  private final ChainCheck chain = new ChainCheck();
  private final List<String> notes = new ArrayList<>();
  private final Set<Bytes> found = new HashSet<>();

  /** Up to which record, and with which hash, it is on record that files were removed. */
  private final Set<AuditHead> removed = new HashSet<>();

  private AuditVerification(AuditLogs log, Set<Bytes> kept) {
    this.log = log;
    this.kept = kept;
  }

  /**
   * Verifies one log.
   *
   * @param kept hashes that somebody kept; those of them that are in the log are added to {@code
   *     found}
   * @throws IOException if a file cannot be read
   */
  public static AuditReport verify(AuditLogs log, Set<Bytes> kept, Set<Bytes> found)
      throws IOException {
    AuditLogs now = log;
    while (true) {
      var verification = new AuditVerification(now, kept);
      AuditReport report = verification.run();
      AuditLogs later = now.again();
      if (report.intact() || later.equals(now)) {
        found.addAll(verification.found);
        return report;
      }
      // A file was full in between: what looks like a gap may be none.
      now = later;
    }
  }

  private AuditReport run() throws IOException {
    for (Path file : log.files()) {
      read(file);
    }
    beginning();
    AuditRecord first = chain.first();
    return new AuditReport(
        log.log(),
        log.files(),
        chain.records(),
        first == null ? 0 : first.sequence(),
        chain.head(),
        chain.findings(),
        chain.findingCount(),
        notes);
  }

  private void read(Path file) throws IOException {
    long lines = 0;
    try (var reader = new LineReader(file)) {
      for (Line line = reader.next(); line != null; line = reader.next()) {
        lines = line.number();
        chain.line(file, line).ifPresent(record -> record(file, record));
      }
    }
    Optional<Full> full = AuditNames.logOf(file).flatMap(names -> names.full(file));
    if (full.isPresent() && full.get().last() != chain.head().sequence()) {
      chain.broken(
          Kind.MISNAMED,
          file,
          0,
          lines == 0
              ? "is empty; its name says that it ends with record " + full.get().last()
              : "ends with record "
                  + chain.head().sequence()
                  + "; its name says "
                  + full.get().last());
    }
  }

  private void record(Path file, AuditRecord record) {
    if (kept.contains(record.hash())) {
      found.add(record.hash());
    }
    switch (record.event()) {
      case AuditFiles.REMOVED -> removed(record);
      case AuditFiles.TORN -> torn(file, record);
      case AuditFiles.RECOVERED ->
          notes.add(
              "before record "
                  + record.sequence()
                  + ", "
                  + record.content().path("lost").asLong(0)
                  + " records could not be kept, and what they tell of did not happen");
      default -> {}
    }
  }

  private void removed(AuditRecord record) {
    try {
      removed.add(
          new AuditHead(
              record.content().path("last").asLong(0),
              Bytes.ofHex("hash", record.content().path("hash").asString(""))));
    } catch (dev.asterism.wire.MalformedException e) {
      notes.add("record " + record.sequence() + " tells of a removed file, but not of its hash");
    }
  }

  private void torn(Path file, AuditRecord record) {
    String name = record.content().path("file").asString("");
    String bytes = record.content().path("bytes").asString("some");
    String sha256 = record.content().path("sha256").asString("");
    // Nothing of a record may lead elsewhere.
    Path aside = file.resolveSibling("torn").resolveSibling(name.replace('/', '_'));
    String what =
        "a crash cut a line short before record " + record.sequence() + ": " + bytes + " bytes ";
    try {
      if (!Files.isRegularFile(aside)) {
        notes.add(what + "were kept in " + aside.getFileName() + ", which is not here");
      } else if (Digests.SHA256.of(AtomicFile.read(aside, MAX_ASIDE)).hex().equals(sha256)) {
        notes.add(what + "are in " + aside.getFileName());
      } else {
        chain.broken(
            Kind.CHANGED, aside, 0, "was changed: record " + record.sequence() + " has its hash");
      }
    } catch (IOException e) {
      notes.add(what + "are in " + aside.getFileName() + ", which cannot be read");
    }
  }

  /** A log that does not begin with record 1 must say why. */
  private void beginning() {
    AuditRecord first = chain.first();
    if (first == null) {
      notes.add("there are no records");
      return;
    }
    long before = first.sequence() - 1;
    if (before == 0) {
      return;
    }
    if (!log.whole()) {
      notes.add("begins with record " + first.sequence() + "; verify its folder for those before");
    } else if (removed.contains(new AuditHead(before, first.previous()))) {
      notes.add("records 1 to " + before + " were in full files that the writer removed");
    } else {
      chain.broken(
          Kind.MISSING,
          Objects.requireNonNull(log.files().getFirst()),
          1,
          "records 1 to "
              + before
              + " are missing before it, and no record says that the writer removed them"
              + ChainCheck.predecessor(first));
    }
  }
}
