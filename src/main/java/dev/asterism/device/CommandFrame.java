package dev.asterism.device;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A command as it arrives (part 1, section 18; part 3, section 5): handles, then passwords, then
 * parameters.
 *
 * @param handles as the command's specification counts them
 * @param passwords one for each handle that needs authorization; of the sessions only password
 *     authorizations are supported
 */
record CommandFrame(CommandSpec spec, List<Long> handles, List<Bytes> passwords, ByteReader in) {
  static final int HEADER = 10;
  private static final int MAX_SESSIONS = 3;
  private static final int CONTINUE_SESSION = 1;

  static CommandFrame read(byte[] command) throws TpmError, MalformedException {
    if (command.length < HEADER) {
      throw new TpmError(TpmError.COMMAND_SIZE);
    }
    ByteReader in = ByteReader.of("command", command);
    int tag = in.u16be("tag");
    if (tag != Tpm2.ST_NO_SESSIONS && tag != Tpm2.ST_SESSIONS) {
      throw new TpmError(TpmError.BAD_TAG);
    }
    if (in.u32be("commandSize") != command.length) {
      throw new TpmError(TpmError.COMMAND_SIZE);
    }
    CommandSpec spec = CommandSpec.of(in.u32be("commandCode"));
    if (in.remaining() < spec.handles().size() * Integer.BYTES) {
      throw new TpmError(TpmError.COMMAND_SIZE);
    }
    List<Long> handles = new ArrayList<>();
    for (int i = 0; i < spec.handles().size(); i++) {
      handles.add(in.u32be("handle"));
    }
    List<Bytes> passwords = tag == Tpm2.ST_SESSIONS ? readSessions(in) : List.of();
    checkCount(spec, tag, passwords.size());
    return new CommandFrame(spec, handles, passwords, in);
  }

  long handle(int index) {
    return handles.get(index);
  }

  /** A whole response. */
  byte[] respond(CommandResponse response) {
    ByteWriter body = new ByteWriter().bytes(response.handles());
    Bytes parameters = response.parameters();
    if (passwords.isEmpty()) {
      return frame(Tpm2.ST_NO_SESSIONS, Tpm2.RC_SUCCESS, body.bytes(parameters).toBytes());
    }
    body.u32be(parameters.length()).bytes(parameters);
    // TPMS_AUTH_RESPONSE of a password: no nonce, the session goes on, no HMAC.
    passwords.forEach(p -> body.u16be(0).u8(CONTINUE_SESSION).u16be(0));
    return frame(Tpm2.ST_SESSIONS, Tpm2.RC_SUCCESS, body.toBytes());
  }

  static byte[] error(int responseCode) {
    // TPM_RC_BAD_TAG goes back in the tag of TPM 1.2, so that its software understands.
    int tag = responseCode == TpmError.BAD_TAG ? 0x00c4 : Tpm2.ST_NO_SESSIONS;
    return frame(tag, responseCode, Bytes.EMPTY);
  }

  private static byte[] frame(int tag, long responseCode, Bytes body) {
    return new ByteWriter()
        .u16be(tag)
        .u32be(HEADER + (long) body.length())
        .u32be(responseCode)
        .bytes(body)
        .toBytes()
        .toArray();
  }

  private static List<Bytes> readSessions(ByteReader in) throws TpmError, MalformedException {
    if (in.remaining() < Integer.BYTES) {
      throw new TpmError(TpmError.AUTHSIZE);
    }
    long size = in.u32be("authorizationSize");
    if (size > in.remaining()) {
      throw new TpmError(TpmError.AUTHSIZE);
    }
    ByteReader area = in.narrow("authorization", size);
    List<Bytes> passwords = new ArrayList<>();
    while (area.remaining() > 0) {
      if (passwords.size() == MAX_SESSIONS) {
        throw new TpmError(TpmError.AUTHSIZE);
      }
      passwords.add(readPassword(area, passwords.size() + 1));
    }
    return passwords;
  }

  private static Bytes readPassword(ByteReader area, int number) throws TpmError {
    try {
      if (area.u32be("sessionHandle") != Tpm2.RS_PW) {
        throw new TpmError(TpmError.REFERENCE_S0 + number - 1);
      }
      if (area.u16be("nonce.size") != 0) {
        throw TpmError.session(number, TpmError.NONCE);
      }
      if ((area.u8("sessionAttributes") & ~CONTINUE_SESSION) != 0) {
        throw TpmError.session(number, TpmError.ATTRIBUTES);
      }
      return trimmed(area.bytes("hmac", area.u16be("hmac.size")));
    } catch (MalformedException e) {
      throw new TpmError(TpmError.AUTHSIZE);
    }
  }

  private static void checkCount(CommandSpec spec, int tag, int sessions) throws TpmError {
    int needed = spec.authorized();
    if (tag == Tpm2.ST_NO_SESSIONS) {
      if (needed > 0) {
        throw new TpmError(TpmError.AUTH_MISSING);
      }
    } else if (sessions < needed || sessions == 0) {
      throw new TpmError(needed == 0 ? TpmError.AUTHSIZE : TpmError.AUTH_MISSING);
    } else if (sessions > needed) {
      // Only HMAC sessions could encrypt or audit; a password cannot.
      throw needed == 0
          ? new TpmError(TpmError.AUTH_CONTEXT)
          : TpmError.session(needed + 1, TpmError.HANDLE);
    }
  }

  /** Trailing zeros of a password do not count (part 1, section 19.4.5). */
  static Bytes trimmed(Bytes password) {
    byte[] bytes = password.toArray();
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == 0) {
      length--;
    }
    return Bytes.of(Arrays.copyOf(bytes, length));
  }
}
