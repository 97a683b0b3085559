package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SshHostCertificateTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:20:30Z");
  private static final Secret CA = Secret.copyOf(Bytes.ofUtf8("0123456789abcdef0123456789abcdef"));
  private static final SshPublicKey HOST = SshHostKey.generate(new SecureRandom()).publicKey();

  /** OpenSSH's PROTOCOL.certkeys, field by field. */
  @Test
  void certifiesAHostForEver() throws Exception {
    ByteReader in = certificate(List.of("node-1", "10.0.0.7")).reader("certificate");
    assertEquals(Bytes.ofUtf8("ssh-ed25519-cert-v01@openssh.com"), string(in));
    assertEquals(32, string(in).length(), "nonce");
    assertEquals(HOST.wire(), Bytes.concat(typeField(), sized(string(in))));
    assertEquals(0, in.u64be("serial"));
    assertEquals(2, in.u32be("type"), "host");
    assertEquals(Bytes.ofUtf8("node-1"), string(in), "key id");
    ByteReader principals = string(in).reader("principals");
    assertEquals(Bytes.ofUtf8("node-1"), string(principals));
    assertEquals(Bytes.ofUtf8("10.0.0.7"), string(principals));
    principals.end();
    assertEquals(NOW.getEpochSecond(), in.u64be("valid after"));
    assertEquals(0xffffffffffffffffL, in.u64be("valid before"));
    assertEquals(Bytes.EMPTY, string(in), "critical options");
    assertEquals(Bytes.EMPTY, string(in), "extensions");
    assertEquals(Bytes.EMPTY, string(in), "reserved");
    assertEquals(SshPublicKey.ofEd25519Seed(CA).wire(), string(in));
    string(in);
    in.end();
  }

  @Test
  void isSignedByTheCaOverAllThatComesBefore() throws Exception {
    Bytes certificate = certificate(List.of("node-1"));
    int signatureField = 4 + 4 + 11 + 4 + 64;
    Bytes signed = certificate.slice(0, certificate.length() - signatureField);
    Bytes signature = certificate.slice(certificate.length() - 64, certificate.length());

    // The JDK's Ed25519, which made neither key nor signature. SPKI: RFC 8410.
    Bytes point = SshPublicKey.ofEd25519Seed(CA).wire().slice(19, 51);
    Bytes spki = Bytes.concat(Bytes.ofHex("spki", "302a300506032b6570032100"), point);
    var verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki.toArray())));
    verifier.update(signed.toArray());
    assertTrue(verifier.verify(signature.toArray()));
  }

  @Test
  void takesANewNonceForEachCertificate() throws Exception {
    assertNotEquals(certificate(List.of("node-1")), certificate(List.of("node-1")));
  }

  @Test
  void namesAPrincipalOnce() throws Exception {
    ByteReader in = certificate(List.of("b", "a", "b")).reader("certificate");
    string(in);
    string(in);
    string(in);
    in.u64be("serial");
    in.u32be("type");
    string(in);
    assertEquals(Bytes.concat(sized(Bytes.ofUtf8("b")), sized(Bytes.ofUtf8("a"))), string(in));
  }

  static Stream<List<String>> principalsThatAreNone() {
    return Stream.of(
        List.of(),
        List.of(""),
        List.of("node-1", ""),
        List.of("node 1"),
        List.of("node-1,node-2"),
        List.of("node-1\nnode-2"),
        List.of("nöde"),
        List.of("n\0"),
        List.of("n\u007f"),
        List.of("n".repeat(254)),
        IntStream.rangeClosed(0, SshHostCertificate.MAX_PRINCIPALS)
            .mapToObj(i -> "node-" + i)
            .toList());
  }

  @ParameterizedTest
  @MethodSource("principalsThatAreNone")
  void refusesPrincipalsThatAreNone(List<String> principals) {
    assertThrows(MalformedException.class, () -> certificate(principals));
  }

  @Test
  void takesEveryPrincipalThatCanBeAName() throws Exception {
    for (String name : List.of("!~", "n".repeat(253))) {
      ByteReader in = certificate(List.of(name)).reader("certificate");
      string(in);
      string(in);
      string(in);
      in.u64be("serial");
      in.u32be("type");
      assertEquals(Bytes.ofUtf8(name), string(in), "key id");
    }
  }

  @Test
  void takesAsManyPrincipalsAsOpenSshReads() throws Exception {
    List<String> names =
        IntStream.range(0, SshHostCertificate.MAX_PRINCIPALS).mapToObj(i -> "node-" + i).toList();
    assertTrue(certificate(names).length() > 256 * 6);
    assertTrue(certificate(Collections.nCopies(1000, "node-1")).length() < 1000);
  }

  @ParameterizedTest
  @CsvSource({"ed25519,256", "ecdsa,384", "rsa,2048"})
  void isReadBySshKeygen(String type, String bits, @TempDir Path folder) throws Exception {
    SshKeygen.assumePresent();
    Path key = folder.resolve("key");
    SshKeygen.run("-q", "-t", type, "-b", bits, "-N", "", "-f", key.toString());
    String line = Files.readString(folder.resolve("key.pub"));
    SshPublicKey host = SshPublicKey.parseWire(Bytes.ofBase64("line", line.split(" ")[1]));
    Path certificate = folder.resolve("key-cert.pub");
    Files.writeString(
        certificate, SshHostCertificate.sign(CA, host, List.of("node-1", "node-1.example"), NOW));

    String listed = SshKeygen.run("-L", "-f", certificate.toString()).replaceAll("[ \t\n]+", " ");
    assertTrue(listed.contains(" host certificate "), listed);
    assertTrue(listed.contains(" Public key: "), listed);
    assertTrue(listed.contains(" " + host.fingerprint() + " "), listed);
    assertTrue(
        listed.contains(
            " Signing CA: ED25519 " + SshPublicKey.ofEd25519Seed(CA).fingerprint() + " "),
        listed);
    assertTrue(listed.contains(" Key ID: \"node-1\" Serial: 0 "), listed);
    assertTrue(listed.contains(" Valid: after 2026-03-01T10:20:30 "), listed);
    assertTrue(
        listed.contains(" Principals: node-1 node-1.example Critical Options: (none)"), listed);
    assertTrue(listed.contains(" Extensions: (none)"), listed);
  }

  private static Bytes certificate(List<String> principals) throws MalformedException {
    String line = SshHostCertificate.sign(CA, HOST, principals, NOW);
    String[] parts = line.split("[ \n]");
    assertEquals(2, parts.length);
    assertEquals("ssh-ed25519-cert-v01@openssh.com", parts[0]);
    return Bytes.ofBase64("line", parts[1]);
  }

  private static Bytes typeField() {
    return sized(Bytes.ofUtf8("ssh-ed25519"));
  }

  private static Bytes sized(Bytes value) {
    return new ByteWriter().sized32be(value).toBytes();
  }

  private static Bytes string(ByteReader in) throws MalformedException {
    return in.bytes("string", in.u32be("length"));
  }
}
