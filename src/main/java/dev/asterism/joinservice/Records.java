package dev.asterism.joinservice;

import dev.asterism.atls.AttestedPeer;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Appraisal;
import dev.asterism.audit.AuditLog;
import dev.asterism.wire.Json;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps a record of every verdict and every decision. What cannot be recorded does not happen: a
 * verdict that is lost ends the handshake, a decision that is lost ends the call.
 */
final class Records implements PeerVerification.Listener {
  /** Part of a reason is a stranger's text. */
  private static final int LONGEST = 512;

  private static final Logger LOG = System.getLogger(Records.class.getName());

  private final AuditLog audit;
  private final JoinMetrics metrics;

  Records(AuditLog audit, JoinMetrics metrics) {
    this.audit = audit;
    this.metrics = metrics;
  }

  @Override
  public void appraised(String peerAddress, Appraisal appraisal, long generation) {
    metrics.verdict(appraisal.verdict().id());
    ObjectNode content = Json.newObject();
    content.put("peer", peerAddress).put("generation", generation);
    content.set("appraisal", appraisal.toJson());
    LOG.log(
        Level.INFO,
        "join-service: evidence from {0}: {1}",
        peerAddress,
        appraisal.accepted() ? "accepted" : appraisal.verdict().id() + ", " + appraisal.reason());
    keep("verdict", content);
  }

  @Override
  public void rejected(String peerAddress, String reason) {
    metrics.verdict("rejected");
    String text = reason.length() > LONGEST ? reason.substring(0, LONGEST) + "…" : reason;
    LOG.log(Level.INFO, "join-service: {0} rejected: {1}", peerAddress, text);
    keep("rejected", Json.newObject().put("peer", peerAddress).put("reason", text));
  }

  private void keep(String event, ObjectNode content) {
    try {
      audit.append(event, content);
    } catch (IOException e) {
      throw new UncheckedIOException("the audit log cannot be written", e);
    }
  }

  /** Begins the record of a decision. */
  static ObjectNode decision(String kind, String peerAddress) {
    return Json.newObject().put("ticket", kind).put("peer", peerAddress);
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

  void issued(ObjectNode decision) throws IOException {
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
    decision.put("code", status.getCode().name());
    decision.put("reason", String.valueOf(status.getDescription()));
    if (cause != null) {
      decision.put("cause", String.valueOf(cause.getMessage()));
    }
    LOG.log(Level.INFO, "join-service: ticket refused: {0}", Json.line(decision));
    try {
      audit.append("ticket-refused", decision);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "join-service: the audit log cannot be written", e);
    }
  }
}
