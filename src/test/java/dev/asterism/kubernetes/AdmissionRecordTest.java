package dev.asterism.kubernetes;

import static dev.asterism.kubernetes.Admissions.NOW;
import static dev.asterism.kubernetes.Admissions.controlPlane;
import static dev.asterism.kubernetes.Admissions.worker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class AdmissionRecordTest {
  @Test
  void readsWhatItWrites() throws Exception {
    AdmissionRecord first =
        AdmissionRules.admit(List.of(), worker("a", "worker-1", 1), NOW).result();
    AdmissionRecord second =
        AdmissionRules.admit(List.of(first), worker("a", "worker-1", 2), NOW).result();
    AdmissionRecord waits =
        AdmissionRules.await(List.of(), controlPlane("b", "cp-1", 3), NOW).result();
    for (AdmissionRecord record : List.of(first, second, waits)) {
      assertEquals(record, AdmissionRecord.fromJson(record.toJson()));
    }
  }

  @Test
  void aRecordOfAnOlderProgramPromisesNoTicket() throws Exception {
    AdmissionRecord record =
        AdmissionRules.admit(List.of(), worker("a", "worker-1", 1), NOW).result();
    ObjectNode old = record.toJson();
    ((ObjectNode) old.get("spec")).remove("ticket");
    AdmissionRecord read = AdmissionRecord.fromJson(old);
    assertEquals(TicketNumber.NONE, read.ticket());
    assertEquals(old, read.toJson());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "state     | admitted    | perhaps",
        "role      | worker      | queen",
        "since     | 2026-05-01T | yesterday",
        "name      | ak-         | no-",
        "addresses | [\"10.0.0.1\"] | \"10.0.0.1\"",
        "addresses | [\"10.0.0.1\"] | [1]",
        "ticket    | \"number\":1 | \"number\":-1",
        "ticket    | \"number\":1 | \"number\":1.5",
        "ticket    | {\"number\":1,\"since\":\"2026 | {\"number\":1,\"since\":\"last",
      })
  void refusesARecordThatIsNone(String field, String right, String wrong) throws Exception {
    String json =
        Json.line(
            AdmissionRules.admit(List.of(), worker("a", "worker-1", 1), NOW).result().toJson());
    String changed = json.replace(right, wrong);
    assertFalse(changed.equals(json));
    var error =
        assertThrows(
            MalformedException.class,
            () -> AdmissionRecord.fromJson(Json.object("record", changed)));
    assertTrue(error.getMessage().startsWith(field), error.getMessage());
  }

  @Test
  void anIdentityIsAnObjectsNameAndNothingElse() {
    assertTrue(AdmissionRecord.isIdentity("ak-" + "0f".repeat(32)));
    for (String other :
        List.of("", "ak-", "ak-xy", "AK-" + "0".repeat(64), "../" + "0".repeat(64))) {
      assertFalse(AdmissionRecord.isIdentity(other), other);
    }
  }
}
