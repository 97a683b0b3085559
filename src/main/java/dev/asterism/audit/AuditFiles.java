package dev.asterism.audit;

import dev.asterism.audit.AuditFaults.Step;
import dev.asterism.audit.AuditNames.Full;
import dev.asterism.audit.AuditRecord.Entry;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One log in files that only grow. A full one gets its final name, and the first record of the new
 * one names it. Whatever cannot be told by the records around it gets a record of its own: a new
 * file, a torn line, a removed file, records that could not be kept.
 */
final class AuditFiles implements AuditLines {
  static final String CONTINUED = "log-continued";
  static final String TORN = "log-torn";
  static final String REMOVED = "log-removed";
  static final String RECOVERED = "log-recovered";

  private static final System.Logger LOG = System.getLogger(AuditFiles.class.getName());

  private final AuditNames names;
  private final Rotation rotation;
  private final InstantSource clock;
  private final AuditFaults faults;
  private final AuditLock lock;
  private final TornLines tornLines;

  /** Written by one thread, read by any. */
  private volatile AuditHead head = AuditHead.START;

  /** Null after a failure: the next call opens it anew. */
  private @Nullable AuditFile file;

  /** The file that failed, up to where it was good. */
  private @Nullable Object failedKey;

  private long failedLength;
  private @Nullable Trouble trouble;

  /** What is on record before anything else. */
  private List<Entry> notes = new ArrayList<>();

  private boolean maybeTooMany = true;

  private AuditFiles(AuditNames names, Rotation rotation, InstantSource clock, AuditFaults faults) {
    this.names = names;
    this.rotation = rotation;
    this.clock = clock;
    this.faults = faults;
    this.lock = new AuditLock(names);
    this.tornLines = new TornLines(names, faults);
  }

  /**
   * Opens the log and continues it.
   *
   * @throws IOException if it cannot be opened, or another process writes it
   */
  static AuditFiles open(Path path, Rotation rotation, InstantSource clock, AuditFaults faults)
      throws IOException {
    var files = new AuditFiles(new AuditNames(path), rotation, clock, faults);
    try {
      files.lock.ensure();
      files.file = AuditFile.open(files.names.current());
      files.continueAfter(files.file, true);
      return files;
    } catch (IOException | RuntimeException | Error e) {
      files.close();
      throw e;
    }
  }

  @Override
  public void append(List<Entry> batch) throws IOException {
    try {
      AuditFile open = writable();
      Chain lines = chain(batch);
      if (isFull(open, lines)) {
        open = rotate(open);
        lines = chain(batch);
      }
      write(open, lines);
      notes = new ArrayList<>();
      trouble = null;
      failedKey = null;
    } catch (IOException e) {
      failed(e, batch.size());
      throw e;
    }
    removeOld();
  }

  @Override
  public AuditHead head() {
    return head;
  }

  private Chain chain(List<Entry> batch) {
    var entries = new ArrayList<Entry>(notes);
    if (trouble != null) {
      entries.add(new Entry(clock.instant(), RECOVERED, Json.line(trouble.toJson())));
    }
    entries.addAll(batch);
    return Chain.after(head, entries);
  }

  /** Never one without a record of ours: its name would be that of the file before. */
  private boolean isFull(AuditFile open, Chain more) {
    return open.length() > 0
        && open.length() + more.bytes().length() > rotation.bytes()
        && !Files.exists(names.full(head.sequence()));
  }

  private void write(AuditFile open, Chain lines) throws IOException {
    open.append(lines.bytes(), faults);
    head = lines.head();
    faults.reached(Step.SYNCED);
  }

  /** The file, opened anew where it failed, or where somebody else moved or changed it. */
  private AuditFile writable() throws IOException {
    AuditFile open = file;
    if (open != null && open.isUntouched()) {
      return open;
    }
    if (open != null) {
      LOG.log(
          Level.ERROR,
          "{0} was moved, removed or changed by somebody else; records go on in a file of that"
              + " name",
          names.current());
      open.close();
      file = null;
      trouble =
          Trouble.after(
              trouble, clock.instant(), 0, "the file was moved, removed or changed while open");
    }
    lock.ensure();
    AuditFile opened = AuditFile.open(names.current());
    file = opened;
    if (failedKey != null && failedKey.equals(opened.key()) && opened.length() >= failedLength) {
      // Lines of calls that failed: nobody was told that they are on record.
      opened.cut(failedLength);
    }
    notes = new ArrayList<>();
    continueAfter(opened, false);
    return opened;
  }

  /** Finds where the log ends, and what must be on record about that. */
  private void continueAfter(AuditFile open, boolean fromDisk) throws IOException {
    List<Full> full = names.full();
    if (fromDisk) {
      head = TornLines.lastRecord(open, full);
    }
    tornLines.setAside(open, head);
    if (open.length() == 0 && head.sequence() > 0) {
      note(CONTINUED, continued(full));
    }
    for (ObjectNode torn : tornLines.describe(head)) {
      LOG.log(Level.WARNING, "{0}: a torn line was set aside: {1}", names.current(), torn);
      note(TORN, torn);
    }
  }

  private static ObjectNode continued(List<Full> full) {
    ObjectNode content = Json.newObject();
    return full.isEmpty()
        ? content.putNull("file")
        : content.put("file", AuditNames.name(full.getLast().file()));
  }

  private void note(String event, ObjectNode content) {
    notes.add(new Entry(clock.instant(), event, Shortening.line(content)));
  }

  private AuditFile rotate(AuditFile old) throws IOException {
    // What was to be said about the old file belongs into it.
    old.close();
    file = null;
    Path full = names.full(head.sequence());
    Files.move(names.current(), full);
    Folders.sync(full);
    faults.reached(Step.RENAMED);
    AuditFile next = AuditFile.open(names.current());
    file = next;
    maybeTooMany = true;
    faults.reached(Step.CREATED);
    notes.addFirst(
        new Entry(
            clock.instant(),
            CONTINUED,
            Json.line(Json.newObject().put("file", AuditNames.name(full)))));
    return next;
  }

  /** The batch is kept whatever happens here. */
  private void removeOld() {
    if (rotation.keep() == Rotation.ALL || !maybeTooMany) {
      return;
    }
    try {
      List<Full> full = names.full();
      for (Full old : full.subList(0, Math.max(0, full.size() - rotation.keep()))) {
        remove(old);
      }
      maybeTooMany = false;
    } catch (IOException e) {
      failed(e, 0);
      LOG.log(Level.WARNING, names.current() + ": a full file cannot be removed", e);
    }
  }

  private void remove(Full old) throws IOException {
    AuditFile open = file;
    if (open == null) {
      return;
    }
    ObjectNode content = Json.newObject();
    content.put("file", AuditNames.name(old.file())).put("last", old.last());
    try (var read = AuditFile.openToRead(old.file())) {
      content.put("bytes", read.length());
      read.lastRecord().ifPresent(last -> content.put("hash", last.hash().hex()));
    }
    write(
        open, Chain.after(head, List.of(new Entry(clock.instant(), REMOVED, Json.line(content)))));
    faults.reached(Step.REMOVAL_RECORDED);
    Files.deleteIfExists(old.file());
    Folders.sync(old.file());
    faults.reached(Step.REMOVED);
  }

  private void failed(IOException failure, int records) {
    AuditFile open = file;
    file = null;
    if (open != null) {
      failedKey = open.key();
      failedLength = open.length();
      try {
        open.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
    trouble =
        Trouble.after(trouble, clock.instant(), records, String.valueOf(failure.getMessage()));
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      AuditFile open = file;
      file = null;
      if (open != null) {
        open.close();
      }
    }
  }
}
