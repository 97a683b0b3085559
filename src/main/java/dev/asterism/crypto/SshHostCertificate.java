package dev.asterism.crypto;

import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;

/** Host certificates of OpenSSH (PROTOCOL.certkeys), signed by an Ed25519 CA. */
public final class SshHostCertificate {
  /** As many as OpenSSH reads. */
  public static final int MAX_PRINCIPALS = 256;

  /** The longest name that DNS knows. */
  private static final int MAX_PRINCIPAL = 253;

  private static final int HOST = 2;
  private static final long FOREVER = -1L; // all bits set

  private SshHostCertificate() {}

  /**
   * Certifies a host key for ever; the key id is the first principal.
   *
   * @param caSeed the CA's Ed25519 seed, 32 bytes
   * @param principals names of the host as clients call it; doubles are dropped
   * @return a line as in {@code authorized_keys}, with its newline
   * @throws MalformedException if there is no principal, or one that is no name
   */
  public static String sign(
      Secret caSeed, SshPublicKey hostKey, List<String> principals, Instant validAfter)
      throws MalformedException {
    return sign(caSeed, hostKey, principals, validAfter, new SecureRandom());
  }

  static String sign(
      Secret caSeed,
      SshPublicKey hostKey,
      List<String> principals,
      Instant validAfter,
      SecureRandom random)
      throws MalformedException {
    var names = new LinkedHashSet<String>();
    for (String principal : principals) {
      names.add(checked(principal));
    }
    if (names.isEmpty() || names.size() > MAX_PRINCIPALS) {
      throw new MalformedException(
          "principals", "has %d names, needs 1 to %d".formatted(names.size(), MAX_PRINCIPALS));
    }
    var packed = new ByteWriter();
    names.forEach(name -> packed.sized32be(Bytes.ofUtf8(name)));
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    String type = hostKey.type() + "-cert-v01@openssh.com";

    Bytes signed =
        new ByteWriter()
            .sized32be(Bytes.ofUtf8(type))
            .sized32be(Bytes.of(nonce))
            .bytes(hostKey.body())
            .u64be(0) // serial: none
            .u32be(HOST)
            .sized32be(Bytes.ofUtf8(names.getFirst())) // key id
            .sized32be(packed.toBytes())
            .u64be(Math.max(0, validAfter.getEpochSecond()))
            .u64be(FOREVER)
            .u32be(0) // critical options
            .u32be(0) // extensions
            .u32be(0) // reserved
            .sized32be(SshPublicKey.ofEd25519Seed(caSeed).wire())
            .toBytes();
    Bytes signature =
        new ByteWriter()
            .sized32be(Bytes.ofUtf8(SshPublicKey.ED25519))
            .sized32be(Ed25519Keys.sign(caSeed, signed))
            .toBytes();
    Bytes certificate = new ByteWriter().bytes(signed).sized32be(signature).toBytes();
    return SshPublicKey.line(type, certificate, "");
  }

  private static String checked(String principal) throws MalformedException {
    if (principal.isEmpty() || principal.length() > MAX_PRINCIPAL) {
      throw new MalformedException("principal", "is empty or longer than " + MAX_PRINCIPAL);
    }
    // A comma would make two names of it where tools list them.
    if (!principal.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ',')) {
      throw new MalformedException("principal", "has a character that no host name has");
    }
    return principal;
  }
}
