package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootstrapTokensTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00.987Z");

  private final BootstrapTokens tokens = new BootstrapTokens(() -> NOW, new SecureRandom());

  @Test
  void makesTokensOfKubernetesForm() {
    String token = tokens.create(BootstrapTokens.TTL).token();
    assertTrue(token.matches("[a-z0-9]{6}\\.[a-z0-9]{16}"), token);
  }

  @Test
  void neverMakesTheSameTokenTwice() {
    var seen = new HashSet<String>();
    for (int i = 0; i < 1000; i++) {
      assertTrue(seen.add(tokens.create(BootstrapTokens.TTL).token()));
    }
  }

  @Test
  void expiresAfter15Minutes() {
    assertEquals(
        Instant.parse("2026-05-01T12:15:00Z"), tokens.create(BootstrapTokens.TTL).expires());
  }

  @Test
  void writesTheSecretThatKubernetesReads() {
    var token =
        new BootstrapToken("abcdef", "0123456789abcdef", Instant.parse("2026-05-01T12:15:00Z"));
    assertEquals(
        "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"bootstrap.kubernetes.io/token\","
            + "\"metadata\":{\"name\":\"bootstrap-token-abcdef\",\"namespace\":\"kube-system\"},"
            + "\"data\":{\"token-id\":\"YWJjZGVm\",\"token-secret\":\"MDEyMzQ1Njc4OWFiY2RlZg==\","
            + "\"expiration\":\"MjAyNi0wNS0wMVQxMjoxNTowMFo=\","
            + "\"usage-bootstrap-signing\":\"dHJ1ZQ==\","
            + "\"usage-bootstrap-authentication\":\"dHJ1ZQ==\","
            + "\"auth-extra-groups\":"
            + "\"c3lzdGVtOmJvb3RzdHJhcHBlcnM6a3ViZWFkbTpkZWZhdWx0LW5vZGUtdG9rZW4=\"}}",
        Json.line(BootstrapTokens.toSecret(token)));
  }

  @Test
  void readsBackTheSecretItWrote() throws Exception {
    BootstrapToken token = tokens.create(Duration.ofMinutes(1));
    assertEquals(token, BootstrapTokens.fromSecret(BootstrapTokens.toSecret(token)));
  }

  @Test
  void refusesSecretsOfOtherTypes() {
    var secret = BootstrapTokens.toSecret(tokens.create(BootstrapTokens.TTL)).put("type", "Opaque");
    assertThrows(MalformedException.class, () -> BootstrapTokens.fromSecret(secret));
  }

  @Test
  void refusesASecretWithoutAToken() throws Exception {
    for (String member : List.of("token-id", "token-secret", "expiration")) {
      var secret = BootstrapTokens.toSecret(tokens.create(BootstrapTokens.TTL));
      Json.child(secret, "data").put(member, "AAAA");
      assertThrows(MalformedException.class, () -> BootstrapTokens.fromSecret(secret), member);
    }
  }

  @Test
  void readsATokenAsKubeadmDoes() throws Exception {
    var token = BootstrapToken.parse("abcdef.0123456789abcdef", NOW);
    assertEquals(new BootstrapToken("abcdef", "0123456789abcdef", NOW), token);
    for (String bad :
        List.of(
            "",
            "abcdef",
            "abcdef0123456789abcdef",
            "abcde.0123456789abcdef",
            "ABCDEF.0123456789abcdef",
            "abcdef.0123456789abcdef0",
            "abcdef.0123456789abcdef\n")) {
      assertThrows(MalformedException.class, () -> BootstrapToken.parse(bad, NOW), bad);
    }
  }

  @Test
  void neverShowsTheSecretHalf() {
    BootstrapToken token = tokens.create(BootstrapTokens.TTL);
    assertFalse(token.toString().contains(token.secret()));
  }
}
