package dev.asterism.audit;

import dev.asterism.audit.AuditRecord.Entry;
import dev.asterism.audit.LineReader.Line;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Audit logs, which anybody may have written who has the disk. */
public final class AuditFuzz {
  private static final Path FILE = Path.of("audit.jsonl");

  private AuditFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(record(), log());
  }

  private static Bytes lines() {
    var entry = new Entry(Instant.EPOCH, "verdict", "{\"peer\":\"192.0.2.1:1\",\"generation\":1}");
    return Chain.after(AuditHead.START, List.of(entry, entry, entry)).bytes();
  }

  private static FuzzTarget<?> record() {
    return FuzzTarget.of(
            "AuditRecord",
            AuditRecord::parse,
            () -> List.of(lines().slice(0, lines().length() / 3 - 1)))
        .writing(record -> Bytes.ofUtf8(Json.line(record.toJson())));
  }

  private static FuzzTarget<?> log() {
    return FuzzTarget.of(
            "AuditLog",
            bytes -> {
              var chain = new ChainCheck();
              try (var reader = new LineReader(new ByteArrayInputStream(bytes.toArray()))) {
                for (Line line = reader.next(); line != null; line = reader.next()) {
                  chain.line(FILE, line);
                }
              }
              if (chain.findingCount() > 0) {
                throw new MalformedException("log", chain.findings().getFirst().kind().id());
              }
              return chain.head();
            },
            () -> List.of(lines()))
        // Each line is a document of its own.
        .allocating(4L << 30);
  }
}
