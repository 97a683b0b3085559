package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.testing.InterposedTpm;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A TPM with a vendor's command, which reads its question from an index, and answers there. */
class NvIndexTest {
  private static final long INDEX = 0x01c10000L;
  private static final int VENDORS = 0x20000001;
  private static final int SIZE = 8;
  private static final Bytes QUESTION = Bytes.ofUtf8("question");
  private static final Bytes ANSWER = Bytes.ofUtf8("answered");

  private final SoftwareTpm tpm = SoftwareTpm.inMemory(new SecureRandom());

  private TpmClient client() throws IOException {
    return TpmClient.open(
        new InterposedTpm(
            tpm,
            (code, command, conversation) ->
                code == VENDORS ? answer(conversation) : conversation.transmit(command)));
  }

  private static byte[] answer(Tpm.Conversation conversation) throws IOException {
    assertEquals(Optional.of(QUESTION), new NvIndex(conversation, INDEX).read());
    new TpmCommand("TPM2_NV_Write", Tpm2.CC_NV_WRITE)
        .authorized(INDEX)
        .handle(INDEX)
        .parameters(p -> p.sized16be(ANSWER).u16be(0))
        .run(conversation);
    return InterposedTpm.error(0);
  }

  private static Bytes ask(TpmClient client) throws IOException {
    return client.nv(INDEX).exchange("TPM2_Vendors", VENDORS, QUESTION, SIZE);
  }

  @Test
  void anAnswerStandsWhereTheQuestionWasAndNothingIsLeft() throws Exception {
    try (TpmClient client = client()) {
      assertEquals(ANSWER, ask(client));
      assertEquals(Optional.empty(), client.nvRead(INDEX));
    }
  }

  @Test
  void whatWasLeftBehindIsNoAnswer() throws Exception {
    try (TpmClient client = client()) {
      client.nv(INDEX).store(Bytes.ofUtf8("of one that was cut off"));
      assertEquals(ANSWER, ask(client));
    }
  }

  @Test
  void aCommandThatIsRefusedLeavesNothing() throws Exception {
    try (TpmClient client = TpmClient.open(InterposedTpm.answering(tpm, VENDORS, 0x143, 1))) {
      var e = assertThrows(TpmException.class, () -> ask(client));
      assertEquals(0x143, e.responseCode());
      assertEquals(Optional.empty(), client.nvRead(INDEX));
    }
  }

  @Test
  void onlyWhatDoesNotExistIsAbsent() throws Exception {
    Tpm failing = InterposedTpm.answering(tpm, Tpm2.CC_NV_READ_PUBLIC, 0x101, 1);
    try (TpmClient client = TpmClient.open(failing)) {
      var e = assertThrows(TpmException.class, () -> client.nvRead(INDEX));
      assertEquals(0x101, e.responseCode());
      assertEquals(Optional.empty(), client.nvRead(INDEX));
    }
  }
}
