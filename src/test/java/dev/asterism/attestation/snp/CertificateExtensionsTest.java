package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.snp.TcbVersion.Component;
import dev.asterism.device.SoftwareLine;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AMD's extensions, each alone not as it must be. */
class CertificateExtensionsTest {
  private static final String ARC = "1.3.6.1.4.1.3704.1.";

  private static CertificateExtensions with(String oid, Bytes content) throws MalformedException {
    return CertificateExtensions.of(
        ForgedSnp.with(f -> f.extensions.put(ARC + oid, content)).leaf());
  }

  private static void refused(String reason, String oid, Bytes content) {
    var e = assertThrows(MalformedException.class, () -> with(oid, content), reason);
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
  }

  @ParameterizedTest
  @CsvSource({"020100, 0", "02017f, 127", "02020080, 128", "020200ff, 255"})
  void aVersionIsAByte(String der, int version) throws Exception {
    assertEquals(version, with("3.3", ForgedSnp.hex(der)).parts().get(Component.SNP));
  }

  @ParameterizedTest
  @CsvSource({"0200", "020180", "0202007f", "02020180", "0203000080", "02020000"})
  void otherNumbersAreNone(String der) {
    refused("is not a number from 0 to 255", "3.3", ForgedSnp.hex(der));
  }

  @Test
  void lengthsAreInTheirShortestForm() throws Exception {
    Bytes longest = Bytes.ofUtf8("x".repeat(0x80));
    assertEquals(
        "x".repeat(0x80), with("2", Bytes.concat(ForgedSnp.hex("168180"), longest)).product());
    refused("is not DER", "2", Bytes.concat(ForgedSnp.hex("16817f"), longest.slice(0, 0x7f)));
    refused("is not DER of 255", "2", Bytes.concat(ForgedSnp.hex("16820080"), longest));
    // A length that only the content's end tells, which DER has not.
    refused("is not DER of 255", "2", Bytes.concat(ForgedSnp.hex("1680"), longest));
    refused("is not of its ASN.1 type", "2", ForgedSnp.hex("0c0141"));
  }

  @Test
  void textIsPrintable() throws Exception {
    assertEquals(" ~", with("2", ForgedSnp.hex("1602207e")).product());
    refused("is not printable", "2", ForgedSnp.hex("16011f"));
    refused("is not printable", "2", ForgedSnp.hex("16017f"));
  }

  @Test
  void aChipIsNamedWithEightOrSixtyFourBytes() throws Exception {
    Bytes eight = ForgedSnp.filled(8, 0x77);
    assertEquals(eight, with("4", eight).hardwareId());
    assertEquals(eight, with("4", Bytes.concat(ForgedSnp.hex("0408"), eight)).hardwareId());
    for (int length : new int[] {7, 9, 63, 65}) {
      Bytes inner = ForgedSnp.filled(length, 0x77);
      refused("has neither 8 nor 64 bytes", "4", Bytes.concat(Bytes.of(head(length)), inner));
    }
  }

  private static byte[] head(int length) {
    return new byte[] {4, (byte) length};
  }

  @Test
  void whatIsOfAnotherLineIsNoPartOfATcb() throws Exception {
    var turin = CertificateExtensions.of(ForgedSnp.genuine(SoftwareLine.TURIN).leaf());
    assertEquals(SoftwareLine.TURIN.tcb(), turin.tcb(ProductLine.TURIN).raw());
    var genoa = CertificateExtensions.of(ForgedSnp.genuine().leaf());
    assertThrows(MalformedException.class, () -> genoa.tcb(ProductLine.TURIN));
    // Some certificates state a zero for what their line does not have.
    var zero = with("3.9", ForgedSnp.hex("020100"));
    assertEquals(SoftwareLine.GENOA.tcb(), zero.tcb(ProductLine.GENOA).raw());
    var one = with("3.9", ForgedSnp.hex("020101"));
    assertThrows(MalformedException.class, () -> one.tcb(ProductLine.GENOA));
    assertNull(genoa.cspId());
  }

  @ParameterizedTest
  @CsvSource({"2", "3.1", "3.2", "3.3", "3.8"})
  void whatEveryCertificateHasIsThere(String oid) {
    ForgedSnp without = ForgedSnp.with(f -> f.extensions.remove(ARC + oid));
    assertThrows(MalformedException.class, () -> CertificateExtensions.of(without.leaf()));
  }
}
