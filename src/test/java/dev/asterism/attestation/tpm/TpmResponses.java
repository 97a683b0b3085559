package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Answers of a TPM that the host emulates. An input is the number of a question, then answers, each
 * behind its length.
 */
final class TpmResponses {
  private static final long INDEX = 0x01c10000L;

  private static final List<Question> QUESTIONS =
      List.of(
          TpmClient::pcrBanks,
          tpm -> tpm.pcrRead(Digests.SHA256, PcrSelection.all()),
          tpm -> tpm.pcrEvent(8, Bytes.EMPTY),
          tpm -> tpm.createPrimaryAk().publicArea(),
          tpm -> tpm.nvRead(INDEX),
          tpm -> tpm.getRandom(8),
          tpm -> tpm.readPublic(0x81010001L),
          tpm -> tpm.quote(0x80000000L, Bytes.EMPTY, Digests.SHA256, Set.of(1)));

  private TpmResponses() {}

  @FunctionalInterface
  private interface Question {
    Object ask(TpmClient tpm) throws IOException;
  }

  static FuzzTarget<?> target() {
    return FuzzTarget.of("TpmResponses", TpmResponses::replay, TpmResponses::seeds)
        .refusing(IOException.class);
  }

  private static Object replay(Bytes input) throws IOException, MalformedException {
    ByteReader in = input.reader("input");
    Question question = QUESTIONS.get(in.u8("question") % QUESTIONS.size());
    try (var tpm = new TpmClient(new Replay(in))) {
      return question.ask(tpm);
    }
  }

  private static List<Bytes> seeds() throws IOException {
    var seeds = new ArrayList<Bytes>();
    Tpm real = SoftwareTpm.inMemory(new SecureRandom(), Set.of(Digests.SHA256, Digests.SHA384));
    try (TpmClient tpm = TpmClient.open(real)) {
      tpm.nv(INDEX).store(Bytes.zeros(700));
      for (int question = 0; question < QUESTIONS.size() - 1; question++) {
        var recording = new Recording(real.open(), new ByteWriter().u8(question));
        try (var client = new TpmClient(recording)) {
          Object _ = QUESTIONS.get(question).ask(client);
        }
        seeds.add(recording.answers.toBytes());
      }
    }
    return seeds;
  }

  private record Recording(Tpm.Conversation real, ByteWriter answers) implements Tpm.Conversation {
    @Override
    public byte[] transmit(byte[] command) throws IOException {
      byte[] answer = real.transmit(command);
      answers.sized16be(Bytes.of(answer));
      return answer;
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }

  private record Replay(ByteReader answers) implements Tpm.Conversation {
    @Override
    public byte[] transmit(byte[] command) throws IOException {
      try {
        return answers.bytes("answer", answers.u16be("answer.size")).toArray();
      } catch (MalformedException e) {
        throw new IOException("no answer", e);
      }
    }

    @Override
    public void close() {
      // There is nothing behind it.
    }
  }
}
