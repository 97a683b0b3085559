package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.testing.Garbler;
import dev.asterism.testing.MeasuredBootData;
import dev.asterism.testing.Truncation;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
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
