package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Good inputs with a few bytes changed are read or refused; no parser fails in another way. */
class RandomInputTest {
  private static final int ROUNDS = 500;

  private static final CertificateAuthority CA =
      CertificateAuthority.create("kubernetes", Instant.EPOCH, Instant.EPOCH.plusSeconds(60));

  /** A parser; what it gives does not matter here. */
  @FunctionalInterface
  private interface Parser {
    void parse(byte[] input) throws MalformedException, CsrException;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void certificateRequests(long seed) {
    Bytes csr =
        CertificateRequests.create(KeyPairs.ecP256(), "a", List.of("a"), List.of("10.0.0.1"));
    survives(seed, csr.toArray(), input -> KubeletCertificates.nodeName(Bytes.of(input)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void certificatesInPem(long seed) {
    byte[] pem = CA.certificatePem().getBytes(StandardCharsets.UTF_8);
    survives(seed, pem, input -> Pem.certificates("x", text(input)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void privateKeysInPem(long seed) {
    try (Secret pem = CA.privateKeyPem()) {
      survives(seed, pem.expose(), input -> Pem.privateKey("x", Secret.copyOf(input)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void clusterConfigurations(long seed) throws Exception {
    var good = new ClusterConfiguration("c", "v1", "h:1", "10.0.0.0/8", List.of("a", "*.b"));
    byte[] yaml = good.toYaml().getBytes(StandardCharsets.UTF_8);
    survives(seed, yaml, input -> ClusterConfiguration.parse(text(input)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void kubeconfigs(long seed) throws Exception {
    byte[] yaml =
        Kubeconfig.bootstrap("c", "h:1", CA.certificatePem(), "t").getBytes(StandardCharsets.UTF_8);
    survives(
        seed,
        yaml,
        input -> {
          Kubeconfig.server("x", text(input));
          Kubeconfig.authority("x", text(input));
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void components(long seed) {
    String good = "[{\"url\":\"data:,x\",\"Hash\":\"sha256:aa\",\"extract\":true},{}]";
    survives(
        seed,
        good.getBytes(StandardCharsets.UTF_8),
        input -> ComponentsConfig.parse(Json.value("components", Bytes.of(input))));
  }

  private static void survives(long seed, byte[] good, Parser parser) {
    var random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] changed = good.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      try {
        parser.parse(changed);
      } catch (MalformedException | CsrException e) {
        refused++;
      }
    }
    assertTrue(refused > 0, "the changes reach the parser");
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }
}
