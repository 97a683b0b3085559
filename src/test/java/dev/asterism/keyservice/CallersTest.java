package dev.asterism.keyservice;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.rpc.CallException;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallersTest {
  private static final String DISK = "0f8fad5b-d9cb-469f-a165-70867728950e";

  private final Callers callers =
      named("csi=pvc-", "csi=snapshot.", "wide=0", "hex=0F8FAD5B", "near=measurement");

  private static Callers named(String... grants) {
    try {
      return Callers.named("join-service", List.of(grants));
    } catch (MalformedException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "join-service," + DISK,
    "join-service,measurementSecret",
    "join-service,ca_emergency_ssh",
    "csi,pvc-1",
    "csi,pvc-" + DISK,
    "csi,snapshot.1",
    "wide,0",
    "wide,01",
  })
  void givesEachItsOwn(String caller, String id) {
    assertDoesNotThrow(() -> callers.check(Optional.of(caller), id));
  }

  @ParameterizedTest
  @CsvSource({
    // Only disks and the two reserved ones for the join-service.
    "join-service,pvc-1",
    "join-service,0F8FAD5B-D9CB-469F-A165-70867728950E",
    "join-service," + DISK + "0",
    "join-service,x" + DISK,
    "join-service,measurementsecret",
    "join-service,measurementSecret2",
    // The reserved ones for nobody else, whatever the prefix.
    "csi,measurementSecret",
    "near,measurementSecret",
    "csi,ca_emergency_ssh",
    // Disks neither, nor what only looks like one.
    "csi," + DISK,
    "wide," + DISK,
    "hex,0F8FAD5B-D9CB-469F-A165-70867728950E",
    // Prefixes are taken letter by letter, from the first one.
    "csi,pvc",
    "csi,PVC-1",
    "csi,x-pvc-1",
    "csi,snapshotx1",
    "csi,.pvc-1",
    // Names are taken whole.
    "stranger,pvc-1",
    "Join-Service," + DISK,
    "join-service2," + DISK,
    "cs,pvc-1",
  })
  void refusesEverythingElse(String caller, String id) {
    var refusal = assertThrows(CallException.class, () -> callers.check(Optional.of(caller), id));
    assertEquals(Status.Code.PERMISSION_DENIED, refusal.code());
  }

  @Test
  void aCallerWithoutNameGetsNothing() {
    assertThrows(CallException.class, () -> callers.check(Optional.empty(), DISK));
  }

  @Test
  void byPlainGrpcEveryoneGetsEverything() {
    for (String id : List.of(DISK, "measurementSecret", "pvc-1")) {
      assertDoesNotThrow(() -> Callers.anyone().check(Optional.empty(), id));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "=", "csi", "csi=", "=pvc-", "c si=pvc-", "csi=pvc/", "csi=a=b", "csi=*"})
  void refusesAGrantThatIsNone(String grant) {
    var refusal =
        assertThrows(MalformedException.class, () -> Callers.named("join-service", List.of(grant)));
    assertEquals("--allow", refusal.field());
  }

  @Test
  void theJoinServiceGetsNoPrefixBesides() {
    var refusal =
        assertThrows(MalformedException.class, () -> Callers.named("js", List.of("js=pvc-")));
    assertTrue(refusal.getMessage().contains("join-service"), refusal.getMessage());
    assertThrows(MalformedException.class, () -> Callers.named("", List.of()));
  }
}
