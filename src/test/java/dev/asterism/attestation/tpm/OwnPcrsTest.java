package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Measurements.Measurement;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OwnPcrsTest {
  private final SoftwareTpm tpm = SoftwareTpm.inMemory(new SecureRandom());

  @Test
  void readsEveryRegisterAsItIs() throws Exception {
    Bytes expected;
    try (TpmClient client = TpmClient.open(tpm)) {
      expected =
          Digests.SHA256.of(
              Bytes.zeros(32), client.pcrEvent(4, Bytes.ofUtf8("x")).get(Digests.SHA256));
    }

    Measurements own = OwnPcrs.read(tpm);

    assertEquals(IntStream.range(0, 24).boxed().toList(), List.copyOf(own.byIndex().keySet()));
    assertEquals(new Measurement(expected, false), own.byIndex().get(4));
    assertEquals(new Measurement(Bytes.zeros(32), false), own.byIndex().get(11));
  }

  @Test
  void enforcesWhatSaysWhatRuns() throws Exception {
    assertEquals(
        List.of(0, 2, 3, 4, 7, 8, 9, 11, 12, 13, 14, 15),
        OwnPcrs.read(tpm).byIndex().entrySet().stream()
            .filter(e -> !e.getValue().warnOnly())
            .map(e -> e.getKey())
            .toList());
  }

  @Test
  void namesATpmThatDoesNotAnswer() {
    Tpm gone =
        new Tpm() {
          @Override
          public Conversation open() throws IOException {
            throw new IOException("no such device");
          }

          @Override
          public String description() {
            return "/dev/gone";
          }
        };

    var e = assertThrows(IssueException.class, () -> OwnPcrs.read(gone));

    assertEquals("the PCRs of the TPM at /dev/gone cannot be read", e.getMessage());
  }
}
