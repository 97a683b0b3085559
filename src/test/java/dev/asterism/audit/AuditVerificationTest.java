package dev.asterism.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.audit.AuditRecord.Entry;
import dev.asterism.audit.Finding.Kind;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done to a log, and what is said about it. */
class AuditVerificationTest {
  private static final int RECORDS = 12;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("audit.jsonl");
    try (AuditLog log = Logs.open(file, new Rotation(1200, Rotation.ALL), AuditFaults.NONE)) {
      for (int i = 0; i < RECORDS; i++) {
        log.append("event", Json.newObject().put("i", i).put("node", "worker"));
      }
    }
    assertTrue(Logs.full(folder).size() >= 2);
    assertTrue(Logs.verify(folder).intact());
  }

  private void assertFound(Path where, Kind kind, long line) throws IOException {
    AuditReport report = Logs.verify(folder);
    assertEquals(
        List.of(new Finding(kind, where, line, "")),
        report.findings().stream().map(f -> new Finding(f.kind(), f.file(), f.line(), "")).toList(),
        () -> report.findings().toString());
  }

  private Path first() throws IOException {
    return Logs.full(folder).getFirst();
  }

  private static List<String> lines(Path file) throws IOException {
    return new ArrayList<>(Files.readAllLines(file));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void findsAChangedLine(int line) throws Exception {
    List<String> lines = lines(first());
    lines.set(line, lines.get(line).replace("worker", "wicker"));
    Files.write(first(), lines);
    assertFound(first(), Kind.CHANGED, line + 1);
  }

  @Test
  void findsAnyChangedByte() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      Files.write(file, changed);
      int at = i;
      AuditReport report = Logs.verify(folder);
      assertTrue(!report.intact(), () -> "byte " + at);
    }
  }

  @Test
  void findsAChangeInTheVeryLastLine() throws Exception {
    List<String> lines = lines(file);
    lines.set(lines.size() - 1, lines.getLast().replace("worker", "wicker"));
    Files.write(file, lines);
    assertFound(file, Kind.CHANGED, lines.size());
  }

  @Test
  void findsALineThatWasReplacedWithItsHash() throws Exception {
    List<String> lines = lines(first());
    AuditRecord second = AuditRecord.parse(Bytes.ofUtf8(lines.get(1)));
    var forged = new Entry(second.time(), "event", "{\"forged\":true}");
    Bytes line = AuditRecord.line(new AuditHead(1, second.previous()), forged).bytes();
    lines.set(1, Json.line(Json.object("forged", line.slice(0, line.length() - 1))));
    Files.write(first(), lines);
    assertFound(first(), Kind.REPLACED, 3);
  }

  @Test
  void findsARemovedLine() throws Exception {
    List<String> lines = lines(first());
    lines.remove(1);
    Files.write(first(), lines);
    assertFound(first(), Kind.MISSING, 2);
  }

  @Test
  void findsARemovedFirstLine() throws Exception {
    List<String> lines = lines(first());
    lines.remove(0);
    Files.write(first(), lines);
    assertFound(first(), Kind.MISSING, 1);
  }

  @Test
  void findsALineThatIsThereTwice() throws Exception {
    List<String> lines = lines(first());
    lines.add(2, lines.get(1));
    Files.write(first(), lines);
    assertFound(first(), Kind.OUT_OF_ORDER, 3);
  }

  @Test
  void findsATruncatedLine() throws Exception {
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 10));
    assertFound(file, Kind.CUT_SHORT, text.lines().count());
    Files.writeString(file, text.substring(0, text.length() - 1));
    assertFound(file, Kind.CUT_SHORT, text.lines().count());
  }

  @Test
  void findsATruncatedLineInTheMiddle() throws Exception {
    List<String> lines = lines(first());
    lines.set(1, lines.get(1).substring(0, 100));
    Files.write(first(), lines);
    assertFound(first(), Kind.NOT_A_RECORD, 2);
  }

  @Test
  void findsALineWithoutEnd() throws Exception {
    List<String> lines = lines(first());
    lines.set(1, "{\"" + "x".repeat(3_000_000));
    Files.write(first(), lines);
    assertFound(first(), Kind.NOT_A_RECORD, 2);
  }

  @Test
  void findsARemovedFileInTheMiddleAndSaysWhereItWas() throws Exception {
    Path second = Logs.full(folder).get(1);
    Files.delete(second);
    Path next = Logs.full(folder).size() > 1 ? Logs.full(folder).get(1) : file;
    assertFound(next, Kind.MISSING, 1);
    String text = Logs.verify(folder).findings().getFirst().text();
    assertTrue(text.contains(String.valueOf(second.getFileName())), text);
  }

  @Test
  void findsTheOldestFileRemovedWhereNoRecordSaysSo() throws Exception {
    Files.delete(first());
    assertFound(first(), Kind.MISSING, 1);
  }

  @Test
  void findsSwappedFiles() throws Exception {
    Path one = first();
    Path two = Logs.full(folder).get(1);
    Path aside = folder.resolve("aside");
    Files.move(one, aside);
    Files.move(two, one);
    Files.move(aside, two);
    List<Kind> kinds = Logs.verify(folder).findings().stream().map(Finding::kind).toList();
    assertTrue(kinds.contains(Kind.MISNAMED) && kinds.contains(Kind.OUT_OF_ORDER), kinds::toString);
  }

  @Test
  void findsAFileOfAnotherLog() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (AuditLog log =
        Logs.open(other.resolve("audit.jsonl"), new Rotation(1200, 9), AuditFaults.NONE)) {
      for (int i = 0; i < RECORDS; i++) {
        log.append("event", Json.newObject().put("i", i).put("node", "others"));
      }
    }
    Path second = Logs.full(folder).get(1);
    Files.copy(Logs.full(other).get(1), second, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    List<Kind> kinds = Logs.verify(folder).findings().stream().map(Finding::kind).toList();
    assertEquals(List.of(Kind.REPLACED, Kind.REPLACED), kinds);
  }

  @Test
  void onlyAKeptHeadTellsThatTheTailWasCut() throws Exception {
    AuditHead head = Logs.verify(folder).head();
    var found = new HashSet<Bytes>();
    AuditLogs log = AuditLogs.find(List.of(folder)).getFirst();
    AuditVerification.verify(log, Set.of(head.hash()), found);
    assertEquals(Set.of(head.hash()), found);
    List<String> lines = lines(file);
    Files.write(file, lines.subList(0, lines.size() - 1));
    found.clear();
    assertTrue(AuditVerification.verify(log, Set.of(head.hash()), found).intact());
    assertEquals(Set.of(), found);
  }

  @Test
  void someFilesOfALogAreWholeByThemselves() throws Exception {
    AuditReport report = Logs.verify(file);
    assertTrue(report.intact(), () -> report.findings().toString());
    assertTrue(report.notes().getFirst().startsWith("begins with record "));
  }
}
