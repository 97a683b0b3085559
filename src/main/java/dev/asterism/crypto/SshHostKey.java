package dev.asterism.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/** A new Ed25519 key for a node's SSH server. */
public final class SshHostKey implements AutoCloseable {
  private static final byte[] MAGIC = ascii("openssh-key-v1\0");
  private static final byte[] NONE = ascii("none");
  private static final byte[] TYPE = ascii(SshPublicKey.ED25519);
  private static final byte[] HEADER = ascii("-----BEGIN OPENSSH PRIVATE KEY-----\n");
  private static final byte[] FOOTER = ascii("\n-----END OPENSSH PRIVATE KEY-----\n");
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, ascii("\n"));

  /** The block that unencrypted keys are padded to. */
  private static final int BLOCK = 8;

  private final Secret seed;
  private final SshPublicKey publicKey;
  private final int check;

  private SshHostKey(Secret seed, int check) {
    this.seed = seed;
    this.publicKey = SshPublicKey.ofEd25519Seed(seed);
    this.check = check;
  }

  /** A new key. */
  public static SshHostKey generate(SecureRandom random) {
    byte[] seed = new byte[Ed25519Keys.SEED];
    random.nextBytes(seed);
    return new SshHostKey(Secret.takeOver(seed), random.nextInt());
  }

  public SshPublicKey publicKey() {
    return publicKey;
  }

  /**
   * The private key as {@code sshd} reads it: OpenSSH's own format (PROTOCOL.key), not encrypted,
   * in PEM. For a file of mode 0600.
   */
  public Secret openSshPrivateKey() {
    byte[] point = Ed25519Keys.publicKey(seed).toArray();
    byte[] keys = privateSection(point);
    byte[] wire = publicKey.wire().toArray();
    var out =
        ByteBuffer.allocate(MAGIC.length + 2 * sized(NONE) + 4 + 4 + sized(wire) + sized(keys));
    out.put(MAGIC);
    put(out, NONE); // cipher
    put(out, NONE); // key derivation
    out.putInt(0); // its options
    out.putInt(1); // keys
    put(out, wire);
    put(out, keys);
    byte[] base64 = LINES.encode(out.array());
    var pem = ByteBuffer.allocate(HEADER.length + base64.length + FOOTER.length);
    pem.put(HEADER).put(base64).put(FOOTER);
    wipe(keys, out.array(), base64);
    return Secret.takeOver(pem.array());
  }

  /**
   * The part that other keys encrypt: twice a random number, the key pair, 1, 2, 3, … to a block.
   */
  private byte[] privateSection(byte[] point) {
    int length = 4 + 4 + sized(TYPE) + sized(point) + 4 + Ed25519Keys.SEED + point.length + 4;
    var out = ByteBuffer.allocate((length + BLOCK - 1) / BLOCK * BLOCK);
    out.putInt(check).putInt(check);
    put(out, TYPE);
    put(out, point);
    out.putInt(Ed25519Keys.SEED + point.length);
    byte[] key = seed.expose();
    out.put(key).put(point);
    wipe(key);
    out.putInt(0); // no comment
    for (byte pad = 1; out.hasRemaining(); pad++) {
      out.put(pad);
    }
    return out.array();
  }

  /** Zeroes the private key. */
  @Override
  public void close() {
    seed.close();
  }

  private static int sized(byte[] value) {
    return 4 + value.length;
  }

  private static void put(ByteBuffer out, byte[] value) {
    out.putInt(value.length).put(value);
  }

  private static void wipe(byte[]... secrets) {
    for (byte[] secret : secrets) {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
