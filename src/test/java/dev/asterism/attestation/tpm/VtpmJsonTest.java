package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.testing.Garbler;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class VtpmJsonTest {
  private static final Bytes DATA = Bytes.ofUtf8("data");

  @Test
  void writesWhatItRead() throws Exception {
    ForgedVtpm forged =
        ForgedVtpm.with(f -> {
          f.eventLog = DATA;
          f.akCert = DATA;
          f.intermediateCerts.add(DATA);
          f.instanceInfo = DATA;
          f.banks.add(Digests.SHA384);
        });
    VtpmDocument document = VtpmJson.parse(forged.document());

    assertEquals(document, VtpmJson.parse(VtpmJson.write(document)));
    assertEquals(Json.line(forged.json()), text(VtpmJson.write(document)));
  }

  @Test
  void leavesOutWhatOldNodesLeaveOutAndWritesWhatTheyAlwaysWrite() throws Exception {
    VtpmDocument document = VtpmJson.parse(ForgedVtpm.genuine().document());
    ObjectNode root = Json.object("document", VtpmJson.write(document));
    ObjectNode attestation = Json.child(root, "Attestation");

    assertEquals(List.of("Attestation", "InstanceInfo", "UserData"), names(root));
    assertEquals(List.of("ak_pub", "quotes", "TeeAttestation"), names(attestation));
    assertTrue(root.get("InstanceInfo").isNull());
    assertTrue(attestation.get("TeeAttestation").isNull());
  }

  @Test
  void whatIsEmptyIsLeftOutLikeWhatIsAbsent() throws Exception {
    VtpmDocument genuine = VtpmJson.parse(ForgedVtpm.genuine().document());
    var empty =
        new VtpmDocument(
            genuine.akPub(),
            genuine.quotes(),
            Bytes.EMPTY,
            Bytes.EMPTY,
            List.of(),
            null,
            genuine.userData());
    assertEquals(text(VtpmJson.write(genuine)), text(VtpmJson.write(empty)));
  }

  @Test
  void readsAbsentNullAndEmptyMembersAlike() throws Exception {
    for (Consumer<ObjectNode> change :
        List.<Consumer<ObjectNode>>of(
            root -> root.putNull("InstanceInfo"),
            root -> root.put("InstanceInfo", ""),
            root -> root.remove("InstanceInfo"),
            root -> attestation(root).putNull("event_log"),
            root -> attestation(root).put("event_log", ""),
            root -> attestation(root).putNull("ak_cert"),
            root -> attestation(root).putNull("intermediate_certs"))) {
      VtpmDocument document = parse(change);
      assertNull(document.instanceInfo());
      assertNull(document.eventLog());
      assertNull(document.akCert());
      assertEquals(List.of(), document.intermediateCerts());
    }
    assertEquals(Bytes.EMPTY, parse(root -> root.putNull("UserData")).userData());
  }

  @Test
  void neitherFailsOnNorReadsWhatItDoesNotKnow() throws Exception {
    VtpmDocument plain = parse(root -> {});
    assertEquals(
        plain,
        parse(root -> {
          root.put("Future", 1);
          attestation(root).put("canonical_event_log", "x");
          attestation(root).putObject("TeeAttestation").putObject("SevSnpAttestation");
          quote(root, 0).put("more", true);
        }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"24", "-1", "+1", "01", "1 ", "", "a", "0x1", "99999999999", "\u0661"})
  void refusesPcrsThatDoNotExist(String index) {
    assertMalformed(root -> values(root).put(index, Bytes.zeros(32).base64()));
  }

  @Test
  void refusesMembersOfAnotherForm() {
    assertMalformed(root -> root.remove("Attestation"));
    assertMalformed(root -> root.putNull("Attestation"));
    assertMalformed(root -> root.put("UserData", 1));
    assertMalformed(root -> root.put("UserData", "not base64!"));
    assertMalformed(root -> root.put("UserData", "YQ"));
    assertMalformed(root -> attestation(root).remove("ak_pub"));
    assertMalformed(root -> attestation(root).remove("quotes"));
    assertMalformed(root -> attestation(root).putNull("quotes"));
    assertMalformed(root -> attestation(root).put("quotes", "x"));
    assertMalformed(root -> attestation(root).putArray("quotes").add("x"));
    assertMalformed(root -> attestation(root).putArray("intermediate_certs").add(1));
    assertMalformed(root -> quote(root, 0).remove("quote"));
    assertMalformed(root -> quote(root, 0).remove("raw_sig"));
    assertMalformed(root -> quote(root, 0).remove("pcrs"));
    assertMalformed(root -> pcrs(root).remove("pcrs"));
    assertMalformed(root -> pcrs(root).remove("hash"));
    assertMalformed(root -> pcrs(root).put("hash", "11"));
    assertMalformed(root -> pcrs(root).put("hash", 11.5));
    assertMalformed(root -> pcrs(root).put("hash", 16));
    assertMalformed(root -> values(root).put("4", 1));
    assertMalformed(root -> values(root).put("4", Bytes.zeros(31).base64()));
    assertMalformed(root -> values(root).put("4", Bytes.zeros(48).base64()));
  }

  @Test
  void refusesMoreThanThereCanBe() {
    assertMalformed(root -> {
      ArrayNode quotes = (ArrayNode) attestation(root).get("quotes");
      for (int i = 0; i < 4; i++) {
        quotes.add(quotes.get(0).deepCopy());
      }
    });
    assertMalformed(root -> {
      ArrayNode certificates = attestation(root).putArray("intermediate_certs");
      for (int i = 0; i < 9; i++) {
        certificates.add("YQ==");
      }
    });
  }

  @Test
  void readsAsMuchAsThereCanBe() throws Exception {
    ForgedVtpm forged =
        ForgedVtpm.with(f -> {
          f.banks.addAll(List.of(Digests.SHA1, Digests.SHA384, Digests.SHA512));
          for (int i = 0; i < 8; i++) {
            f.intermediateCerts.add(DATA);
          }
          f.userData = Bytes.zeros(64);
        });
    VtpmDocument document = VtpmJson.parse(forged.document());
    assertEquals(4, document.quotes().size());
    assertEquals(8, document.intermediateCerts().size());
    assertMalformed(root -> root.put("UserData", Bytes.zeros(65).base64()));
    assertMalformed(root -> attestation(root).putArray("quotes").add(1));
    assertMalformed(root -> attestation(root).putArray("intermediate_certs").add(1));
    assertMalformed(root -> attestation(root).put("intermediate_certs", "YQ=="));
  }

  @Test
  void refusesAMemberThatIsThereTwice() {
    String twice =
        Json.line(ForgedVtpm.genuine().json())
            .replace("\"UserData\"", "\"UserData\":\"\",\"UserData\"");
    assertThrows(MalformedException.class, () -> VtpmJson.parse(Bytes.ofUtf8(twice)));
  }

  @Test
  void survivesGarbledDocuments() {
    Garbler.assertHarmless(ParsedDocument::of, ForgedVtpm.genuine().document());
  }

  private static VtpmDocument parse(Consumer<ObjectNode> change) throws MalformedException {
    ObjectNode json = ForgedVtpm.genuine().json();
    change.accept(json);
    return VtpmJson.parse(Bytes.ofUtf8(Json.line(json)));
  }

  private static void assertMalformed(Consumer<ObjectNode> change) {
    assertThrows(MalformedException.class, () -> parse(change));
  }

  private static ObjectNode attestation(ObjectNode root) {
    return (ObjectNode) root.get("Attestation");
  }

  private static ObjectNode quote(ObjectNode root, int index) {
    return (ObjectNode) attestation(root).get("quotes").get(index);
  }

  private static ObjectNode pcrs(ObjectNode root) {
    return (ObjectNode) quote(root, 0).get("pcrs");
  }

  private static ObjectNode values(ObjectNode root) {
    return (ObjectNode) pcrs(root).get("pcrs");
  }

  private static List<String> names(ObjectNode node) {
    return List.copyOf(node.propertyNames());
  }

  private static String text(Bytes json) {
    return new String(json.toArray(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
