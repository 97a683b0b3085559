package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.rpc.CallException;
import io.grpc.Status;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApprovalsTest {
  @Test
  void refusesAConnectionWithoutEvidenceBeforeItAsksForTheConfiguration() {
    var approvals =
        new Approvals(
            () -> {
              throw new AssertionError("nothing to compare with");
            },
            Optional::empty,
            InstantSource.system());
    var error = assertThrows(CallException.class, approvals::current);
    assertEquals(Status.Code.PERMISSION_DENIED, error.code());
  }
}
