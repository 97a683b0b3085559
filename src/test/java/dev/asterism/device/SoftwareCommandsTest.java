package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.Garbler;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands byte by byte, as part 3 of the specification writes them. */
class SoftwareCommandsTest {
  /** TPMS_AUTH_COMMAND with the empty password. */
  private static final String PASSWORD = "00000009 40000009 0000 00 0000";

  private static final String ECC_TEMPLATE =
      "0023 000b 00050072 0000 0010 0018 000b 0003 0010 0000 0000";

  private Tpm.Conversation conversation;

  @BeforeEach
  void open() throws Exception {
    conversation = SoftwareTpm.inMemory(new SecureRandom()).open();
  }

  @AfterEach
  void close() throws Exception {
    conversation.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "142 | 8001 0000000a",
        "01e | 8003 0000000c 00000144 0000",
        "142 | 8001 0000000b 00000144 0000",
        "143 | 8001 0000000a 00000000",
        "142 | 8001 0000000a 00000173",
        "125 | 8001 0000000e 0000013d 00000010",
        "144 | 8002 0000000e 0000013d 00000010",
        "144 | 8002 00000012 0000013d 00000010 00000001",
        "125 | 8002 00000012 0000013d 00000010 00000000",
        "918 | 8002 0000001b 0000013d 00000010 00000009 02000000 0000 00 0000",
        "98f | 8002 0000001c 0000013d 00000010 0000000a 40000009 0001 ff 00 0000",
        "982 | 8002 0000001b 0000013d 00000010 00000009 40000009 0000 80 0000",
        "9a2 | 8002 0000001c 0000013d 00000010 0000000a 40000009 0000 00 0001 61",
        "145 | 8002 00000019 0000017b 00000009 40000009 0000 00 0000 0010",
        "907 | 8002 0000001b 0000013d 00000000 00000009 40000009 0000 00 0000",
        "184 | 8002 0000001b 0000013d 00000018 00000009 40000009 0000 00 0000",
        "100 | 8001 0000000c 00000144 0000",
        "184 | 8001 0000000e 00000169 81000000",
        "18b | 8001 0000000e 00000169 01800000",
        "1da | 8001 0000000b 0000017b 00",
        "1da | 8001 0000000d 0000017b 0010 00",
        "1c4 | 8001 00000016 0000017a 00000099 00000000 00000001",
        "1d5 | 8001 0000000e 0000017e 00000011",
        "1c3 | 8001 00000014 0000017e 00000001 0012 03 000000",
        "1c4 | 8001 00000014 0000017e 00000001 000b 02 0000 00",
      })
  void answersWithTheResponseCodeOfTheSpecification(String code, String command) throws Exception {
    assertEquals(code, String.format("%03x", responseCode(command)));
  }

  @Test
  void trailingZerosOfAPasswordDoNotCount() throws Exception {
    assertEquals(
        0, responseCode("8002 0000001d 0000013d 00000010 0000000b 40000009 0000 00 0002 0000"));
  }

  @Test
  void answersACommandWithSessionsInKind() throws Exception {
    // tag, size, code, parameterSize 0, then one TPMS_AUTH_RESPONSE: nonce, attributes, hmac
    assertEquals(
        "8002000000130000000000000000" + "0000010000",
        send("8002 0000001b 0000013d 00000010 " + PASSWORD).hex());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2ca | 0008 000b 00050072 0000 0010 0018 000b 0003 0010 0000 0000",
        "2c3 | 0023 0010 00050072 0000 0010 0018 000b 0003 0010 0000 0000",
        "2e1 | 0023 000b 80050072 0000 0010 0018 000b 0003 0010 0000 0000",
        "2c2 | 0023 000b 00050070 0000 0010 0018 000b 0003 0010 0000 0000",
        "2c2 | 0023 000b 00070072 0000 0010 0018 000b 0003 0010 0000 0000",
        "2c2 | 0023 000b 00050052 0000 0010 0018 000b 0003 0010 0000 0000",
        "2d5 | 0023 000b 00050072 0001 ff 0010 0018 000b 0003 0010 0000 0000",
        "2d6 | 0023 000b 00050072 0000 0006 0018 000b 0003 0010 0000 0000",
        "2d2 | 0023 000b 00050072 0000 0010 0014 000b 0003 0010 0000 0000",
        "2d2 | 0023 000b 00050072 0000 0010 0010 0003 0010 0000 0000",
        "2c3 | 0023 000b 00050072 0000 0010 0018 0012 0003 0010 0000 0000",
        "2e6 | 0023 000b 00050072 0000 0010 0018 000b 0005 0010 0000 0000",
        "2cc | 0023 000b 00050072 0000 0010 0018 000b 0003 0020 0000 0000",
        "2c4 | 0001 000b 00050072 0000 0010 0014 000b 0400 00000000 0000",
        "2cd | 0001 000b 00050072 0000 0010 0014 000b 0800 00000003 0000",
      })
  void refusesTemplatesByTheParameterThatIsWrong(String code, String template) throws Exception {
    assertEquals(code, String.format("%03x", header(send(createPrimary(template, "0000")))));
  }

  @Test
  void aKeyWithAPasswordSignsForWhoKnowsIt() throws Exception {
    Bytes created = send(createPrimary(ECC_TEMPLATE, "0003 616263"));
    assertEquals(0, header(created));
    assertEquals("80000000", created.slice(10, 14).hex());

    assertEquals(0, header(quote("0003 616263")));
    assertEquals(0x98e, header(quote("0003 616264")));
    assertEquals(0x98e, header(quote("0000")));
  }

  @Test
  void aKeyThatOnlyAPolicyOpensCannotBeUsed() throws Exception {
    String policy = "0020 " + "ab".repeat(32);
    send(createPrimary(ECC_TEMPLATE.replace("00050072 0000", "00050032 " + policy), "0000"));
    assertEquals(0x12f, header(quote("0000")));
  }

  @Test
  void creationDataSaysHowTheKeyWasMade() throws Exception {
    Bytes created = send(createPrimary(ECC_TEMPLATE, "0000"));
    ByteReader in = created.slice(14, created.length()).reader("response");
    ByteReader parameters = in.narrow("parameters", in.u32be("parameterSize"));
    Bytes area = parameters.bytes("outPublic", parameters.u16be("size"));
    Bytes creation = parameters.bytes("creationData", parameters.u16be("size"));
    Bytes hash = parameters.bytes("creationHash", parameters.u16be("size"));
    assertEquals("8021" + "40000007" + "0000", parameters.bytes("ticket", 8).hex());
    Bytes name = parameters.bytes("name", parameters.u16be("size"));
    parameters.end();

    var sha256 = dev.asterism.crypto.Digests.SHA256;
    assertEquals(sha256.of(creation), hash);
    assertEquals("000b" + sha256.of(area).hex(), name.hex());
    // no PCRs and the digest over none, locality 0, parentNameAlg null, the owner as parent twice
    assertEquals(
        "00000000"
            + ("0020" + sha256.of(Bytes.EMPTY).hex())
            + "01"
            + "0010"
            + "000440000001"
            + "000440000001"
            + "0000",
        creation.hex());
  }

  @Test
  void tellsWhatItIs() throws Exception {
    // TPM_PT_FAMILY_INDICATOR "2.0", TPM_PT_PCR_COUNT 24
    assertEquals(
        "00" + "00000006" + "00000001" + "00000100322e3000",
        capability("00000006 00000100 00000001").replaceFirst("^01", "00"));
    assertTrue(capability("00000006 00000112 00000001").endsWith("0000011200000018"));
    // no persistent, no transient handles yet; PCR handles from 0
    assertEquals("00" + "00000001" + "00000000", capability("00000001 81000000 00000010"));
    assertEquals("00" + "00000001" + "00000000", capability("00000001 80000000 00000010"));
    assertEquals(
        "01" + "00000001" + "00000002" + "00000000" + "00000001",
        capability("00000001 00000000 00000002"));
    // RSA is asymmetric and an object; TPM2_Quote takes one handle
    assertTrue(capability("00000000 00000001 00000001").endsWith("000100000009"));
    assertTrue(capability("00000002 00000158 00000001").endsWith("02000158"));
  }

  @Test
  void countsWhatChangesPcrs() throws Exception {
    String read = "8001 00000014 0000017e 00000001 000b 03 000000";
    assertEquals("00000000", send(read).slice(10, 14).hex());
    send("8002 0000001f 0000013c 00000004 " + PASSWORD + " 0002 6162");
    assertEquals("00000001", send(read).slice(10, 14).hex());
    send("8002 0000001f 0000013c 00000010 " + PASSWORD + " 0002 6162");
    assertEquals("00000001", send(read).slice(10, 14).hex(), "the debug PCR does not count");
  }

  @Test
  void extendingTheNullHandleDoesNothing() throws Exception {
    assertEquals(0, responseCode("8002 0000001f 0000013c 40000007 " + PASSWORD + " 0002 6162"));
  }

  @Test
  void answersEveryGarbledCommand() throws Exception {
    Random random = new Random(11);
    List<Bytes> commands =
        List.of(
            command(createPrimary(ECC_TEMPLATE, "0003 616263")),
            command("8002 0000001f 0000013c 00000004 " + PASSWORD + " 0002 6162"),
            command("8001 00000014 0000017e 00000001 000b 03 0000ff"),
            command("8001 00000016 0000017a 00000006 00000100 00000001"));
    for (int round = 0; round < 4000; round++) {
      Bytes garbled = Garbler.garble(commands.get(round % commands.size()), random);
      byte[] bytes = garbled.toArray();
      if (bytes.length >= 6 && random.nextInt(4) > 0) {
        Bytes size = new ByteWriter().u32be(bytes.length).toBytes();
        System.arraycopy(size.toArray(), 0, bytes, 2, 4);
      }
      Bytes response = Bytes.of(conversation.transmit(bytes));
      assertEquals(response.length(), response.slice(2, 6).reader("size").u32be("size"));
    }
  }

  private static String createPrimary(String template, String auth) {
    String sensitive = sized(auth + "0000");
    return framed("00000131", "40000001", sensitive + sized(template) + "0000" + "00000000");
  }

  private Bytes quote(String password) throws Exception {
    String area = "40000009 0000 00 " + password;
    int length = area.replace(" ", "").length() / 2;
    String body =
        "80000000"
            + String.format("%08x", length)
            + area
            + "0000"
            + "0010"
            + "00000001 000b 03 000001";
    String hex = body.replace(" ", "");
    return send(String.format("8002 %08x 00000158 %s", 10 + hex.length() / 2, hex));
  }

  private String capability(String parameters) throws Exception {
    Bytes response = send("8001 00000016 0000017a " + parameters);
    return response.slice(10, response.length()).hex();
  }

  private static String framed(String code, String handle, String parameters) {
    String body = (handle + PASSWORD + parameters).replace(" ", "");
    return String.format("8002 %08x %s %s", 10 + body.length() / 2, code, body);
  }

  private static String sized(String hex) {
    return String.format("%04x", hex.replace(" ", "").length() / 2) + hex;
  }

  private int responseCode(String hex) throws Exception {
    return header(send(hex));
  }

  private static int header(Bytes response) throws MalformedException {
    ByteReader in = response.reader("response");
    in.u16be("tag");
    assertEquals(response.length(), in.u32be("size"));
    return (int) in.u32be("code");
  }

  private Bytes send(String hex) throws Exception {
    return Bytes.of(conversation.transmit(command(hex).toArray()));
  }

  private static Bytes command(String hex) throws MalformedException {
    return Bytes.ofHex("command", hex.replace(" ", ""));
  }
}
