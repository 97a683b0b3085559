package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.IssueException;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.testing.InterposedTpm;
import dev.asterism.testing.KeyedTpm;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A TPM whose answers are right in form, and not what was hoped for. */
class TpmAnswersTest {
  private static final int INDEX = 0x01c10000;

  private final SoftwareTpm tpm = SoftwareTpm.inMemory(new SecureRandom());

  /** Answers one command with that, behind the header. */
  private TpmClient saying(int code, int tag, Bytes body) throws IOException {
    byte[] answer =
        new ByteWriter()
            .u16be(tag)
            .u32be(10L + body.length())
            .u32be(0)
            .bytes(body)
            .toBytes()
            .toArray();
    return TpmClient.open(
        new InterposedTpm(
            tpm,
            (asked, command, conversation) ->
                asked == code ? answer : conversation.transmit(command)));
  }

  @Test
  void aTpmThatStaysBusyIsGivenUpAndNotRushed() {
    var asked = new AtomicInteger();
    Tpm.Conversation busy =
        new Tpm.Conversation() {
          @Override
          public byte[] transmit(byte[] command) {
            asked.incrementAndGet();
            return InterposedTpm.error(0x922);
          }

          @Override
          public void close() {
            // There is nothing behind it.
          }
        };
    var command = new TpmCommand("TPM2_GetRandom", Tpm2.CC_GET_RANDOM);
    TpmException e =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () ->
                assertThrows(TpmException.class, () -> command.send(busy, Duration.ofMillis(200))));
    assertEquals(0x922, e.responseCode());
    assertTrue(asked.get() > 1 && asked.get() < 20, () -> asked + " times");

    asked.set(0);
    assertThrows(TpmException.class, () -> command.send(busy, Duration.ofMillis(-1)));
    assertEquals(1, asked.get());
  }

  @Test
  void whoIsInterruptedStopsWaitingForATpm() throws Exception {
    Tpm busy = InterposedTpm.answering(tpm, Tpm2.CC_GET_RANDOM, 0x922, Integer.MAX_VALUE);
    try (TpmClient client = TpmClient.open(busy)) {
      Thread.currentThread().interrupt();
      var e = assertThrows(IOException.class, () -> client.getRandom(8));
      assertTrue(Thread.interrupted());
      assertTrue(e.getMessage().startsWith("interrupted while the TPM was busy"), e::getMessage);
    }
  }

  @Test
  void everyConversationIsClosed() throws Exception {
    var open = new AtomicInteger();
    var times = new AtomicInteger();
    Tpm counted =
        new Tpm() {
          @Override
          public Conversation open() throws IOException {
            Conversation conversation = tpm.open();
            open.incrementAndGet();
            times.incrementAndGet();
            return new Conversation() {
              @Override
              public byte[] transmit(byte[] command) throws IOException {
                return conversation.transmit(command);
              }

              @Override
              public void close() throws IOException {
                open.decrementAndGet();
                conversation.close();
              }
            };
          }

          @Override
          public String description() {
            return tpm.description();
          }
        };
    var register = new PcrRegister(counted, 15);
    register.extend(Bytes.zeros(32));
    assertEquals(register.expectedAfter(Bytes.zeros(32)), register.read());
    assertEquals(2, times.get());
    assertEquals(0, open.get());
  }

  private static Bytes hex(String text) {
    return Bytes.of(HexFormat.of().parseHex(text.replace(" ", "")));
  }

  @Test
  void anAnswerOfAnotherLengthThanItSaysIsNone() throws Exception {
    byte[] answer = hex("8001 0000000b 00000000").toArray();
    Tpm odd =
        new InterposedTpm(
            tpm,
            (code, command, conversation) ->
                code == Tpm2.CC_FLUSH_CONTEXT ? answer : conversation.transmit(command));
    try (TpmClient client = TpmClient.open(odd)) {
      var e = assertThrows(IOException.class, () -> client.flushContext(1));
      assertTrue(e.getMessage().contains("has a wrong size"), e::getMessage);
    }
  }

  @Test
  void aBankThatLacksPcrsIsNone() throws Exception {
    // SHA-1 with 23 PCRs, SHA-256 with all, SM3 with all.
    Bytes body = hex("00 00000005 00000003 0004 03 ffff7f 000b 03 ffffff 0012 03 ffffff");
    try (TpmClient client = saying(Tpm2.CC_GET_CAPABILITY, 0x8001, body)) {
      assertEquals(Set.of(Digests.SHA256), client.pcrBanks());
    }
  }

  @Test
  void digestsOfAHashThatNobodyKnowsEndTheList() throws Exception {
    Bytes digests = Bytes.concat(hex("00000002 000b"), Bytes.zeros(32), hex("0012 01"));
    Bytes body =
        Bytes.concat(
            new ByteWriter().u32be(digests.length()).toBytes(), digests, hex("0000 01 0000"));
    try (TpmClient client = saying(Tpm2.CC_PCR_EVENT, 0x8002, body)) {
      assertEquals(Map.of(Digests.SHA256, Bytes.zeros(32)), client.pcrEvent(15, Bytes.EMPTY));
    }
  }

  @Test
  void pcrsThatWereNotReadAreMissed() throws Exception {
    // PCR 4 alone, and then PCR 4 and 5 with the value of one.
    for (String body :
        List.of(
            "00000001 00000001 000b 03 100000 00000001 0020" + "00".repeat(32),
            "00000001 00000001 000b 03 300000 00000001 0020" + "00".repeat(32))) {
      try (TpmClient client = saying(Tpm2.CC_PCR_READ, 0x8001, hex(body))) {
        var e = assertThrows(IOException.class, () -> client.pcrRead(Digests.SHA256, Set.of(4, 5)));
        assertTrue(e.getMessage().contains("no PCRs of the bank sha256"), e::getMessage);
      }
    }
  }

  @Test
  void givesUpWhereSomebodyExtendsBetweenAllReads() throws Exception {
    var updates = new AtomicInteger();
    Tpm restless =
        new InterposedTpm(
            tpm,
            (code, command, conversation) -> {
              byte[] answer = conversation.transmit(command);
              if (code == Tpm2.CC_PCR_READ) {
                answer[13] = (byte) updates.incrementAndGet();
              }
              return answer;
            });
    try (TpmClient client = TpmClient.open(restless)) {
      var e =
          assertThrows(IOException.class, () -> client.pcrRead(Digests.SHA256, PcrSelection.all()));
      assertTrue(e.getMessage().contains("faster than they can be read"), e::getMessage);
      assertEquals(5 * 2, updates.get());
      // Within one command nobody can.
      assertEquals(8, client.pcrRead(Digests.SHA256, Set.of(0, 1, 2, 3, 4, 5, 6, 7)).size());
    }
  }

  @Test
  void startupThatFailsIsNotTakenForOneThatWasDone() throws Exception {
    for (int code : new int[] {0x101, 0x100}) {
      try (TpmClient client =
          TpmClient.open(InterposedTpm.answering(tpm, Tpm2.CC_STARTUP, code, 1))) {
        if (code == 0x100) {
          client.startup();
        } else {
          assertThrows(TpmException.class, client::startup);
        }
      }
    }
  }

  @Test
  void anIndexIsReadInPartsOfTheirLength() throws Exception {
    var reads = new AtomicInteger();
    var writes = new AtomicInteger();
    Tpm counted =
        new InterposedTpm(
            tpm,
            (code, command, conversation) -> {
              reads.addAndGet(code == Tpm2.CC_NV_READ ? 1 : 0);
              writes.addAndGet(code == Tpm2.CC_NV_WRITE ? 1 : 0);
              return conversation.transmit(command);
            });
    try (TpmClient client = TpmClient.open(counted)) {
      for (int length : new int[] {1024, 1025}) {
        Bytes content = Bytes.ofUtf8("0123456789".repeat(103)).slice(0, length);
        client.nv(INDEX).store(content);
        assertEquals(content, client.nvRead(INDEX).orElseThrow());
      }
    }
    assertEquals(2 + 3, reads.get());
    assertEquals(2 + 3, writes.get());
    Bytes brief = hex("00000003 0001 00 0000 01 0000");
    try (TpmClient client = saying(Tpm2.CC_NV_READ, 0x8002, brief)) {
      var e = assertThrows(IOException.class, () -> client.nvRead(INDEX));
      assertTrue(e.getMessage().contains("another size than was asked for"), e::getMessage);
    }
  }

  @Test
  void anIndexThatLetsAnyoneReadIsReadByItself() throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.nv(INDEX).store(Bytes.ofUtf8("x"));
    }
    for (String attributes : List.of("02060006", "02020006")) {
      var authority = new AtomicInteger();
      Tpm watched =
          new InterposedTpm(
              tpm,
              (code, command, conversation) -> {
                if (code == Tpm2.CC_NV_READ) {
                  authority.set(java.nio.ByteBuffer.wrap(command).getInt(10));
                  return HexFormat.of()
                      .parseHex(
                          "8002" + "00000016" + "00000000" + "00000003" + "000178" + "0000010000");
                }
                if (code == Tpm2.CC_NV_READ_PUBLIC) {
                  return HexFormat.of()
                      .parseHex(
                          "8001"
                              + "0000001a"
                              + "00000000"
                              + "000e"
                              + "01c10000"
                              + "000b"
                              + attributes
                              + "0000"
                              + "0001");
                }
                return conversation.transmit(command);
              });
      try (TpmClient client = TpmClient.open(watched)) {
        assertEquals(Bytes.ofUtf8("x"), client.nvRead(INDEX).orElseThrow());
      }
      assertEquals(attributes.equals("02060006") ? INDEX : Tpm2.RH_OWNER, authority.get());
    }
  }

  @Test
  void aKeyThatCannotBeKeptIsNotLeftLoaded(@TempDir Path folder) throws Exception {
    var loaded = new AtomicInteger();
    Tpm full =
        new InterposedTpm(
            KeyedTpm.create(folder.resolve("tpm.json")),
            (code, command, conversation) -> {
              loaded.addAndGet(
                  code == Tpm2.CC_CREATE_PRIMARY ? 1 : code == Tpm2.CC_FLUSH_CONTEXT ? -1 : 0);
              return code == Tpm2.CC_EVICT_CONTROL
                  ? InterposedTpm.error(0x14b)
                  : conversation.transmit(command);
            });
    var e = assertThrows(IssueException.class, () -> AttestationKey.of(full));
    assertEquals(0x14b, ((TpmException) e.getCause()).responseCode());
    assertEquals(0, loaded.get());
  }

  @Test
  void aKeyThatIsNoneIsNamed() throws Exception {
    // A symmetric key.
    Bytes area = hex("0008 000b 00050072 0000 0010 0010");
    Bytes body =
        Bytes.concat(new ByteWriter().u16be(area.length()).toBytes(), area, hex("0000 0000"));
    byte[] answer =
        new ByteWriter()
            .u16be(0x8001)
            .u32be(10L + body.length())
            .u32be(0)
            .bytes(body)
            .toBytes()
            .toArray();
    Tpm odd =
        new InterposedTpm(
            tpm,
            (code, command, conversation) ->
                code == Tpm2.CC_READ_PUBLIC ? answer : conversation.transmit(command));
    var e = assertThrows(IssueException.class, () -> AttestationKey.of(odd));
    assertTrue(e.getMessage().contains("something else than a signing key"), e::getMessage);
  }
}
