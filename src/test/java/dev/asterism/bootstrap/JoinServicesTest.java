package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Policy;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the file is read that an image carries. */
class JoinServicesTest {
  private static final String A = "0a".repeat(32);
  private static final String B = "0b".repeat(32);

  private static List<Policy> parse(String json) throws MalformedException {
    return JoinServices.ofImage(new QemuVtpm(), Bytes.ofUtf8(json));
  }

  private static String config(String pcr4) {
    return "{\"variant\": \"qemu-vtpm\", \"measurements\": {\"4\": \"" + pcr4 + "\"}}";
  }

  @Test
  void takesOneConfigOrAListOfThem() throws MalformedException {
    assertEquals(A, parse(config(A)).getFirst().measurements().expected(4).orElseThrow().hex());
    assertEquals(
        List.of(A, B),
        parse("[" + config(A) + "," + config(B) + "]").stream()
            .map(p -> p.measurements().expected(4).orElseThrow().hex())
            .toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|join-services: must list 1 to 16 attestation configs",
        "7|join-services[0]: is not an attestation config",
        "[{\"measurements\":{}}, []]|join-services[1]: is not an attestation config",
        "{}|join-services[0]: measurements: is missing",
        "[{\"measurements\":{}}, {\"measurements\":{\"4\":\"0a\"}}]"
            + "|join-services[1]: measurements[\"4\"]: must have 32 bytes",
        "{\"variant\":\"qemu-tdx\",\"measurements\":{}}|join-services[0]: variant: is not qemu-vtpm,"
            + " as this node's is",
        "{\"measurements\":{},\"akTrust\":{\"mode\":\"all\"}}|join-services[0]: akTrust.mode: is not any,"
            + " pinned or certificate",
      })
  void namesWhatIsWrong(String json, String complaint) {
    var e = assertThrows(MalformedException.class, () -> parse(json));

    assertEquals(complaint, e.getMessage());
  }

  @Test
  void refusesAListWithoutEnd() {
    String many = "[" + (config(A) + ",").repeat(16) + config(A) + "]";

    var e = assertThrows(MalformedException.class, () -> parse(many));

    assertTrue(e.getMessage().startsWith("join-services: must list"), e.getMessage());
  }
}
