package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitAnswerTest {
  private static List<byte[]> chunks(Stream<String> lines) {
    var list = new ArrayList<byte[]>();
    InitAnswer.chunks(lines).forEach(list::add);
    return list;
  }

  private static String joined(List<byte[]> chunks) {
    var all = new ByteArrayOutputStream();
    chunks.forEach(all::writeBytes);
    return all.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1022, 1023, 1024, 1025, 2046, 2047, 2048, 5000})
  void noChunkIsEmptyOrLongerThanOldAdminsRead(int length) {
    String line = "ü".repeat(length / 2) + "x".repeat(length % 2);

    List<byte[]> chunks = chunks(Stream.of(line));

    assertTrue(chunks.stream().allMatch(c -> c.length > 0 && c.length <= 1024));
    assertEquals(line + "\n", joined(chunks));
  }

  @Test
  void manyLinesFillOneChunk() {
    List<byte[]> chunks = chunks(Stream.of("one", "", "two"));

    assertEquals(1, chunks.size());
    assertEquals("one\n\ntwo\n", joined(chunks));
  }

  @Test
  void anEmptyJournalIsNoChunk() {
    assertTrue(chunks(Stream.of()).isEmpty());
  }

  @Test
  void ofALongJournalTheEndIsSent() {
    Stream<String> lines = Stream.iterate(0, i -> i + 1).limit(1_000_000).map(i -> "line " + i);

    String sent = joined(chunks(lines));

    assertTrue(sent.endsWith("line 999999\n"));
    assertFalse(sent.contains("line 1\n"));
    assertEquals(4096, sent.length() / 1024, 1);
  }
}
