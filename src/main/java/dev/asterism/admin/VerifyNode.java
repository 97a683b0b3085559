package dev.asterism.admin;

import com.google.protobuf.ByteString;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Stage;
import dev.asterism.proto.verify.APIGrpc;
import dev.asterism.proto.verify.GetAttestationRequest;
import dev.asterism.rpc.Channels;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks a node's verify-service for fresh evidence and judges it. The connection is plaintext: the
 * evidence proves itself.
 */
public final class VerifyNode {
  /** The verify-service's node port. */
  public static final int PORT = 30081;

  private static final Bytes USER_DATA = Bytes.ofUtf8("VerifyService");
  private static final int NONCE_LENGTH = 32;
  private static final CheckId CLUSTER = new CheckId("cluster.register", Stage.POLICY);

  private final SecureRandom random;
  private final InstantSource clock;

  public VerifyNode(SecureRandom random, InstantSource clock) {
    this.random = random;
    this.clock = clock;
  }

  /**
   * What to ask, and what to judge by.
   *
   * @param config the attestation config
   * @param clusterId 32 bytes: the node must be a member of this cluster; null: not asked
   * @param nonce null: 32 random bytes
   * @param timeout for the whole call
   */
  public record Question(
      Endpoint endpoint,
      Platform platform,
      ObjectNode config,
      @Nullable Bytes clusterId,
      @Nullable Bytes nonce,
      Duration timeout) {}

  /**
   * Asks once.
   *
   * @throws MalformedException if the config is wrong
   * @throws NodeException if the node does not answer with evidence
   */
  public Answer ask(Question question) throws MalformedException, NodeException {
    Policy configured = question.platform().policy(question.config());
    Policy policy =
        question.clusterId() == null ? configured : configured.memberOf(question.clusterId());
    Bytes nonce = question.nonce() == null ? randomNonce() : question.nonce();
    Bytes document = fetch(question, nonce);
    Instant at = clock.instant();
    Appraisal appraisal = policy.verifier().verify(document, new Challenge(nonce, USER_DATA, at));
    if (question.clusterId() == null) {
      appraisal = BundleChecks.extended(appraisal, clusterNotAsked(configured).stream().toList());
    }
    ObjectNode inputs =
        DocumentKind.inputs(
            policy.variant(), nonce, USER_DATA, OwnRuling.effective(question.config(), policy));
    return new Answer(question.endpoint(), appraisal, document, at, inputs);
  }

  private Bytes fetch(Question question, Bytes nonce) throws NodeException {
    ManagedChannel channel = Channels.open(question.endpoint().toString(), null);
    try {
      var request =
          GetAttestationRequest.newBuilder().setNonce(ByteString.copyFrom(nonce.toArray())).build();
      ByteString document =
          APIGrpc.newBlockingStub(channel)
              .withDeadlineAfter(question.timeout().toMillis(), TimeUnit.MILLISECONDS)
              .getAttestation(request)
              .getAttestation();
      return Bytes.of(document.toByteArray());
    } catch (StatusRuntimeException e) {
      throw new NodeException(
          "the verify-service at "
              + question.endpoint()
              + " "
              + CallFailures.clause(e, question.timeout()),
          e);
    } finally {
      channel.shutdownNow();
    }
  }

  private Bytes randomNonce() {
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    return Bytes.of(nonce);
  }

  private static Optional<Check> clusterNotAsked(Policy policy) {
    return policy
        .variant()
        .clusterRegister()
        .map(index -> {
          String register = policy.variant().registerName(index);
          String how =
              policy.measurements().expected(index).isPresent()
                  ? register + " is compared with the configured value"
                  : register + " is not compared";
          return BundleChecks.note(
              CLUSTER,
              Outcome.WARNING,
              how + ": which cluster the node belongs to is not asked (--cluster-id)");
        });
  }

  /**
   * What the node answered, and what it is worth.
   *
   * @param inputs what it was judged by, in the form of a bundle's manifest
   */
  public record Answer(
      Endpoint endpoint, Appraisal appraisal, Bytes document, Instant at, ObjectNode inputs) {

    /** The evidence and what it was judged by, to be judged again later. */
    public BundleDraft bundle() {
      return new BundleDraft(
          DocumentKind.KIND,
          "verify-service at " + endpoint,
          at,
          inputs,
          new TreeMap<>(Map.of(DocumentKind.DOCUMENT, document)));
    }
  }
}
