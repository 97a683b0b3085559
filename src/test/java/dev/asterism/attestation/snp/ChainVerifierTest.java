package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.snp.ChainVerifier.Result;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.PssAuthority;
import dev.asterism.device.SoftwareAmd;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.junit.jupiter.api.Test;

/** Chains and lists that are AMD's but for one thing. */
class ChainVerifierTest {
  private static final KeyPair ARK = PssAuthority.newKey(2048);
  private static final KeyPair ASK = PssAuthority.newKey(2048);
  private static final KeyPair CHIP = SoftwareAmd.newChipKey();
  private static final String ROOT = "CN=ARK-Genoa";
  private static final String AUTHORITY = "CN=SEV-Genoa";

  private final OddCertificate root = new OddCertificate(ROOT, ROOT, ARK.getPublic());
  private final OddCertificate authority = new OddCertificate(AUTHORITY, ROOT, ASK.getPublic());
  private final OddCertificate leaf =
      new OddCertificate("CN=SEV-VCEK", AUTHORITY, CHIP.getPublic());
  private KeyPair rootSigner = ARK;
  private KeyPair authoritySigner = ARK;
  private KeyPair leafSigner = ASK;
  private SnpRoots roots = trusting(ARK);

  ChainVerifierTest() {
    leaf.authority = false;
    leaf.usage = null;
    ForgedSnp genuine = ForgedSnp.genuine();
    leaf.extensions.putAll(genuine.extensions);
  }

  private static SnpRoots trusting(KeyPair key) {
    var any = new OddCertificate(ROOT, ROOT, key.getPublic()).signedBy(ARK.getPrivate());
    return new SnpRoots(Set.of(new SnpRoots.Pin(ProductLine.GENOA, SnpRoots.keySha256(any))));
  }

  private X509Certificate root() {
    return root.signedBy(rootSigner.getPrivate());
  }

  private Result verify() {
    return new ChainVerifier()
        .verify(
            ForgedSnp.der(leaf.signedBy(leafSigner.getPrivate())),
            ForgedSnp.der(authority.signedBy(authoritySigner.getPrivate())),
            ForgedSnp.der(root()),
            roots);
  }

  private static void refused(String reason, Consumer<ChainVerifierTest> change) {
    var chain = new ChainVerifierTest();
    change.accept(chain);
    var bad = assertInstanceOf(Result.Bad.class, chain.verify(), reason);
    assertTrue(bad.reason().contains(reason), bad::reason);
    assertFalse(bad.untrusted());
  }

  @Test
  void aChainWithNothingWrongIsGood() {
    assertInstanceOf(Result.Good.class, verify());
  }

  @Test
  void everyoneHasHisName() {
    refused(
        "ARK certificate: is not named ARK-Genoa",
        c -> {
          c.root.subject = c.root.issuer = "CN=ARK-Milan";
          c.authority.issuer = "CN=ARK-Milan";
        });
    refused(
        "is not named as an ASK or ASVK",
        c -> c.authority.subject = c.leaf.issuer = "CN=SEV-Naples");
    refused("leaf certificate: is not named SEV-VCEK", c -> c.leaf.subject = "CN=SEV-VLEK");
  }

  @Test
  void everyoneNamesHisIssuer() {
    refused("ARK certificate: names another issuer", c -> c.root.issuer = "CN=ARK-Milan");
    refused(
        "intermediate certificate: names another issuer", c -> c.authority.issuer = "CN=ARK-Milan");
    refused("leaf certificate: names another issuer", c -> c.leaf.issuer = "CN=SEV-Milan");
  }

  @Test
  void everyoneIsSignedByHisIssuer() {
    refused("ARK certificate: is not signed by its issuer", c -> c.rootSigner = ASK);
    refused("intermediate certificate: is not signed by its issuer", c -> c.authoritySigner = ASK);
    refused("leaf certificate: is not signed by its issuer", c -> c.leafSigner = ARK);
  }

  @Test
  void aSignatureIsCalledWhatItIs() {
    ASN1ObjectIdentifier other = PKCSObjectIdentifiers.sha384WithRSAEncryption;
    refused("ARK certificate: is not signed with RSASSA-PSS", c -> c.root.algorithm = other);
    refused(
        "intermediate certificate: is not signed with RSASSA-PSS",
        c -> c.authority.algorithm = other);
    refused("leaf certificate: is not signed with RSASSA-PSS", c -> c.leaf.algorithm = other);
  }

  @Test
  void onlyWhoMaySignCertificatesDoes() {
    for (Consumer<OddCertificate> wrong :
        List.<Consumer<OddCertificate>>of(
            o -> o.authority = false,
            o -> o.usage = null,
            o -> o.usage = KeyUsage.cRLSign | KeyUsage.digitalSignature)) {
      refused("ARK certificate: may not sign certificates", c -> wrong.accept(c.root));
      refused(
          "intermediate certificate: may not sign certificates", c -> wrong.accept(c.authority));
    }
    refused("leaf certificate: is that of an authority", c -> c.leaf.authority = true);
    refused(
        "leaf certificate: is that of an authority",
        c -> {
          c.leaf.authority = true;
          c.leaf.depth = 0;
        });
  }

  @Test
  void whatIsCriticalIsKnown() {
    String unknown = ": has a critical extension that we do not know";
    refused("ARK certificate" + unknown, c -> c.root.unknownCritical = true);
    refused("intermediate certificate" + unknown, c -> c.authority.unknownCritical = true);
    refused("leaf certificate" + unknown, c -> c.leaf.unknownCritical = true);
  }

  @Test
  void keysAreOfTheirKinds() {
    refused("is not of a key on P-384", c -> c.leaf.key = ARK.getPublic());
    refused("is not of a key on P-384", c -> c.leaf.key = KeyPairs.ecP256().getPublic());
    KeyPair weak = PssAuthority.newKey(2040);
    refused(
        "ARK certificate: is not signed by its issuer",
        c -> {
          c.root.key = weak.getPublic();
          c.rootSigner = c.authoritySigner = weak;
          c.roots = trusting(weak);
        });
    refused(
        "leaf certificate: is not signed by its issuer",
        c -> {
          c.authority.key = weak.getPublic();
          c.leafSigner = weak;
        });
    refused(
        "leaf certificate: is not signed by its issuer", c -> c.authority.key = CHIP.getPublic());
  }

  @Test
  void aChainThatIsKnownIsTrustedOnlyByWhoTrustsItsRoot() {
    var verifier = new ChainVerifier();
    Bytes end = ForgedSnp.der(leaf.signedBy(ASK.getPrivate()));
    Bytes issuer = ForgedSnp.der(authority.signedBy(ARK.getPrivate()));
    Bytes top = ForgedSnp.der(root());
    var first = assertInstanceOf(Result.Good.class, verifier.verify(end, issuer, top, roots));
    var again = assertInstanceOf(Result.Good.class, verifier.verify(end, issuer, top, roots));
    assertSame(first.chain(), again.chain());

    var bad = assertInstanceOf(Result.Bad.class, verifier.verify(end, issuer, top, SnpRoots.AMD));
    assertTrue(bad.untrusted());
    // Each of the three is part of what is known.
    Bytes other = ForgedSnp.der(authority.signedBy(ASK.getPrivate()));
    assertInstanceOf(Result.Bad.class, verifier.verify(end, other, top, roots));
  }

  @Test
  void noMoreListsAreKnownThanFit() throws Exception {
    var chain = assertInstanceOf(Result.Good.class, verify()).chain();
    var verifier = new ChainVerifier(9, 2);
    List<Bytes> lists = new ArrayList<>();
    List<RevocationList> read = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      lists.add(list(ROOT, i, true, PKCSObjectIdentifiers.id_RSASSA_PSS));
      read.add(verifier.list(lists.getLast(), chain));
      assertSame(read.getLast(), verifier.list(lists.getLast(), chain));
      if (i == 1) {
        assertSame(read.getFirst(), verifier.list(lists.getFirst(), chain));
      }
    }
    boolean first = verifier.list(lists.get(0), chain) == read.get(0);
    assertFalse(first && verifier.list(lists.get(1), chain) == read.get(1));
  }

  @Test
  void noMoreChainsAreKnownThanFit() {
    var verifier = new ChainVerifier(2, 9);
    Bytes issuer = ForgedSnp.der(authority.signedBy(ARK.getPrivate()));
    Bytes top = ForgedSnp.der(root());
    List<Bytes> leaves = new ArrayList<>();
    for (int days = 1; days <= 3; days++) {
      leaf.days = days;
      leaves.add(ForgedSnp.der(leaf.signedBy(ASK.getPrivate())));
      var good =
          assertInstanceOf(
              Result.Good.class, verifier.verify(leaves.getLast(), issuer, top, roots));
      assertSame(good.chain(), verifier.known(leaves.getLast(), issuer, top));
      long known = leaves.stream().filter(l -> verifier.known(l, issuer, top) != null).count();
      assertEquals(Math.min(days, 2), known);
    }
  }

  @Test
  void aChainOfAnUntrustedRootIsNeitherJudgedNorRemembered() {
    leafSigner = ARK;
    roots = SnpRoots.AMD;
    assertTrue(assertInstanceOf(Result.Bad.class, verify()).untrusted());

    // Trusted for another line.
    var verifier = new ChainVerifier();
    Bytes end = ForgedSnp.der(leaf.signedBy(ASK.getPrivate()));
    Bytes issuer = ForgedSnp.der(authority.signedBy(ARK.getPrivate()));
    Bytes top = ForgedSnp.der(root());
    var milan =
        new SnpRoots(Set.of(new SnpRoots.Pin(ProductLine.MILAN, SnpRoots.keySha256(root()))));
    var bad = assertInstanceOf(Result.Bad.class, verifier.verify(end, issuer, top, milan));
    assertTrue(bad.untrusted());
    assertNull(verifier.known(end, issuer, top));
  }

  @Test
  void anAuthorityMayHaveNoOtherBelowIt() {
    authority.depth = 0;
    root.depth = 1;
    assertInstanceOf(Result.Good.class, verify());
    refused("ARK certificate: may not sign certificates", c -> c.root.depth = 0);
  }

  @Test
  void aLeafSigns() {
    leaf.usage = KeyUsage.digitalSignature;
    assertInstanceOf(Result.Good.class, verify());
    refused("leaf certificate: is not for signatures", c -> c.leaf.usage = KeyUsage.keyAgreement);
  }

  @Test
  void aListIsItsIssuersInEveryRespect() throws Exception {
    var pss = PKCSObjectIdentifiers.id_RSASSA_PSS;
    assertEquals(
        ForgedSnp.NOW, RevocationList.verify(list(ROOT, 0, true, pss), root()).thisUpdate());
    assertBad("is of another issuer", list("CN=ARK-Milan", 0, true, pss));
    assertBad("does not say until when it counts", list(ROOT, 0, false, pss));
    assertBad(
        "is not signed by the ARK",
        list(ROOT, 0, true, PKCSObjectIdentifiers.sha384WithRSAEncryption));
    Bytes good = list(ROOT, 0, true, pss);
    assertBad("is not exactly one DER list", Bytes.concat(good, good));
    assertBad("is not DER", Bytes.EMPTY);
    assertBad("is not DER", Bytes.zeros(RevocationList.LARGEST));
    assertBad("is not DER", Bytes.ofUtf8(dev.asterism.crypto.Pem.encode("X509 CRL", good)));
    assertBad("is larger", Bytes.concat(good, Bytes.zeros(RevocationList.LARGEST)));
    for (Integer usage : new Integer[] {KeyUsage.keyCertSign, null}) {
      root.usage = usage;
      assertBad("is of an ARK that may not sign lists", good);
    }
  }

  private void assertBad(String reason, Bytes list) {
    var e = assertThrows(MalformedException.class, () -> RevocationList.verify(list, root()));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
  }

  private static Bytes list(
      String issuer, int revoked, boolean ends, ASN1ObjectIdentifier algorithm) throws Exception {
    var builder = new X509v2CRLBuilder(new X500Name(issuer), Date.from(ForgedSnp.NOW));
    builder.addCRLEntry(BigInteger.valueOf(1000 + revoked), Date.from(ForgedSnp.NOW), 0);
    if (revoked > 0) {
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(revoked)));
    }
    if (ends) {
      builder.setNextUpdate(Date.from(ForgedSnp.NOW.plusSeconds(9)));
    }
    return Bytes.of(builder.build(OddCertificate.signer(ARK.getPrivate(), algorithm)).getEncoded());
  }

  @Test
  void aListCountsFromItsFirstToItsLastMoment() throws Exception {
    var list =
        RevocationList.verify(list(ROOT, 0, true, PKCSObjectIdentifiers.id_RSASSA_PSS), root());
    assertFalse(list.isCurrentAt(ForgedSnp.NOW.minusSeconds(1)));
    assertTrue(list.isCurrentAt(ForgedSnp.NOW));
    assertTrue(list.isCurrentAt(ForgedSnp.NOW.plusSeconds(9)));
    assertFalse(list.isCurrentAt(ForgedSnp.NOW.plusSeconds(10)));
    assertEquals(java.util.Optional.empty(), list.revoked(List.of(root())));
  }

  @Test
  void aChainIsValidFromTheLastBeginningToTheFirstEnd() {
    var chain = assertInstanceOf(Result.Good.class, verify()).chain();
    assertFalse(chain.isValidAt(chain.notBefore().minusSeconds(1)));
    assertTrue(chain.isValidAt(chain.notBefore()));
    assertTrue(chain.isValidAt(chain.notAfter()));
    assertFalse(chain.isValidAt(chain.notAfter().plusSeconds(1)));
  }
}
