package dev.asterism.testing;

import dev.asterism.device.Tpm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;

/** A TPM between which and its user somebody stands. */
public final class InterposedTpm implements Tpm {
  private static final int CODE_OFFSET = 6;

  /** What stands there. */
  public interface Interposer {
    /**
     * Answers a command.
     *
     * @param code TPM_CC
     * @param tpm the conversation with the TPM behind
     */
    byte[] transmit(int code, byte[] command, Conversation tpm) throws IOException;
  }

  private final Tpm tpm;
  private final Interposer interposer;

  public InterposedTpm(Tpm tpm, Interposer interposer) {
    this.tpm = tpm;
    this.interposer = interposer;
  }

  /** Answers {@code code} with a response code, the first {@code times} times. */
  public static InterposedTpm answering(Tpm tpm, int code, int responseCode, int times) {
    AtomicInteger left = new AtomicInteger(times);
    return new InterposedTpm(
        tpm,
        (c, command, conversation) ->
            c == code && left.getAndDecrement() > 0
                ? error(responseCode)
                : conversation.transmit(command));
  }

  public static byte[] error(int responseCode) {
    return HexFormat.of().parseHex(String.format("80010000000a%08x", responseCode));
  }

  @Override
  public Conversation open() throws IOException {
    Conversation conversation = tpm.open();
    return new Conversation() {
      @Override
      public byte[] transmit(byte[] command) throws IOException {
        int code = ByteBuffer.wrap(command).getInt(CODE_OFFSET);
        return interposer.transmit(code, command, conversation);
      }

      @Override
      public void close() throws IOException {
        conversation.close();
      }
    };
  }

  @Override
  public String description() {
    return "interposed " + tpm.description();
  }
}
