package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshHostKeyTest {
  private final SshHostKey key = SshHostKey.generate(new SecureRandom());

  @Test
  void makesADifferentKeyEachTime() {
    assertNotEquals(key.publicKey(), SshHostKey.generate(new SecureRandom()).publicKey());
  }

  /** OpenSSH's PROTOCOL.key, field by field. */
  @Test
  void writesTheFormatOfOpenSsh() throws Exception {
    ByteReader in = pem().reader("key");
    assertEquals(Bytes.ofUtf8("openssh-key-v1\0"), in.bytes("magic", 15));
    assertEquals(Bytes.ofUtf8("none"), string(in), "cipher");
    assertEquals(Bytes.ofUtf8("none"), string(in), "key derivation");
    assertEquals(Bytes.EMPTY, string(in), "its options");
    assertEquals(1, in.u32be("number of keys"));
    assertEquals(key.publicKey().wire(), string(in));
    Bytes section = string(in);
    in.end();

    assertEquals(0, section.length() % 8);
    ByteReader keys = section.reader("private section");
    assertEquals(keys.u32be("check"), keys.u32be("check again"));
    assertEquals(Bytes.ofUtf8("ssh-ed25519"), string(keys));
    Bytes point = string(keys);
    Bytes pair = string(keys);
    assertEquals(64, pair.length());
    assertEquals(point, pair.slice(32, 64));
    assertEquals(key.publicKey(), SshPublicKey.ofEd25519Seed(Secret.copyOf(pair.slice(0, 32))));
    assertEquals(Bytes.EMPTY, string(keys), "comment");
    for (int pad = 1; keys.remaining() > 0; pad++) {
      assertEquals(pad, keys.u8("padding"));
    }
  }

  @Test
  void givesTheSameFileEachTime() {
    assertEquals(key.openSshPrivateKey(), key.openSshPrivateKey());
  }

  @Test
  void isReadBySshKeygen(@TempDir Path folder) throws Exception {
    SshKeygen.assumePresent();
    Path file = folder.resolve("ssh_host_ed25519_key");
    AtomicFile.write(file, key.openSshPrivateKey().expose(), AtomicFile.PRIVATE);
    assertEquals(
        key.publicKey().authorizedKeysLine("").strip(),
        SshKeygen.run("-y", "-f", file.toString()).strip());
  }

  private Bytes pem() {
    String pem = key.openSshPrivateKey().use(text -> new String(text, StandardCharsets.US_ASCII));
    String[] lines = pem.split("\n");
    assertTrue(pem.endsWith("\n"));
    assertEquals("-----BEGIN OPENSSH PRIVATE KEY-----", lines[0]);
    assertEquals("-----END OPENSSH PRIVATE KEY-----", lines[lines.length - 1]);
    var base64 = new StringBuilder();
    for (int i = 1; i < lines.length - 1; i++) {
      base64.append(lines[i]);
    }
    return Bytes.of(Base64.getDecoder().decode(base64.toString()));
  }

  private static Bytes string(ByteReader in) throws Exception {
    return in.bytes("string", in.u32be("length"));
  }

  @Test
  void aKeyThatIsClosedIsGone() {
    SshHostKey key = SshHostKey.generate(new SecureRandom());
    key.close();
    assertThrows(IllegalStateException.class, key::openSshPrivateKey);
  }
}
