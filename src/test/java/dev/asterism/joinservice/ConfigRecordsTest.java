package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.config.Reloading;
import dev.asterism.crypto.Digests;
import dev.asterism.testing.FakePlatform;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** By which rules verdicts were found is on record before any is. */
@Timeout(60)
class ConfigRecordsTest {
  private static final String FIRST = "{\"measurements\": {}}";
  private static final String SECOND = "{\"measurements\": {} }";
  private static final byte[] SALT =
      "a salt that nobody needs to read".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final AtomicBoolean full = new AtomicBoolean();
  private final AuditLog audit = AuditLog.to(new Disk(), InstantSource.system());

  /** One that may be full. */
  private final class Disk extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (full.get()) {
        throw new IOException("No space left on device");
      }
      log.write(bytes, from, length);
    }
  }

  @BeforeEach
  void mount() throws IOException {
    Files.write(folder.resolve(JoinConfig.MEASUREMENT_SALT), SALT);
    write(FIRST);
  }

  private void write(String config) throws IOException {
    Files.writeString(folder.resolve(JoinConfig.ATTESTATION_CONFIG), config);
  }

  private Reloading<JoinConfig> watch() throws Exception {
    return JoinConfig.watch(
        folder, new FakePlatform(), new ConfigRecords(audit), Duration.ofMillis(20));
  }

  private List<String> records() throws Exception {
    List<String> records = new ArrayList<>();
    for (String line : log.toString(StandardCharsets.UTF_8).lines().toList()) {
      ObjectNode record = Json.object("record", line);
      assertEquals("config", record.path("event").stringValue());
      ObjectNode content = Json.child(record, "content");
      records.add(
          content.path("decision").stringValue()
              + " "
              + content.path("generation").longValue()
              + " "
              + content.path("sha256").asString(content.path("reason").asString("")));
    }
    return records;
  }

  private static String taken(long generation, String config) {
    return "taken " + generation + " " + Digests.SHA256.of(Bytes.ofUtf8(config)).hex();
  }

  private static void await(BooleanSupplier there) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!there.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertTrue(there.getAsBoolean());
  }

  @Test
  void eachConfigurationIsOnRecordBeforeItIsUsed() throws Exception {
    try (var config = watch()) {
      assertEquals(List.of(taken(1, FIRST)), records());
      write(SECOND);
      await(() -> config.get().generation() == 2);
      assertEquals(List.of(taken(1, FIRST), taken(2, SECOND)), records());
    }
    assertFalse(
        log.toString(StandardCharsets.UTF_8).contains(Digests.SHA256.of(Bytes.of(SALT)).hex()));
  }

  @Test
  void oneThatCannotBeUsedIsOnRecordOnce() throws Exception {
    try (var config = watch()) {
      write("{");
      await(() -> log.toString(StandardCharsets.UTF_8).lines().count() == 2);
      Thread.sleep(100);
      assertEquals(2, records().size());
      assertTrue(
          records().getLast().startsWith("rejected 1 attestationConfig: "), records()::toString);
      assertEquals(1, config.get().generation());
    }
  }

  @Test
  void oneThatCannotBePutOnRecordIsNotUsedUntilItCan() throws Exception {
    try (var config = watch()) {
      full.set(true);
      write(SECOND);
      Thread.sleep(200);
      assertEquals(1, config.get().generation());
      full.set(false);
      await(() -> config.get().generation() == 2);
      assertEquals(taken(2, SECOND), records().getLast());
    }
  }

  @Test
  void nothingStartsWithoutARecord() {
    full.set(true);
    assertThrows(UncheckedIOException.class, this::watch);
  }
}
