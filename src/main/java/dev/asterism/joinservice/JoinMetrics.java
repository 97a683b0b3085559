package dev.asterism.joinservice;

import dev.asterism.metrics.Counter;
import dev.asterism.metrics.Histogram;
import dev.asterism.metrics.Metrics;
import java.time.Duration;

/** What the join-service counts. Labels come from closed sets. */
final class JoinMetrics {
  private final Counter tickets;
  private final Histogram ticketSeconds;
  private final Counter verdicts;
  private final Histogram verificationSeconds;

  JoinMetrics(Metrics metrics) {
    tickets =
        metrics.counter(
            "asterism_join_tickets_total",
            "Tickets asked for, by kind (join, rejoin) and gRPC status (OK: issued).",
            "kind",
            "status");
    ticketSeconds =
        metrics.histogram(
            "asterism_join_ticket_seconds", "From a request to its ticket or refusal.", "kind");
    verdicts =
        metrics.counter(
            "asterism_join_verdicts_total",
            "Peers judged, by verdict; rejected: without evidence to appraise.",
            "verdict");
    verificationSeconds =
        metrics.histogram(
            "asterism_join_verification_seconds", "Verification and appraisal of one document.");
  }

  void ticket(String kind, String status, Duration took) {
    tickets.increment(kind, status);
    ticketSeconds.observe(took, kind);
  }

  void verdict(String verdict) {
    verdicts.increment(verdict);
  }

  void verification(Duration took) {
    verificationSeconds.observe(took);
  }
}
