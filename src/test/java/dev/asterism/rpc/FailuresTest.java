package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            new CallException(Status.Code.PERMISSION_DENIED, "not for workers"),
            Status.Code.PERMISSION_DENIED),
        Arguments.of(
            new CallException(Status.Code.UNAVAILABLE, "no key", new IOException("secret")),
            Status.Code.UNAVAILABLE),
        Arguments.of(
            new MalformedException("disk_uuid", "is no UUID"), Status.Code.INVALID_ARGUMENT),
        Arguments.of(new InterruptedException("secret"), Status.Code.CANCELLED),
        Arguments.of(new IOException("secret"), Status.Code.INTERNAL),
        Arguments.of(new IllegalStateException("secret"), Status.Code.INTERNAL),
        Arguments.of(
            Status.UNAVAILABLE.withDescription("secret").asRuntimeException(),
            Status.Code.UNAVAILABLE),
        Arguments.of(
            new StatusException(Status.DEADLINE_EXCEEDED.withDescription("secret")),
            Status.Code.UNAVAILABLE),
        Arguments.of(
            Status.PERMISSION_DENIED.withDescription("secret").asRuntimeException(),
            Status.Code.INTERNAL));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void becomeAStatusWithoutForeignText(Throwable failure, Status.Code code) {
    Status status = Failures.status(failure);

    assertEquals(code, status.getCode());
    assertFalse(String.valueOf(status.getDescription()).contains("secret"), status.toString());
    assertEquals(null, status.getCause());
  }

  @Test
  void keepTheTextThatWasWrittenForThePeer() {
    var failure = new CallException(Status.Code.PERMISSION_DENIED, "not for workers");

    assertEquals("not for workers", Failures.status(failure).getDescription());
  }
}
