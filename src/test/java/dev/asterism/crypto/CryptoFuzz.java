package dev.asterism.crypto;

import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.testing.TestAuthority;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** DER, X.509, PKCS#10, PEM and SSH's formats. */
public final class CryptoFuzz {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = NOW.plus(Duration.ofDays(1));

  private static final TestAuthority AUTHORITY = new TestAuthority(NOW);

  private CryptoFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("Der", CryptoFuzz::derValue, CryptoFuzz::derValues).writing(value -> value),
        FuzzTarget.of(
                "DistinguishedName",
                DistinguishedNames::commonName,
                () ->
                    List.of(
                        DistinguishedNames.ofCommonName("AAECAw=="),
                        DistinguishedNames.ofCommonName("ä")))
            .writing(DistinguishedNames::ofCommonName),
        FuzzTarget.of("PeerCertificate", CryptoFuzz::peer, CryptoFuzz::peers),
        FuzzTarget.of("CertificateRequest", CertificateRequests::parse, CryptoFuzz::requests),
        FuzzTarget.of(
                "Certificate",
                der -> Pem.certificate("certificate", der),
                () -> List.of(Pem.der(authority().certificate()), peers().getFirst()))
            .writing(Pem::der),
        FuzzTarget.ofText(
                "PemCertificates",
                pem -> Pem.certificates("certificates", pem),
                () -> {
                  String pem = authority().certificatePem();
                  return List.of(pem, "text\n" + pem + "\r\n" + pem);
                })
            .writing(all -> {
              var pem = new StringBuilder();
              all.forEach(certificate -> pem.append(Pem.encode(certificate)));
              return Bytes.ofUtf8(pem.toString());
            }),
        FuzzTarget.of(
            "PemPrivateKey",
            pem -> Pem.privateKey("key", Secret.copyOf(pem)),
            CryptoFuzz::privateKeys),
        FuzzTarget.of("SshPublicKey", SshPublicKey::parseWire, CryptoFuzz::sshKeys)
            .writing(SshPublicKey::wire),
        FuzzTarget.ofText("Bcrypt", CryptoFuzz::bcrypt, CryptoFuzz::bcryptHashes),
        FuzzTarget.of(
            "CertificateNames",
            CryptoFuzz::names,
            () ->
                List.of(
                    Pem.der(AUTHORITY.issue("CN=a,O=b", Usage.CLIENT)),
                    Pem.der(AUTHORITY.issue("CN=b", Usage.SERVER)))),
        FuzzTarget.ofText(
                "TlsPeer",
                CryptoFuzz::present,
                () ->
                    List.of(
                        Pem.encode(AUTHORITY.issue("CN=a", Usage.CLIENT))
                            + Pem.encode(AUTHORITY.certificate())))
            .refusing(CertificateException.class)
            .quoting("who keeps the log must know which certificate is meant"),
        FuzzTarget.ofText("TlsIdentity", CryptoFuzz::identity, CryptoFuzz::identities));
  }

  private static List<?> names(Bytes der) throws MalformedException {
    X509Certificate certificate = Pem.certificate("certificate", der);
    return List.of(
        CertificateNames.caller(certificate),
        CertificateNames.isServer(certificate, "localhost"),
        CertificateNames.isServer(certificate, "::1"));
  }

  private static boolean present(String pem) throws MalformedException, CertificateException {
    List<X509Certificate> presented = Pem.certificates("presented", pem);
    TlsPeerCheck.client(presented, List.of(AUTHORITY.certificate()), NOW);
    return true;
  }

  /** Certificate, key and authorities, with an empty line after each. */
  private static List<X509Certificate> identity(String text) throws MalformedException {
    String[] files = text.split("\n\n", 3);
    return TlsIdentity.parse(
            source("tls.crt", files[0]),
            source("tls.key", files.length > 1 ? files[1] : ""),
            source("ca.crt", files.length > 2 ? files[2] : ""),
            TlsIdentity.Purpose.SERVER,
            NOW)
        .chain();
  }

  private static TlsIdentity.Source source(String name, String pem) {
    return new TlsIdentity.Source(name, Bytes.ofUtf8(pem));
  }

  private static List<String> identities() {
    TlsIdentity identity = AUTHORITY.identity("key-service", Usage.SERVER);
    try (Secret key = Pem.encode(identity.key())) {
      return List.of(
          Pem.encode(identity.chain().getFirst())
              + "\n"
              + key.use(pem -> new String(pem, StandardCharsets.US_ASCII))
              + "\n"
              + Pem.encode(AUTHORITY.certificate()));
    }
  }

  /** The first byte says what to read; what was read comes back in its only spelling. */
  private static Bytes derValue(Bytes input) throws MalformedException {
    ByteReader in = input.reader("DER");
    int what = in.u8("what");
    Bytes written =
        switch (what % 4) {
          case 0 -> Der.time(Der.time(in, "time"));
          case 1 -> oid(Der.oid(in, "oid"));
          case 2 -> Der.bits(Der.bits(in, "bits"));
          default -> Der.whole(in, Der.SEQUENCE, "sequence");
        };
    in.end();
    return new ByteWriter().u8(what).bytes(written).toBytes();
  }

  /** The writer takes those that we use: its first two arcs are no long ones. */
  private static Bytes oid(String dotted) throws MalformedException {
    if (Long.parseLong(dotted.split("\\.", -1)[1]) > 39) {
      throw new MalformedException("oid", "is not written");
    }
    return Der.oid(dotted);
  }

  private static List<Bytes> derValues() {
    return List.of(
        tagged(0, Der.time(NOW)),
        tagged(0, Der.time(Instant.parse("2055-12-31T23:59:59Z"))),
        tagged(1, Der.oid("1.3.6.1.4.1.3704.1.3.1")),
        tagged(2, Der.bits(Bytes.zeros(200))),
        tagged(3, Der.tlv(Der.SEQUENCE, Bytes.zeros(300))));
  }

  private static Bytes tagged(int what, Bytes der) {
    return new ByteWriter().u8(what).bytes(der).toBytes();
  }

  private static PeerCertificate peer(Bytes der) throws MalformedException {
    PeerCertificate certificate = PeerCertificate.parse(der);
    boolean _ = certificate.selfSigned() && certificate.validAt(NOW);
    return certificate;
  }

  private static List<Bytes> peers() {
    var evidence = new SelfSignedCertificate.Extension("1.3.9999.4.9.2", Bytes.zeros(40));
    return List.of(
        SelfSignedCertificate.mint(KeyPairs.ecP256(), "name", NOW, LATER, evidence),
        SelfSignedCertificate.mint(KeyPairs.ecP256(), "", NOW, LATER, null));
  }

  private static List<Bytes> requests() {
    return List.of(
        CertificateRequests.create(
            KeyPairs.ecP256(), "worker-1", List.of("worker-1"), List.of("10.0.0.7", "fd00::1")),
        CertificateRequests.create(KeyPairs.ecP256(), "a", List.of(), List.of()));
  }

  private static CertificateAuthority authority() {
    return CertificateAuthority.create("ca", NOW, LATER);
  }

  private static List<Bytes> privateKeys() {
    KeyPair pair = KeyPairs.ecP256();
    try (Secret pkcs8 = Pem.encode(pair.getPrivate())) {
      return List.of(Bytes.of(pkcs8.expose()));
    }
  }

  private static List<Bytes> sshKeys() {
    try (SshHostKey key = SshHostKey.generate(new SecureRandom())) {
      Bytes point = Bytes.of(KeyPairs.ecP256().getPublic().getEncoded()).slice(26, 26 + 65);
      Bytes ecdsa =
          new ByteWriter()
              .sized32be(Bytes.ofUtf8("ecdsa-sha2-nistp256"))
              .sized32be(Bytes.ofUtf8("nistp256"))
              .sized32be(point)
              .toBytes();
      byte[] modulus = new byte[257];
      java.util.Arrays.fill(modulus, 1, modulus.length, (byte) 0xc5);
      Bytes rsa =
          new ByteWriter()
              .sized32be(Bytes.ofUtf8("ssh-rsa"))
              .sized32be(Bytes.of(new byte[] {1, 0, 1}))
              .sized32be(Bytes.of(modulus))
              .toBytes();
      return List.of(key.publicKey().wire(), ecdsa, rsa);
    }
  }

  private static boolean bcrypt(String hash) throws MalformedException {
    // What is asked here is not whether costly hashes are slow.
    String cheap = hash.startsWith("$2") ? hash.replaceFirst("\\$\\d\\d\\$", "\\$04\\$") : hash;
    try (Secret secret = Secret.copyOf("secret".getBytes(StandardCharsets.UTF_8))) {
      if (!Bcrypt.matches(cheap, secret)) {
        throw new MalformedException("hash", "does not match");
      }
      return true;
    }
  }

  private static List<String> bcryptHashes() {
    try (Secret secret = Secret.copyOf("secret".getBytes(StandardCharsets.UTF_8))) {
      return List.of(Bcrypt.hash(secret, 4, new SecureRandom()));
    }
  }
}
