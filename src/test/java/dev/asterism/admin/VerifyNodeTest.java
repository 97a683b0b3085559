package dev.asterism.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Verdict;
import dev.asterism.crypto.Digests;
import dev.asterism.testing.FakeInitNode;
import dev.asterism.testing.FakePlatform;
import dev.asterism.testing.FakeVerifyService;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class VerifyNodeTest {
  private static final Bytes GOOD = Bytes.ofUtf8("0123456789abcdef0123456789abcdef");
  private static final Bytes CLUSTER = Bytes.ofUtf8("cluster789abcdef0123456789abcdef");
  private static final Bytes MEMBER =
      Digests.SHA256.of(Bytes.zeros(32), Digests.SHA256.of(CLUSTER));
  private static final Issuer NODE = FakePlatform.issuer(Map.of(4, GOOD, 15, MEMBER));
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir Path temp;

  @Test
  void acceptsAMemberOfTheCluster() throws Exception {
    try (var node = new FakeVerifyService(NODE)) {
      Appraisal appraisal = ask(node, config(GOOD), CLUSTER, null).appraisal();

      assertEquals(Verdict.ACCEPTED, appraisal.verdict());
      assertEquals(List.of(), appraisal.with(Outcome.WARNING));
    }
  }

  @Test
  void refusesAMemberOfAnotherCluster() throws Exception {
    try (var node = new FakeVerifyService(NODE)) {
      Appraisal appraisal = ask(node, config(GOOD), GOOD, null).appraisal();

      assertEquals(Verdict.REFUSED, appraisal.verdict());
      assertTrue(appraisal.reason().startsWith("PCR 15: expected"), appraisal.reason());
    }
  }

  @Test
  void warnsWhereTheClusterIsNotAskedFor() throws Exception {
    try (var node = new FakeVerifyService(NODE)) {
      Appraisal unlisted = ask(node, config(GOOD), null, null).appraisal();
      assertEquals(Verdict.ACCEPTED, unlisted.verdict());
      assertTrue(warning(unlisted).note().startsWith("PCR 15 is not compared"));

      ObjectNode listed = config(GOOD);
      ((ObjectNode) listed.get("measurements")).put("15", Bytes.zeros(32).hex());
      Appraisal compared = ask(node, listed, null, null).appraisal();
      assertEquals(Verdict.REFUSED, compared.verdict());
      assertTrue(warning(compared).note().startsWith("PCR 15 is compared with the configured"));
    }
  }

  @Test
  void refusesAnotherMeasurement() throws Exception {
    try (var node = new FakeVerifyService(NODE)) {
      Appraisal appraisal = ask(node, config(CLUSTER), CLUSTER, null).appraisal();

      assertTrue(appraisal.reason().startsWith("PCR 4: expected"), appraisal.reason());
    }
  }

  @Test
  void refusesOldEvidence() throws Exception {
    Bytes old = NODE.issue(Bytes.ofUtf8("VerifyService"), Bytes.zeros(32));
    try (var node = new FakeVerifyService(nonce -> old)) {
      Appraisal appraisal = ask(node, config(GOOD), CLUSTER, null).appraisal();

      assertEquals(Verdict.REFUSED, appraisal.verdict());
      assertTrue(appraisal.reason().startsWith("fake.nonce"), appraisal.reason());
    }
  }

  @Test
  void refusesEvidenceThatWasMadeForAnotherPurpose() throws Exception {
    try (var node = new FakeVerifyService(nonce -> NODE.issue(Bytes.ofUtf8("aTLS"), nonce))) {
      Appraisal appraisal = ask(node, config(GOOD), CLUSTER, null).appraisal();

      assertTrue(appraisal.reason().startsWith("fake.user-data"), appraisal.reason());
    }
  }

  @Test
  void sendsThirtyTwoFreshBytesUnlessToldWhatToSend() throws Exception {
    try (var node = new FakeVerifyService(NODE)) {
      Bytes own = Bytes.ofUtf8("0123456789abcdef");
      ask(node, config(GOOD), CLUSTER, null);
      ask(node, config(GOOD), CLUSTER, null);
      ask(node, config(GOOD), CLUSTER, own);

      assertEquals(32, node.nonces.get(0).length());
      assertNotEquals(node.nonces.get(0), node.nonces.get(1));
      assertEquals(own, node.nonces.get(2));
    }
  }

  @Test
  void whatIsSavedIsJudgedTheSameLater() throws Exception {
    try (var node = new FakeVerifyService(NODE)) {
      VerifyNode.Answer answer = ask(node, config(GOOD), CLUSTER, null);
      Path folder = temp.resolve("saved");
      Bundles.write(folder, answer.bundle());

      Judgement again = judge(folder, OwnRuling.NONE);
      assertEquals(Verdict.ACCEPTED, again.appraisal().verdict());

      assertEquals(
          Verdict.REFUSED, judge(folder, own(config(CLUSTER), null)).appraisal().verdict());
      Judgement otherNonce = judge(folder, own(null, Bytes.zeros(32)));
      assertTrue(otherNonce.appraisal().reason().startsWith("fake.nonce"));
    }
  }

  @Test
  void savedEvidenceOfAnotherVariantIsRefused() throws Exception {
    try (var node = new FakeVerifyService(NODE)) {
      Path folder = temp.resolve("saved");
      Bundles.write(folder, ask(node, config(GOOD), CLUSTER, null).bundle());
      ObjectNode config = config(GOOD).put("variant", "gcp-sev-es");

      Judgement judgement = judge(folder, own(config, null));
      assertEquals(
          "document.variant: expected gcp-sev-es got qemu-vtpm", judgement.appraisal().reason());
    }
  }

  @Test
  void saysWhatIsWrongWithANodeThatDoesNotAnswer() throws Exception {
    int free;
    try (var socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertFails("does not answer (connection refused)", free, Duration.ofSeconds(10));
    try (var node =
        new FakeVerifyService(nonce -> {
          throw new IssueException("the TPM is gone");
        })) {
      assertFails("refused: the TPM is gone", node.port(), Duration.ofSeconds(10));
    }
    try (var node =
        new FakeVerifyService(nonce -> {
          Thread.yield();
          java.util.concurrent.locks.LockSupport.parkNanos(5_000_000_000L);
          return nonce;
        })) {
      assertFails("did not answer within 1 s", node.port(), Duration.ofSeconds(1));
    }
    try (var node = FakeInitNode.plaintext((q, out) -> out.onCompleted())) {
      assertFails("offers no such service", node.port(), Duration.ofSeconds(10));
    }
  }

  @Test
  void aNonsenseDocumentIsRefusedNotAFailure() throws Exception {
    try (var node = new FakeVerifyService(nonce -> Bytes.EMPTY)) {
      assertFalse(ask(node, config(GOOD), CLUSTER, null).appraisal().accepted());
    }
  }

  private static void assertFails(String message, int port, Duration timeout) {
    var e =
        assertThrows(NodeException.class, () -> ask(port, config(GOOD), CLUSTER, null, timeout));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private static Check warning(Appraisal appraisal) {
    assertEquals(1, appraisal.with(Outcome.WARNING).size());
    return appraisal.with(Outcome.WARNING).getFirst();
  }

  private static OwnRuling own(@Nullable ObjectNode config, @Nullable Bytes nonce) {
    return new OwnRuling(config, null, nonce, null);
  }

  private static Judgement judge(Path folder, OwnRuling own) {
    return new EvidenceVerification(
            List.of(new DocumentKind(List.of(new FakePlatform()))), InstantSource.fixed(NOW))
        .judge(folder.toString(), own);
  }

  private static ObjectNode config(Bytes pcr4) throws Exception {
    return Json.object("config", "{\"measurements\": {\"4\": \"" + pcr4.hex() + "\"}}");
  }

  private static VerifyNode.Answer ask(
      FakeVerifyService node, ObjectNode config, @Nullable Bytes cluster, @Nullable Bytes nonce)
      throws Exception {
    return ask(node.port(), config, cluster, nonce, Duration.ofSeconds(20));
  }

  private static VerifyNode.Answer ask(
      int port, ObjectNode config, @Nullable Bytes cluster, @Nullable Bytes nonce, Duration timeout)
      throws Exception {
    var endpoint = new Endpoint("127.0.0.1", port);
    return new VerifyNode(new SecureRandom(), InstantSource.fixed(NOW))
        .ask(
            new VerifyNode.Question(endpoint, new FakePlatform(), config, cluster, nonce, timeout));
  }
}
