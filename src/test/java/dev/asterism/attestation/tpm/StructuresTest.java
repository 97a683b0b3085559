package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.testing.Garbler;
import dev.asterism.testing.MeasuredBootData;
import dev.asterism.testing.Truncation;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StructuresTest {
  private static final MeasuredBootData REAL = MeasuredBootData.GOOD;

  @Test
  void readsARealQuote() throws Exception {
    // ff544347 magic, 8018 type, 0022 000b… qualifiedSigner, 0020 5b82… extraData,
    // 000000000000b33a clock, 00000002 resetCount, 00000000 restartCount, 01 safe,
    // 2019102300163636 firmwareVersion, 00000001 000b 03 ffff00 pcrSelect, 0020 3626… pcrDigest
    TpmsAttest attest = TpmsAttest.parse(REAL.file("quote.attest"));

    assertEquals(Tpm2.GENERATED, attest.magic());
    assertTrue(attest.qualifiedSigner().hex().startsWith("000b4d50b19648c5"));
    assertEquals(REAL.file("nonce.bin"), attest.extraData());
    assertEquals(new TpmsAttest.ClockInfo(0xb33a, 2, 0, true), attest.clockInfo());
    assertEquals(0x2019102300163636L, attest.firmwareVersion());
    assertEquals(
        List.of(
            PcrSelection.of(
                Digests.SHA256, java.util.Set.copyOf(IntStream.range(0, 16).boxed().toList()))),
        attest.pcrSelect());
    assertEquals(
        "36266c0fc1a4f696cdb22a5a8023883c3e514151cfe44ff78dc79537ce5d8972",
        attest.pcrDigest().hex());
    assertEquals(REAL.file("quote.attest"), attest.raw());
  }

  @Test
  void readsARealSignatureAndWritesItBack() throws Exception {
    // 0018 ECDSA, 000b SHA-256, 0020 db44… r, 0020 c302… s
    TpmtSignature signature = TpmtSignature.parse(REAL.file("quote.sig"));

    assertEquals(Tpm2.ALG_ECDSA, signature.scheme());
    assertEquals(Digests.SHA256, signature.hash());
    assertTrue(((TpmtSignature.Ecdsa) signature).r().hex().startsWith("db443db3"));
    assertEquals(REAL.file("quote.sig"), signature.encode());
  }

  @Test
  void readsARealKeyAndNamesIt() throws Exception {
    // 0023 ECC, 000b nameAlg, 00050072 attributes, 0000 authPolicy,
    // 0010 symmetric, 0018 000b scheme, 0003 P-256, 0010 kdf, 0020 4258… x, 0020 04d9… y
    TpmtPublic area = TpmtPublic.parse(REAL.akPublic());

    assertEquals(0x00050072L, area.objectAttributes());
    var ecc = (TpmtPublic.Ecc) area.parameters();
    assertEquals(Tpm2.ALG_ECDSA, ecc.scheme());
    assertEquals(Tpm2.ECC_NIST_P256, ecc.curve());
    assertEquals(REAL.file("ak.name"), area.name().value());
    assertEquals(REAL.file("ak.name").hex(), area.name().toString());
    assertTrue(
        Signatures.verify(
            area.publicKey(),
            TpmtSignature.parse(REAL.file("quote.sig")),
            REAL.file("quote.attest")));
  }

  @Test
  void refusesEveryPrefixOfAQuote() throws Exception {
    Truncation.assertOnlyTheWholePasses(TpmsAttest::parse, REAL.file("quote.attest"));
  }

  @Test
  void refusesEveryPrefixOfASignature() throws Exception {
    Truncation.assertOnlyTheWholePasses(TpmtSignature::parse, REAL.file("quote.sig"));
    ForgedVtpm rsa = ForgedVtpm.genuine();
    Truncation.assertOnlyTheWholePasses(
        TpmtSignature::parse, rsa.signature(rsa.attest(Digests.SHA256)));
  }

  @Test
  void refusesEveryPrefixOfAPublicArea() throws Exception {
    Truncation.assertOnlyTheWholePasses(TpmtPublic::parse, REAL.akPublic());
    Truncation.assertOnlyTheWholePasses(TpmtPublic::parse, ForgedVtpm.genuine().publicArea());
  }

  @Test
  void survivesGarbledStructures() {
    Garbler.assertHarmless(TpmsAttest::parse, REAL.file("quote.attest"));
    Garbler.assertHarmless(TpmtSignature::parse, REAL.file("quote.sig"));
    Stream.of(REAL.akPublic(), ForgedVtpm.genuine().publicArea())
        .forEach(area -> Garbler.assertHarmless(b -> TpmtPublic.parse(b).publicKey(), area));
  }

  @Test
  void refusesAQuoteWhoseFieldsMakeNoSense() {
    assertRefused("type", ForgedVtpm.with(f -> f.type = 0x8019));
    assertRefused("clockInfo.safe", ForgedVtpm.with(f -> f.safe = 2));
    assertRefused("pcrSelect.count", ForgedVtpm.with(f -> f.selections = 17));
  }

  @Test
  void refusesLengthsThatReachBeyondTheEnd() throws Exception {
    Bytes attest = REAL.file("quote.attest");
    // qualifiedSigner, extraData and pcrDigest sizes, and the number of selections.
    for (int offset : new int[] {6, 42, 111}) {
      Bytes patched = patch(attest, offset, "ffff");
      assertThrows(MalformedException.class, () -> TpmsAttest.parse(patched), "at " + offset);
    }
    Bytes count = patch(attest, 101, "ffffffff");
    assertThrows(MalformedException.class, () -> TpmsAttest.parse(count));
  }

  @Test
  void refusesAlgorithmsThatItDoesNotKnow() throws Exception {
    Bytes signature = REAL.file("quote.sig");
    for (String scheme : List.of("0005", "001a", "0010")) {
      Bytes patched = patch(signature, 0, scheme);
      assertEquals(
          "sigAlg",
          assertThrows(MalformedException.class, () -> TpmtSignature.parse(patched)).field());
    }
    Bytes hash = patch(signature, 2, "0012");
    assertEquals(
        "hash", assertThrows(MalformedException.class, () -> TpmtSignature.parse(hash)).field());
  }

  @Test
  void refusesKeysThatAreNotForSigning() throws Exception {
    Bytes area = REAL.akPublic();
    assertArea("type", patch(area, 0, "0008"));
    assertArea("nameAlg", patch(area, 2, "0010"));
    assertArea("symmetric", patch(area, 10, "0006"));
    assertArea("scheme", patch(area, 12, "001b"));
    assertArea("kdf", patch(area, 18, "0020"));
  }

  @Test
  void refusesKeysThatAreNotSound() throws Exception {
    Bytes ecc = REAL.akPublic();
    assertKey("curveID", patch(ecc, 16, "0005"));
    assertKey("unique", patch(ecc, 22, "00"));
    assertKey("unique", patch(ecc, 22, "ff".repeat(32)));
    assertKey("unique", Bytes.concat(ecc.slice(0, 20), Bytes.ofHex("point", "00000000")));

    assertKey("unique", ForgedVtpm.with(f -> f.keyBits = 3072).publicArea());
    assertKey("exponent", ForgedVtpm.with(f -> f.exponent = 3).publicArea());
    assertKey("exponent", ForgedVtpm.with(f -> f.exponent = 65538).publicArea());
    assertKey(
        "unique",
        ForgedVtpm.with(
                f -> {
                  f.key = ForgedVtpm.keyPair("RSA1024");
                  f.keyBits = 1024;
                })
            .publicArea());
    Bytes even = ForgedVtpm.genuine().publicArea();
    assertKey("unique", patch(even, even.length() - 1, "00"));
  }

  @Test
  void readsWhatReachesToItsLimits() throws Exception {
    assertEquals(
        16,
        TpmsAttest.parse(ForgedVtpm.with(f -> f.selections = 16).attest(Digests.SHA256))
            .pcrSelect()
            .size());
    assertEquals(
        66,
        TpmsAttest.parse(ForgedVtpm.with(f -> f.extraData = Bytes.zeros(66)).attest(Digests.SHA256))
            .extraData()
            .length());
    assertRefused("extraData.size", ForgedVtpm.with(f -> f.extraData = Bytes.zeros(67)));
  }

  @Test
  void aModulusHasTheLengthThatIsStated() throws Exception {
    Bytes largest = ofBits(4096);
    assertEquals(4096, ((RSAPublicKey) rsa(4096, 65537, largest)).getModulus().bitLength());
    refusesRsa("unique", 4104, 65537, ofBits(4104));
    refusesRsa("unique", 2040, 65537, ofBits(2040));
    refusesRsa("unique", 2048, 65537, Bytes.concat(Bytes.zeros(1), ofBits(2048)));
    refusesRsa("unique", 2056, 65537, Bytes.concat(Bytes.zeros(1), ofBits(2048)));
    rsa(2048, 0xffff_ffffL, ofBits(2048));
    refusesRsa("exponent", 2048, 65535, ofBits(2048));
    var huge =
        KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(
                    new BigInteger(1, ofBits(2048).toArray()),
                    BigInteger.ONE.shiftLeft(32).add(BigInteger.ONE)));
    Bytes spki = Bytes.of(huge.getEncoded());
    assertThrows(MalformedException.class, () -> SigningKeys.ofSpki("ak", spki));
  }

  private static Bytes ofBits(int bits) {
    return Bytes.of(BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE).toByteArray())
        .slice(1, bits / 8 + 1);
  }

  private static PublicKey rsa(int bits, long exponent, Bytes modulus) throws MalformedException {
    return SigningKeys.rsa(
        new TpmtPublic.Rsa(Tpm2.ALG_RSASSA, Digests.SHA256, bits, exponent, modulus));
  }

  private static void refusesRsa(String field, int bits, long exponent, Bytes modulus) {
    var e = assertThrows(MalformedException.class, () -> rsa(bits, exponent, modulus));
    assertEquals(field, e.field());
  }

  @Test
  void aPointIsSpelledWithinItsField() throws Exception {
    for (String curve : List.of("secp256r1", "secp384r1")) {
      var key = (ECPublicKey) ForgedVtpm.keyPair(curve).getPublic();
      int id = curve.equals("secp256r1") ? Tpm2.ECC_NIST_P256 : Tpm2.ECC_NIST_P384;
      int size = curve.equals("secp256r1") ? 32 : 48;
      BigInteger p = ((ECFieldFp) key.getParams().getCurve().getField()).getP();
      BigInteger x = key.getW().getAffineX();
      BigInteger y = key.getW().getAffineY();
      assertEquals(key, ecc(id, x, y));
      assertThrows(MalformedException.class, () -> ecc(id, x.add(p), y));
      assertThrows(MalformedException.class, () -> ecc(id, x, y.add(p)));

      Bytes point =
          Bytes.concat(
              Bytes.of(new byte[] {SigningKeys.UNCOMPRESSED}), padded(x, size), padded(y, size));
      assertEquals(key, SigningKeys.ofPoint("point", point));
      assertEquals(key, SigningKeys.ofSpki("ak", Bytes.of(key.getEncoded())));
      for (Bytes bad :
          List.of(
              Bytes.concat(Bytes.of(new byte[] {3}), point.slice(1, point.length())),
              point.slice(0, point.length() - 1),
              Bytes.concat(point, Bytes.zeros(1)),
              Bytes.concat(point.slice(0, 1 + size), padded(y.xor(BigInteger.ONE), size)),
              Bytes.concat(point.slice(0, 1), padded(p, size), padded(y, size)),
              Bytes.EMPTY)) {
        assertThrows(MalformedException.class, () -> SigningKeys.ofPoint("point", bad));
      }
    }
  }

  private static PublicKey ecc(int curve, BigInteger x, BigInteger y) throws MalformedException {
    return SigningKeys.ecc(
        new TpmtPublic.Ecc(
            Tpm2.ALG_ECDSA,
            Digests.SHA256,
            curve,
            Bytes.of(x.toByteArray()),
            Bytes.of(y.toByteArray())));
  }

  private static Bytes padded(BigInteger number, int size) throws MalformedException {
    return Bytes.ofHex("number", ("%0" + 2 * size + "x").formatted(number));
  }

  @Test
  void namesOfAlgorithmsAndResponseCodesAreForPeople() {
    assertEquals("RSAPSS", Algorithms.scheme(Tpm2.ALG_RSAPSS));
    assertEquals("any scheme", Algorithms.scheme(Tpm2.ALG_NULL));
    assertEquals("scheme 0x0005", Algorithms.scheme(5));
    assertEquals("bank 0x0012", Algorithms.bank(0x12));
    assertEquals("sha512", Algorithms.bank(Digests.SHA512));
    assertEquals("PCR 0-2, 4, 5, 7", PcrList.of(java.util.Set.of(0, 1, 2, 4, 5, 7)));
    assertEquals("no PCR", PcrList.of(java.util.Set.of()));
    assertEquals("value out of range, parameter 2", ResponseCodes.describe(0x2c4));
    assertEquals("no such handle, handle 1", ResponseCodes.describe(0x18b));
    assertEquals("authorization failed, session 1", ResponseCodes.describe(0x98e));
    assertEquals("authorization failed, handle 7", ResponseCodes.describe(0x78e));
    assertEquals("authorization failed, session 0", ResponseCodes.describe(0x88e));
    assertEquals("wrong size", ResponseCodes.describe(0x95));
    assertEquals("retry", ResponseCodes.describe(0x922));
    assertEquals("see part 2 of the TPM specification", ResponseCodes.describe(0x1080));
    assertTrue(ResponseCodes.isNoSuchHandle(0x910) && ResponseCodes.isNoSuchHandle(0x916));
    assertFalse(ResponseCodes.isNoSuchHandle(0x90f) || ResponseCodes.isNoSuchHandle(0x917));
    assertFalse(ResponseCodes.isNoSuchHandle(0x184));
  }

  @Test
  void takesAnExponentThatIsSpelledOut() throws Exception {
    Bytes area = ForgedVtpm.with(f -> f.exponent = 65537).publicArea();
    assertEquals(
        TpmtPublic.parse(ForgedVtpm.genuine().publicArea()).publicKey(),
        TpmtPublic.parse(area).publicKey());
  }

  @Test
  void readsThePublicKeyAlone() throws Exception {
    for (String name : List.of("RSA", "secp256r1", "secp384r1")) {
      var key = ForgedVtpm.keyPair(name).getPublic();
      assertEquals(key, SigningKeys.ofSpki("ak", Bytes.of(key.getEncoded())));
    }
    for (String name : List.of("RSA1024", "secp521r1")) {
      Bytes spki = Bytes.of(ForgedVtpm.keyPair(name).getPublic().getEncoded());
      assertThrows(MalformedException.class, () -> SigningKeys.ofSpki("ak", spki), name);
    }
    assertThrows(MalformedException.class, () -> SigningKeys.ofSpki("ak", Bytes.EMPTY));
  }

  @Test
  void aPointThatIsNotOnItsCurveIsNoKeyHoweverItComes() throws Exception {
    Bytes spki = Bytes.of(ForgedVtpm.keyPair("secp256r1").getPublic().getEncoded());
    Bytes other = patch(spki, spki.length() - 1, "%02x".formatted(spki.at(spki.length() - 1) ^ 1));
    var e = assertThrows(MalformedException.class, () -> SigningKeys.ofSpki("ak", other));
    assertEquals("unique: is not a point on the curve", e.getMessage());
  }

  @Test
  void coordinatesAreNumbersOfTheField() throws Exception {
    var key = (ECPublicKey) ForgedVtpm.keyPair("secp256r1").getPublic();
    ECParameterSpec curve = key.getParams();
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    // p = 3 mod 4, and b is a square.
    BigInteger root = curve.getCurve().getB().modPow(p.add(BigInteger.ONE).shiftRight(2), p);
    SigningKeys.checkPoint(curve, new ECPoint(BigInteger.ZERO, root));

    BigInteger x = key.getW().getAffineX();
    BigInteger y = key.getW().getAffineY();
    for (ECPoint congruent :
        List.of(
            new ECPoint(x.subtract(p), y),
            new ECPoint(x, y.subtract(p)),
            new ECPoint(p, root),
            new ECPoint(x, p),
            ECPoint.POINT_INFINITY)) {
      assertPoint("unique: is not a point of the curve's field", curve, congruent);
    }
    assertPoint("unique: is not a point on the curve", curve, new ECPoint(x, BigInteger.ZERO));
  }

  private static void assertPoint(String message, ECParameterSpec curve, ECPoint point) {
    var e = assertThrows(MalformedException.class, () -> SigningKeys.checkPoint(curve, point));
    assertEquals(message, e.getMessage());
  }

  @Test
  void aCurveIsKnownByAllThatMakesIt() throws Exception {
    ECParameterSpec p256 = curve("secp256r1");
    ECParameterSpec p384 = curve("secp384r1");
    assertEquals(p256, SigningKeys.supported(p256));
    assertEquals(p384, SigningKeys.supported(p384));

    EllipticCurve curve = p256.getCurve();
    ECPoint generator = p256.getGenerator();
    ECPoint other = ((ECPublicKey) ForgedVtpm.keyPair("secp256r1").getPublic()).getW();
    BigInteger order = p256.getOrder();
    for (ECParameterSpec odd :
        List.of(
            new ECParameterSpec(p384.getCurve(), generator, order, 1),
            new ECParameterSpec(curve, other, order, 1),
            new ECParameterSpec(curve, generator, order.subtract(BigInteger.TWO), 1))) {
      assertThrows(MalformedException.class, () -> SigningKeys.supported(odd));
    }
  }

  private static ECParameterSpec curve(String name) {
    return ((ECPublicKey) ForgedVtpm.keyPair(name).getPublic()).getParams();
  }

  @Test
  void takesTheKeyOfACertificateAndOfBareNumbers() throws Exception {
    var key = (RSAPublicKey) ForgedVtpm.keyPair("RSA").getPublic();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    var root = CertificateAuthority.create("root", now, now.plusSeconds(1));
    var request =
        new CertificateAuthority.Request(
            key, "CN=ak", now, now.plusSeconds(1), Usage.ATTESTATION_KEY, List.of(), List.of());
    assertEquals(key, SigningKeys.of(root.issue(request)));

    Bytes exponent = Bytes.of(key.getPublicExponent().toByteArray());
    assertEquals(key, SigningKeys.ofRsa(Bytes.of(key.getModulus().toByteArray()), exponent));
    assertThrows(MalformedException.class, () -> SigningKeys.ofRsa(ofBits(2040), exponent));
  }

  private static void assertRefused(String field, ForgedVtpm forged) {
    var e =
        assertThrows(
            MalformedException.class, () -> TpmsAttest.parse(forged.attest(Digests.SHA256)));
    assertEquals(field, e.field());
  }

  private static void assertArea(String field, Bytes area) {
    assertEquals(
        field, assertThrows(MalformedException.class, () -> TpmtPublic.parse(area)).field());
  }

  private static void assertKey(String field, Bytes area) throws MalformedException {
    TpmtPublic parsed = TpmtPublic.parse(area);
    assertEquals(field, assertThrows(MalformedException.class, parsed::publicKey).field());
  }

  private static Bytes patch(Bytes bytes, int offset, String hex) throws MalformedException {
    Bytes patch = Bytes.ofHex("patch", hex);
    return Bytes.concat(
        bytes.slice(0, offset), patch, bytes.slice(offset + patch.length(), bytes.length()));
  }
}
