package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.Secret;
import dev.asterism.node.Role;
import dev.asterism.rpc.CallException;
import dev.asterism.testing.FakeMetadata;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitSecretCheckTest {
  private static final String PEER = "192.0.2.1:4711";

  private final FakeMetadata metadata = new FakeMetadata(Role.CONTROL_PLANE);
  private final InitSecretCheck check =
      new InitSecretCheck(metadata, new TryLimit(3, Duration.ofHours(1), () -> 0));

  @BeforeEach
  void hash() {
    metadata.initSecretHash(Bcrypt.hash(secret("right"), 4, new SecureRandom()));
  }

  @Test
  void letsInWhoKnowsTheSecretAsOftenAsHeComes() throws CallException {
    for (int i = 0; i < 10; i++) {
      check.require(PEER, secret("right"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrong", "", "righ", "right1", "RIGHT"})
  void refusesEverythingElse(String wrong) {
    assertEquals(
        "the init secret is not this instance's", refusal(wrong, Status.Code.PERMISSION_DENIED));
  }

  @Test
  void refusesEverybodyWhereTheInstanceHasNoHash() {
    var bare =
        new InitSecretCheck(
            new FakeMetadata(Role.CONTROL_PLANE), new TryLimit(3, Duration.ofHours(1), () -> 0));

    var e = assertThrows(CallException.class, () -> bare.require(PEER, secret("")));

    assertEquals(Status.Code.FAILED_PRECONDITION, e.code());
    assertTrue(e.getMessage().startsWith("nobody may init this node"), e.getMessage());
  }

  @Test
  void refusesEverybodyWhereTheHashIsNone() {
    metadata.initSecretHash("right");

    refusal("right", Status.Code.PERMISSION_DENIED);
  }

  @Test
  void tellsNothingOfTheHostWhenMetadataFails() {
    metadata.down(true);

    // Not UNAVAILABLE, which admins would repeat in silence.
    String message = refusal("right", Status.Code.INTERNAL);

    assertTrue(message.endsWith("see the node's log"), message);
  }

  @Test
  void afterSomeWrongSecretsEvenTheRightOneMustWait() throws CallException {
    for (int i = 0; i < 3; i++) {
      refusal("wrong", Status.Code.PERMISSION_DENIED);
    }

    assertTrue(refusal("right", Status.Code.RESOURCE_EXHAUSTED).startsWith("too many"));
    check.require("192.0.2.2:1", secret("right"));
  }

  @Test
  void anotherPortIsTheSameAddress() {
    for (int port = 1; port <= 3; port++) {
      String peer = "[2001:db8::1]:" + port;
      assertThrows(CallException.class, () -> check.require(peer, secret("wrong")));
    }

    var e =
        assertThrows(CallException.class, () -> check.require("[2001:db8::1]:9", secret("right")));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, e.code());
  }

  @Test
  void anotherAddressOfTheSameNetworkIsTheSamePeer() throws CallException {
    for (int host = 1; host <= 3; host++) {
      String peer = "[2001:db8::" + host + "]:4711";
      assertThrows(CallException.class, () -> check.require(peer, secret("wrong")));
    }

    var e =
        assertThrows(
            CallException.class, () -> check.require("[2001:db8::ffff:1]:4711", secret("right")));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, e.code());
    check.require("[2001:db8:0:1::1]:4711", secret("right"));
  }

  private String refusal(String candidate, Status.Code code) {
    var e = assertThrows(CallException.class, () -> check.require(PEER, secret(candidate)));
    assertEquals(code, e.code());
    return e.getMessage();
  }

  private static Secret secret(String text) {
    return Secret.copyOf(Bytes.ofUtf8(text));
  }
}
