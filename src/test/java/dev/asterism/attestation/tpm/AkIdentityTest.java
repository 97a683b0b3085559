package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.wire.Bytes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One key, one identity: on a node and in a join-service, whatever code reads the key. Hashes as
 * {@code openssl pkey -pubout -outform DER | sha256sum} has them.
 */
class AkIdentityTest {
  private static final String MODULUS =
      "d620b755f79e099ed54bebff773367b11d84c378cfafdd101f70cd33072df1fa"
          + "9079232619c28e1d50459f57c2469e1b479d519457566955c1f45939ca03a16d"
          + "fa1d28df38f1f748d0c8ac0247191b063d0f1e5c66611463c3b631ad561e572d"
          + "88048497b1bd14fab6dd45b088b3207e38e66d3fa91cf8474cb411fede987dcf"
          + "e9040dc17c8c3a77a33528fbab8c1c1562711bc4ee9a0c2507b7c4352051dd10"
          + "4752648e4e689b274780f38b5421abcceb57a7b7366695a2d785d4967b9e750d"
          + "3f9d241fb6e2adfd49eacea26fe0c671e2fbf82d95ec65d1437093164bd245c2"
          + "cafe679e2cab8c1a1445051998286445591c41802be9104d23051b0991589f87";

  /** TPMT_PUBLIC up to what depends on the type of key. */
  private static final String SIGNING = "000b" + "00050072" + "0000" + "0010";

  @ParameterizedTest
  @CsvSource({"00000000", "00010001"})
  void ofAnRsaKey(String exponent) throws Exception {
    assertIdentity(
        "063777f57359fd9e5c82dd91dc3e519df281d10d92d81773ebbfbd5ef6344114",
        "0001" + SIGNING + "0014000b" + "0800" + exponent + "0100" + MODULUS);
  }

  @ParameterizedTest
  @CsvSource({
    "000b, 0003, "
        + "a70156d19ed96508b76f5ea4451727a52b252ce16e88129ca7288066bd8ca405, "
        + "80f6633474126f3b0b86e13099e43c87b22ca307b82730f2223bc909c95fbbb2, "
        + "6d6678f734e5a64d4ed050b4d5341e33264761b41fc2eaae860bf426853a0cb6",
    "000c, 0004, "
        + "88d072b787545bc088176ee17af5b2d69417bc61bd7b8ce64136739cefccd2fa1562b5122253377413c7117af343621e, "
        + "88d566ad5c82bf20c3093019c4e89cc1c665bb3de47609c79555e1041b8a39d41a3f6b05efa16faba039d76213fb432d, "
        + "7ce3bca980861bd0d306cb1688025361edd38b496f257237827af3ed25419a00",
  })
  void ofAnEcKey(String hash, String curve, String x, String y, String identity) throws Exception {
    String size = "%04x".formatted(x.length() / 2);
    assertIdentity(
        identity, "0023" + SIGNING + "0018" + hash + curve + "0010" + size + x + size + y);
  }

  private static void assertIdentity(String expected, String area) throws Exception {
    TpmtPublic parsed = TpmtPublic.parse(Bytes.ofHex("area", area));
    assertEquals(expected, SigningKeys.spkiSha256(parsed.publicKey()).hex());
  }
}
