package dev.asterism.joinservice;

import dev.asterism.atls.AttestedPeer;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.Outcome;
import dev.asterism.audit.AuditLog;
import dev.asterism.audit.Repetition;
import dev.asterism.rpc.LogLimit;
import dev.asterism.wire.Json;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps a record of every verdict and every decision. What cannot be recorded does not happen: a
 * verdict that is lost ends the handshake, a decision that is lost ends the call. Verdicts and
 * refusals that repeat one another are counted; a ticket never is.
 */
final class Records implements PeerVerification.Listener {
  private static final int CONNECTIONS = 4096;

  private static final Logger LOG = System.getLogger(Records.class.getName());

  private final AuditLog audit;
  private final JoinMetrics metrics;

  /** Whoever is turned away uses up nothing of what is there for those who are not. */
  private final LogLimit accepted = LogLimit.of(LOG);

  private final LogLimit turnedAway = LogLimit.of(LOG);
  private final RecordedVerdicts verdicts = new RecordedVerdicts(CONNECTIONS);

  Records(AuditLog audit, JoinMetrics metrics) {
    this.audit = audit;
    this.metrics = metrics;
  }

  @Override
  public void appraised(String peerAddress, Appraisal appraisal, long generation) {
    metrics.verdict(appraisal.verdict().id());
    String reason = LogLimit.cut(appraisal.reason());
    if (appraisal.accepted()) {
      accepted.log(Level.INFO, () -> "join-service: evidence from " + peerAddress + ": accepted");
    } else {
      turnedAway.log(
          Level.INFO,
          () ->
              "join-service: evidence from %s: %s, %s"
                  .formatted(peerAddress, appraisal.verdict().id(), reason));
    }
    verdicts.made(
        peerAddress,
        keep(
            "verdict",
            repetition(peerAddress, appraisal),
            () -> {
              ObjectNode content = decided(appraisal.verdict().id(), peerAddress);
              content.put("generation", generation);
              if (!appraisal.accepted()) {
                content.put("reason", reason);
              }
              content.set("appraisal", appraisal.toJson());
              return content;
            }));
  }

  /** The same machine, and the same check: what it found may be another thing each time. */
  private static Repetition repetition(String peerAddress, Appraisal appraisal) {
    Optional<Check> decisive =
        appraisal.checks().stream()
            .filter(check ->
                check.outcome() == Outcome.FAILED || check.outcome() == Outcome.UNAVAILABLE)
            .findFirst();
    return new Repetition(
        peerAddress,
        appraisal.claims().flatMap(NodeIdentity::of).orElse(""),
        appraisal.verdict().id()
            + decisive.map(check -> ": " + check.id().id() + " " + check.subject()).orElse(""));
  }

  @Override
  public void rejected(String peerAddress, String reason) {
    metrics.verdict("rejected");
    String text = LogLimit.cut(reason);
    turnedAway.log(Level.INFO, () -> "join-service: " + peerAddress + " rejected: " + text);
    keep(
        "rejected",
        new Repetition(peerAddress, "", text),
        () -> decided("rejected", peerAddress).put("reason", text));
  }

  private boolean keep(String event, Repetition what, Supplier<ObjectNode> content) {
    try {
      return audit.appendOrCount(event, what, content);
    } catch (IOException e) {
      throw new UncheckedIOException("the audit log cannot be written", e);
    }
  }

  private static ObjectNode decided(String decision, String peerAddress) {
    return Json.newObject().put("decision", decision).put("peer", peerAddress);
  }

  /** Begins the record of a decision; until it is made, it is a refusal. */
  static ObjectNode decision(String kind, String peerAddress) {
    return decided("refused", peerAddress).put("ticket", kind);
  }

  /** By which proof a decision was asked for. */
  static void describe(ObjectNode decision, AttestedPeer peer) {
    decision.put("generation", peer.generation());
    ObjectNode identity = decision.putObject("identity");
    peer.claims().identity().forEach((name, value) -> identity.put(name.id(), value));
  }

  /** What was asked for. */
  static void describe(ObjectNode decision, TicketRequest request) {
    decision
        .put("node", request.nodeName())
        .put("disk", request.diskKeyId())
        .put("controlPlane", request.controlPlane());
    request.addresses().forEach(decision.putArray("addresses")::add);
    request.dnsNames().forEach(decision.putArray("dnsNames")::add);
    request.principals().forEach(decision.putArray("principals")::add);
  }

  /** Returns once it is on record. */
  void issued(ObjectNode decision, AttestedPeer peer) throws IOException {
    decision.put("decision", "issued");
    if (!verdicts.has(decision.path("peer").asString(""))) {
      decision.set("appraisal", peer.appraisal().toJson());
    }
    audit.append("ticket-issued", decision);
    LOG.log(Level.INFO, "join-service: ticket issued: {0}", Json.line(decision));
  }

  /**
   * Also where the log is broken: then the refusal stands, and the operator's log has it.
   *
   * @param status what the peer is told
   * @param cause what it is not told
   */
  void refused(ObjectNode decision, Status status, @Nullable Throwable cause) {
    // A ticket whose record failed is not given.
    decision.put("decision", "refused").put("code", status.getCode().name());
    decision.put("reason", String.valueOf(status.getDescription()));
    if (cause != null) {
      decision.put("cause", String.valueOf(cause.getMessage()));
    }
    LOG.log(Level.INFO, "join-service: ticket refused: {0}", Json.line(decision));
    var what =
        new Repetition(
            decision.path("peer").asString(""),
            decision.path("admission").path("identity").asString(""),
            decision.path("ticket").asString("") + ": " + status.getDescription());
    try {
      audit.appendOrCount("ticket-refused", what, () -> decision);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "join-service: the audit log cannot be written", e);
    }
  }
}
