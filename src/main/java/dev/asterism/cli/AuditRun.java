package dev.asterism.cli;

import dev.asterism.admin.AlignedText;
import dev.asterism.audit.AuditHead;
import dev.asterism.audit.AuditLogs;
import dev.asterism.audit.AuditReader;
import dev.asterism.audit.AuditRecord;
import dev.asterism.audit.AuditReport;
import dev.asterism.audit.AuditVerification;
import dev.asterism.audit.Finding;
import dev.asterism.audit.RecordFilter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The work of {@code audit verify} and {@code audit show}. */
final class AuditRun {
  private static final int HASH_LENGTH = 32;

  private final PrintWriter out;
  private final boolean json;

  AuditRun(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  int verify(List<Path> places, List<String> heads) throws MalformedException {
    Set<Bytes> kept = new LinkedHashSet<>();
    for (String head : heads) {
      kept.add(Inputs.hex("--head", head, HASH_LENGTH, HASH_LENGTH));
    }
    Set<Bytes> found = new HashSet<>();
    boolean intact = true;
    try {
      for (AuditLogs log : AuditLogs.find(places)) {
        AuditReport report = AuditVerification.verify(log, kept, found);
        intact &= report.intact();
        print(report);
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    kept.removeAll(found);
    kept.forEach(this::printLost);
    out.flush();
    return intact && kept.isEmpty() ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }

  private static MalformedException unreadable(IOException e) {
    return new MalformedException("FILE|DIR", Failures.oneLine(e));
  }

  private void print(AuditReport report) {
    if (json) {
      out.println(Json.line(report.toJson()));
      return;
    }
    for (Finding finding : report.findings()) {
      out.println(AlignedText.plain(finding.describe()));
    }
    if (report.findingCount() > report.findings().size()) {
      out.println("… and " + (report.findingCount() - report.findings().size()) + " more");
    }
    report.notes().forEach(note -> out.println(AlignedText.plain("note: " + note)));
    out.println(AlignedText.plain(summary(report)));
  }

  private static String summary(AuditReport report) {
    AuditHead head = report.head();
    String files = report.files().size() == 1 ? "" : " in " + report.files().size() + " files";
    return report.log()
        + ": "
        + (report.intact() ? "whole" : "BROKEN")
        + ", "
        + report.records()
        + " records"
        + files
        + ", head "
        + head;
  }

  private void printLost(Bytes head) {
    String text = "no record has the hash " + head.hex() + ": lines were cut, or written anew";
    if (json) {
      ObjectNode lost = Json.newObject().put("intact", false);
      lost.putArray("findings")
          .addObject()
          .put("finding", Finding.Kind.HEAD_NOT_FOUND.id())
          .put("text", text);
      out.println(Json.line(lost));
    } else {
      out.println(text);
    }
  }

  int show(List<Path> places, RecordFilter filter, PrintWriter err) throws MalformedException {
    var table = new AuditTable(out);
    long bad = 0;
    try {
      for (AuditLogs log : AuditLogs.find(places)) {
        for (Path file : log.files()) {
          long here = AuditReader.read(file, record -> show(record, filter, table));
          if (here > 0) {
            table.flush();
            err.println(
                AlignedText.plain(
                    file
                        + ": "
                        + here
                        + " lines are no records or were changed: see audit verify"));
            err.flush();
          }
          bad += here;
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    table.flush();
    out.flush();
    return bad == 0 ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }

  private void show(AuditRecord record, RecordFilter filter, AuditTable table) {
    if (!filter.accepts(record)) {
      return;
    }
    if (json) {
      out.println(Json.line(record.toJson()));
    } else {
      table.add(record);
    }
  }
}
