package dev.asterism.attestation.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Outcome;
import dev.asterism.crypto.Digests;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class GcpVtpmKindTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Bytes NONCE = Bytes.ofUtf8("nonce");
  private static final KeyPair ROOT = ForgedVtpm.keyPair("secp384r1");
  private static final String SUBJECT = "CN=7,OU=some-project,O=Google Compute Engine,L=zone-a";

  private final GcpVtpmKind kind = new GcpVtpmKind();
  private final ForgedVtpm forged =
      ForgedVtpm.with(f -> {
        f.ecdsa("secp256r1", Digests.SHA256);
        f.extraData = NONCE;
      });
  private final Map<String, Bytes> files = new TreeMap<>();
  private final ObjectNode inputs = Json.newObject();

  @BeforeEach
  void fill() throws Exception {
    inputs.put("nonce", NONCE.hex()).put("bank", "sha256");
    inputs.put("project", "some-project").put("zone", "zone-a").put("instance_id", "7");
    Bytes attest = forged.attest(Digests.SHA256);
    files.put("attest", attest);
    files.put("signature", forged.signature(attest));
    ObjectNode pcrs = Json.newObject();
    ObjectNode bank = pcrs.putObject("sha256");
    forged.pcrs(Digests.SHA256).forEach((i, v) -> bank.put(Integer.toString(i), v.hex()));
    files.put("pcrs", Bytes.ofUtf8(pcrs.toString()));
    files.put("root", certificate("CN=root", ROOT, true, null, null));
    files.put("ak_cert", certificate(SUBJECT, forged.key, false, null, instance("7")));
  }

  @Test
  void acceptsTheKeyOfTheInstanceInQuestion() throws Exception {
    assertAccepted();
    files.put("ak_public", forged.publicArea());
    assertAccepted();
    inputs.remove(List.of("project", "zone", "instance_id"));
    assertAccepted();
  }

  @ParameterizedTest
  @CsvSource({"project,other", "zone,zone-b", "instance_id,8"})
  void refusesAnotherInstance(String member, String wanted) throws Exception {
    inputs.put(member, wanted);
    assertOnly("ak.instance");
  }

  @Test
  void aCertificateThatNamesNoInstanceIsNobodys() throws Exception {
    files.put("ak_cert", certificate(SUBJECT, forged.key, false, null, null));
    assertOnly("ak.instance");
    inputs.remove(List.of("project", "zone", "instance_id"));
    assertAccepted();
  }

  @Test
  void refusesAnInstanceThatCannotBeRead() throws Exception {
    files.put(
        "ak_cert", certificate(SUBJECT, forged.key, false, null, new DERUTF8String("instance")));
    assertOnly("ak.instance");
    var huge =
        new DERSequence(
            new ASN1Encodable[] {
              new DERUTF8String("zone-a"), new ASN1Integer(BigInteger.ONE.shiftLeft(90))
            });
    files.put("ak_cert", certificate(SUBJECT, forged.key, false, null, huge));
    assertOnly("ak.instance");
  }

  @ParameterizedTest
  @CsvSource({"2.23.133.8.1,''", "2.23.133.8.3,''", "1.3.6.1.5.5.7.3.1,ak.certified"})
  void takesCertificatesForKeysOfATpmOnly(String purpose, String refusedBy) throws Exception {
    files.put("ak_cert", certificate(SUBJECT, forged.key, false, purpose, instance("7")));
    if (refusedBy.isEmpty()) {
      assertAccepted();
    } else {
      assertOnly(refusedBy);
    }
  }

  @Test
  void refusesThePublicAreaOfAnotherKey() throws Exception {
    files.put("ak_public", ForgedVtpm.genuine().publicArea());
    assertOnly("ak.certified");
  }

  @Test
  void refusesAQuoteOfAnotherKey() throws Exception {
    files.put(
        "signature",
        ForgedVtpm.with(f -> f.ecdsa("secp384r1", Digests.SHA384)).signature(files.get("attest")));
    assertOnly("quote.signature");
  }

  @Test
  void refusesARootThatIsNotTrusted() throws Exception {
    files.put("root", certificate("CN=root", ForgedVtpm.keyPair("RSA"), true, null, null));
    assertOnly("ak.chain");
  }

  @ParameterizedTest
  @ValueSource(strings = {"attest", "ak_cert", "pcrs"})
  void refusesFilesThatCannotBeRead(String role) throws Exception {
    files.put(role, Bytes.zeros(3));
    assertOnly("files.parse");
  }

  @ParameterizedTest
  @ValueSource(strings = {"attest", "ak_cert", "root"})
  void aBundleWithoutAFileIsMalformed(String role) {
    files.remove(role);
    assertThrows(MalformedException.class, this::appraise);
  }

  @Test
  void refusesAKeyWhosePublicAreaIsNotOneOfATpms() throws Exception {
    forged.attributes |= 1 << 17;
    files.put("ak_public", forged.publicArea());
    assertOnly("ak.attributes");
  }

  @Test
  void numbersOfAnInstanceHaveEightBytesAtMost() throws Exception {
    String largest = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE).toString();
    files.put("ak_cert", certificate(SUBJECT, forged.key, false, null, instance(largest)));
    inputs.put("instance_id", largest);
    assertAccepted();
    inputs.remove("zone");
    assertAccepted();
    inputs.put("project", "other");
    assertOnly("ak.instance");
  }

  @Test
  void showsTheInstance() throws Exception {
    assertEquals(Set.of("gcp-vtpm"), kind.kinds());
    assertTrue(kind.show(bundle()).contains(new Fact("project", "some-project")));
  }

  private static DERSequence instance(String id) {
    return new DERSequence(
        new ASN1Encodable[] {
          new DERUTF8String("zone-a"),
          new ASN1Integer(1),
          new DERUTF8String("some-project"),
          new ASN1Integer(new BigInteger(id)),
          new DERUTF8String("node"),
          new DERSequence()
        });
  }

  private static Bytes certificate(
      String subject,
      KeyPair key,
      boolean ca,
      @Nullable String purpose,
      @Nullable ASN1Encodable instance)
      throws Exception {
    var builder =
        new X509v3CertificateBuilder(
            new X500Name("CN=root"),
            BigInteger.TWO,
            Date.from(NOW.minusSeconds(60)),
            Date.from(NOW.plusSeconds(60)),
            new X500Name(subject),
            SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
    if (purpose != null) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(KeyPurposeId.getInstance(new ASN1ObjectIdentifier(purpose))));
    }
    if (instance != null) {
      builder.addExtension(new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.1.21"), false, instance);
    }
    return Bytes.of(
        builder
            .build(new JcaContentSignerBuilder("SHA384withECDSA").build(ROOT.getPrivate()))
            .getEncoded());
  }

  private void assertAccepted() throws Exception {
    Appraisal appraisal = appraise();
    assertTrue(appraisal.accepted(), appraisal.reason());
  }

  private void assertOnly(String check) throws Exception {
    Appraisal appraisal = appraise();
    assertEquals(
        List.of(check),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).distinct().toList(),
        appraisal.reason());
  }

  private Appraisal appraise() throws MalformedException {
    return kind.appraise(bundle(), Bundle.Ruling.NONE, NOW);
  }

  private Bundle bundle() {
    ObjectNode manifest = Json.newObject();
    manifest.set("inputs", inputs);
    manifest.putObject("trust").put("file", "root.der");
    ObjectNode names = manifest.putObject("files");
    files.keySet().forEach(role -> names.put(role, role + ".der"));
    return new Bundle("gcp-vtpm", manifest, files);
  }
}
