package dev.asterism.attestation.tpm;

import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * One command of part 3: handles, a session for each handle that needs one (the empty password, or
 * a policy's), parameters.
 */
final class TpmCommand {
  private static final int HEADER = 10;

  /** How long the TPM may ask for a retry; its self tests take less. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final long LONGEST_PAUSE_MILLIS = 200;

  /** TPMA_SESSION. */
  private static final int CONTINUE_SESSION = 1;

  private final String name;
  private final int code;
  private final ByteWriter handles = new ByteWriter();
  private final ByteWriter sessions = new ByteWriter();
  private boolean authorized;
  private Bytes parameters = Bytes.EMPTY;

  /**
   * @param name the specification's, for messages: {@code TPM2_Quote}
   */
  TpmCommand(String name, int code) {
    this.name = name;
    this.code = code;
  }

  TpmCommand handle(long handle) {
    handles.u32be(handle);
    return this;
  }

  /** A handle whose use must be authorized: with the empty password, as owner and AK have it. */
  TpmCommand authorized(long handle) {
    return authorized(handle, Tpm2.RS_PW, 0);
  }

  /** A handle whose use a policy session authorizes, without a password; the session goes on. */
  TpmCommand authorizedBy(long session, long handle) {
    return authorized(handle, session, CONTINUE_SESSION);
  }

  private TpmCommand authorized(long handle, long session, int attributes) {
    authorized = true;
    // sessionHandle, nonce, attributes, hmac: TPMS_AUTH_COMMAND
    sessions.u32be(session).u16be(0).u8(attributes).u16be(0);
    return handle(handle);
  }

  TpmCommand parameters(UnaryOperator<ByteWriter> write) {
    parameters = write.apply(new ByteWriter()).toBytes();
    return this;
  }

  /**
   * Sends it, again where the TPM asks so.
   *
   * @return what follows the header of the response; for a command with sessions, that is handles
   *     and parameterSize still included
   * @throws TpmException with the response code, if the TPM refuses
   */
  ByteReader send(Tpm.Conversation conversation) throws IOException {
    return send(conversation, PATIENCE);
  }

  /** Sends it for as long as {@code patience} lasts, and once at least. */
  ByteReader send(Tpm.Conversation conversation, Duration patience) throws IOException {
    byte[] command = encode();
    long deadline = System.nanoTime() + patience.toNanos();
    long pauseMillis = 1;
    while (true) {
      ByteReader response = Bytes.of(conversation.transmit(command)).reader(name + " response");
      long responseCode = header(response);
      if (responseCode == Tpm2.RC_SUCCESS) {
        return response;
      }
      if (!ResponseCodes.isTransient(responseCode) || System.nanoTime() > deadline) {
        throw new TpmException(name, responseCode);
      }
      sleep(pauseMillis);
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }
  }

  /** A command without a response that matters. */
  void run(Tpm.Conversation conversation) throws IOException {
    send(conversation);
  }

  /** Sends it and reads the parameters of the response. */
  <T> T ask(Tpm.Conversation conversation, ResponseParser<T> parser) throws IOException {
    ByteReader response = send(conversation);
    try {
      return parser.parse(authorized ? parametersOf(response) : response);
    } catch (MalformedException e) {
      throw new IOException("the TPM's answer to " + name + " is malformed: " + e.getMessage(), e);
    }
  }

  /** Reads what a response says. */
  interface ResponseParser<T> {
    T parse(ByteReader parameters) throws MalformedException;
  }

  static ByteReader parametersOf(ByteReader response) throws MalformedException {
    return response.narrow("parameters", response.u32be("parameterSize"));
  }

  private byte[] encode() {
    ByteWriter body = new ByteWriter().bytes(handles.toBytes());
    if (authorized) {
      body.sized32be(sessions.toBytes());
    }
    Bytes rest = body.bytes(parameters).toBytes();
    return new ByteWriter()
        .u16be(authorized ? Tpm2.ST_SESSIONS : Tpm2.ST_NO_SESSIONS)
        .u32be(HEADER + (long) rest.length())
        .u32be(code)
        .bytes(rest)
        .toBytes()
        .toArray();
  }

  private long header(ByteReader response) throws IOException {
    try {
      response.u16be("tag");
      long size = response.u32be("responseSize");
      if (size != HEADER + (long) response.remaining() - 4) {
        throw new IOException("the TPM's answer to " + name + " has a wrong size");
      }
      return response.u32be("responseCode");
    } catch (MalformedException e) {
      throw new IOException("the TPM's answer to " + name + " is too short", e);
    }
  }

  private void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the TPM was busy with " + name, e);
    }
  }
}
