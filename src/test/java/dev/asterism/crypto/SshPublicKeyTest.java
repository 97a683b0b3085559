package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SshPublicKeyTest {
  /** RFC 8032, section 7.1, test 2. */
  private static final String POINT =
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

  /** The base point of P-256, and of P-384 and P-521 below (SEC 2). */
  private static final String P256 =
      "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
          + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

  private static final String P384 =
      "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"
          + "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";

  private static final String P521 =
      "0400c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66"
          + "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650";

  @Test
  void readsAnEd25519Key() throws Exception {
    Bytes wire = wire("ssh-ed25519", hex(POINT));
    SshPublicKey key = SshPublicKey.parseWire(wire);
    assertEquals("ssh-ed25519", key.type());
    assertEquals(wire, key.wire());
    assertEquals(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM a@b\n",
        key.authorizedKeysLine("a@b"));
    assertTrue(key.authorizedKeysLine("").endsWith("9GYM\n"), "no comment");
  }

  @ParameterizedTest
  @CsvSource({"nistp256," + P256, "nistp384," + P384, "nistp521," + P521})
  void readsEcdsaKeys(String curve, String point) throws Exception {
    Bytes wire = wire("ecdsa-sha2-" + curve, Bytes.ofUtf8(curve), hex(point));
    assertEquals("ecdsa-sha2-" + curve, SshPublicKey.parseWire(wire).type());
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 3072, 4096, 16384})
  void readsRsaKeysOfUsualSizes(int bits) throws Exception {
    assertEquals("ssh-rsa", SshPublicKey.parseWire(rsa("010001", bits)).type());
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 2047, 16385})
  void refusesRsaKeysTooShortToTrustOrTooLongToUse(int bits) {
    assertRefused("RSA modulus", rsa("010001", bits));
  }

  @ParameterizedTest
  @ValueSource(strings = {"03", "7f", "0081", "00ffffffffffffffff"})
  void readsRsaExponentsUpToTheirLimits(String exponent) throws Exception {
    assertEquals("ssh-rsa", SshPublicKey.parseWire(rsa(exponent, 2048)).type());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"01", "04", "010000000000000001", "007f", "010000", "0100000000000000000001"})
  void refusesRsaExponentsThatAreNone(String exponent) {
    assertRefused("RSA exponent", rsa(exponent, 2048));
  }

  static Stream<Bytes> numbersThatAreNotInTheirOnlyEncoding() throws Exception {
    return Stream.of(Bytes.EMPTY, hex("00"), hex("ff"), hex("80"), hex("0003"), hex("00010001"));
  }

  @ParameterizedTest
  @MethodSource("numbersThatAreNotInTheirOnlyEncoding")
  void refusesRsaNumbersWithASecondEncoding(Bytes exponent) {
    assertRefused("RSA exponent", wire("ssh-rsa", exponent, modulus(2048)));
  }

  @Test
  void saysThatANumberIsNegative() {
    for (Bytes exponent : List.of(hex("ff"), hex("80"))) {
      var e =
          assertThrows(
              MalformedException.class,
              () -> SshPublicKey.parseWire(wire("ssh-rsa", exponent, modulus(2048))));
      assertEquals("RSA exponent: is not positive", e.getMessage());
    }
  }

  @Test
  void refusesAnEvenModulus() {
    byte[] even = modulus(2048).toArray();
    even[even.length - 1] = 2;
    assertRefused("RSA modulus", wire("ssh-rsa", hex("010001"), Bytes.of(even)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ssh-dss",
        "ssh-ed25519-cert-v01@openssh.com",
        "sk-ssh-ed25519@openssh.com",
        "ecdsa-sha2-nistp224",
        "SSH-ED25519",
        "rsa-sha2-256"
      })
  void refusesOtherTypes(String type) {
    assertRefused("SSH key type", wire(type, hex(POINT)));
  }

  @Test
  void refusesAnEcdsaKeyOfAnotherCurveThanItsTypeSays() {
    assertRefused("curve", wire("ecdsa-sha2-nistp256", Bytes.ofUtf8("nistp384"), hex(P384)));
    assertRefused("ECDSA key", wire("ecdsa-sha2-nistp256", Bytes.ofUtf8("nistp256"), hex(P384)));
  }

  @Test
  void refusesAPointOffTheCurve() {
    String off = P256.substring(0, P256.length() - 1) + "4";
    assertRefused("ECDSA key", wire("ecdsa-sha2-nistp256", Bytes.ofUtf8("nistp256"), hex(off)));
    assertRefused("Ed25519 key", wire("ssh-ed25519", hex("02" + "00".repeat(31))));
  }

  @Test
  void refusesACompressedPointAndInfinity() {
    Bytes curve = Bytes.ofUtf8("nistp256");
    assertRefused(
        "ECDSA key", wire("ecdsa-sha2-nistp256", curve, hex("03" + P256.substring(2, 66))));
    // The hybrid form, which says what it is twice.
    for (String form : new String[] {"06", "07"}) {
      assertRefused("ECDSA key", wire("ecdsa-sha2-nistp256", curve, hex(form + P256.substring(2))));
    }
    assertRefused("ECDSA key", wire("ecdsa-sha2-nistp256", curve, hex("00")));
    assertRefused("ECDSA key", wire("ecdsa-sha2-nistp256", curve, Bytes.EMPTY));
  }

  @Test
  void refusesAnEd25519KeyOfAnotherLength() {
    assertRefused("Ed25519 key", wire("ssh-ed25519", hex(POINT + "00")));
    assertRefused("Ed25519 key", wire("ssh-ed25519", hex(POINT.substring(2))));
  }

  static Stream<Bytes> keys() {
    return Stream.of(
        wire("ssh-ed25519", hex(POINT)),
        wire("ecdsa-sha2-nistp256", Bytes.ofUtf8("nistp256"), hex(P256)),
        rsa("010001", 2048));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void refusesAKeyCutAnywhereOrWithMoreBehindIt(Bytes wire) {
    for (int length = 0; length < wire.length(); length++) {
      Bytes cut = wire.slice(0, length);
      assertThrows(MalformedException.class, () -> SshPublicKey.parseWire(cut));
    }
    assertRefused("SSH public key", Bytes.concat(wire, Bytes.zeros(1)));
  }

  /** Whatever arrives, it is a key that shows itself as it came, or a refusal. */
  @ParameterizedTest
  @MethodSource("keys")
  void survivesKeysWithAnyBytesChanged(Bytes wire) {
    var random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] changed = wire.toArray();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        // Most often among the lengths and the type.
        int at = random.nextInt(random.nextBoolean() ? 24 : changed.length);
        changed[at] = (byte) random.nextInt();
      }
      try {
        assertEquals(Bytes.of(changed), SshPublicKey.parseWire(Bytes.of(changed)).wire());
      } catch (MalformedException e) {
        assertFalse(e.getMessage().isEmpty());
      }
    }
  }

  @Test
  void refusesALengthFarBeyondTheInput() {
    assertRefused("SSH key type", hex("ffffffff"));
    assertRefused("Ed25519 key", hex("0000000b" + "7373682d65643235353139" + "ffffffff"));
  }

  @Test
  void refusesACommentThatWouldMakeASecondLine() {
    SshPublicKey key = SshPublicKey.ofEd25519Seed(Secret.copyOf(new byte[32]));
    assertThrows(IllegalArgumentException.class, () -> key.authorizedKeysLine("a\nb"));
  }

  @Test
  void isEqualToTheSameKeyOnly() throws Exception {
    SshPublicKey key = SshPublicKey.ofEd25519Seed(Secret.copyOf(new byte[32]));
    assertEquals(key, SshPublicKey.parseWire(key.wire()));
    assertEquals(key.hashCode(), key.wire().hashCode());
    assertFalse(key.equals((Object) "key"));
    assertEquals("ssh-ed25519 " + key.fingerprint(), key.toString());
    assertNotEquals(key, SshPublicKey.parseWire(wire("ssh-ed25519", hex(POINT))));
  }

  @ParameterizedTest
  @CsvSource({"ed25519,256", "ecdsa,256", "ecdsa,384", "ecdsa,521", "rsa,2048"})
  void readsWhatSshKeygenMakes(String type, String bits, @TempDir Path folder) throws Exception {
    SshKeygen.assumePresent();
    Path file = folder.resolve("key");
    SshKeygen.run("-q", "-t", type, "-b", bits, "-N", "", "-C", "", "-f", file.toString());
    Path publicFile = folder.resolve("key.pub");
    String line = Files.readString(publicFile);
    SshPublicKey key = SshPublicKey.parseWire(Bytes.ofBase64("line", line.strip().split(" ")[1]));
    assertEquals(line.strip(), key.authorizedKeysLine("").strip());
    String listed = SshKeygen.run("-l", "-f", publicFile.toString());
    assertTrue(listed.contains(" " + key.fingerprint() + " "), listed);
  }

  private static void assertRefused(String field, Bytes wire) {
    var refusal = assertThrows(MalformedException.class, () -> SshPublicKey.parseWire(wire));
    assertEquals(field, refusal.field(), refusal.getMessage());
  }

  private static Bytes rsa(String exponent, int bits) {
    return wire("ssh-rsa", hex(exponent), modulus(bits));
  }

  /** The first odd number of that many bits, as an mpint. */
  private static Bytes modulus(int bits) {
    byte[] value = BigInteger.ONE.shiftLeft(bits - 1).setBit(0).toByteArray();
    return Bytes.of(value);
  }

  private static Bytes wire(String type, Bytes... fields) {
    var out = new ByteWriter().sized32be(Bytes.ofUtf8(type));
    for (Bytes field : fields) {
      out.sized32be(field);
    }
    return out.toBytes();
  }

  private static Bytes hex(String hex) {
    try {
      return Bytes.ofHex("test", hex);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }
}
