package dev.asterism.joinservice;

import dev.asterism.atls.AtlsServer;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.keys.KeySource;
import dev.asterism.kubernetes.ClusterAccess;
import dev.asterism.metrics.Metrics;
import dev.asterism.rpc.Limits;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.rpc.Peers;
import dev.asterism.rpc.RpcServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The join-service: attested TLS in front, {@link JoinService} behind it. */
public final class JoinServiceRole implements AutoCloseable {
  /**
   * A node asks once for each connection, and has proven itself before: many that boot together
   * behind one address are no attack.
   */
  private static final Limits LIMITS =
      Limits.DEFAULT.with(Limits.Places.DEFAULT.withStreams(4).withCalls(256, 192));

  /** As long as a ticket may take: who has begun is not turned away half-way. */
  static final Duration CLOSE_GRACE = LIMITS.times().call();

  /** As many machines as may lose their answers within a minute; some 20 KiB each. */
  private static final int KEPT_ANSWERS = 512;

  private static final Duration SWEEP = Duration.ofSeconds(5);

  private final RpcServer server;
  private final Answers answers;
  private final Thread sweeper;

  private JoinServiceRole(RpcServer server, Answers answers) {
    this.server = server;
    this.answers = answers;
    this.sweeper = Thread.ofVirtual().name("answers").start(() -> sweep(answers));
  }

  /** So that secrets whose time is over do not stay until somebody asks. */
  private static void sweep(Answers answers) {
    try {
      while (true) {
        Thread.sleep(SWEEP);
        answers.sweep();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /**
   * Listens. The caller keeps what it handed in, and closes it after this.
   *
   * @param config reference values and salt; a reload counts for the next connection, and calls
   *     that are being answered end as they began
   * @param issuer this side's own evidence; null: the join-service does not attest, as old nodes
   *     have it
   * @param address where nodes reach it
   * @throws IOException if the address cannot be bound
   */
  public static JoinServiceRole start(
      Supplier<Versioned<JoinConfig>> config,
      ClusterAccess cluster,
      KeySource keys,
      AuditLog audit,
      Metrics metrics,
      InetSocketAddress address,
      @Nullable Issuer issuer,
      InstantSource clock)
      throws IOException {
    return start(
        config,
        cluster,
        keys,
        audit,
        metrics,
        address,
        issuer,
        clock,
        issuer == null ? PeerLimits.WITHOUT_EVIDENCE : PeerLimits.DEFAULT,
        FaultPoints.NONE);
  }

  /**
   * The same with other limits.
   *
   * @param connections how many handshakes each peer may begin
   * @param faults told after each step of a ticket
   */
  public static JoinServiceRole start(
      Supplier<Versioned<JoinConfig>> config,
      ClusterAccess cluster,
      KeySource keys,
      AuditLog audit,
      Metrics metrics,
      InetSocketAddress address,
      @Nullable Issuer issuer,
      InstantSource clock,
      PeerLimits connections,
      FaultPoints faults)
      throws IOException {
    var joinMetrics = new JoinMetrics(metrics);
    var records = new Records(audit, joinMetrics);
    var verification =
        new PeerVerification(() -> verifier(config.get(), joinMetrics), clock, records);
    var answers = new Answers(clock, Approvals.VALIDITY, KEPT_ANSWERS);
    var service =
        new JoinService(
            new Approvals(config, Peers::attested, clock),
            new Admission(cluster, clock),
            new Tickets(cluster, keys, clock, faults),
            answers,
            records,
            joinMetrics,
            Peers::address,
            faults);
    RpcServer server =
        RpcServer.builder("join-service", address)
            .tls(AtlsServer.context(issuer, verification))
            .limits(LIMITS)
            .connections(connections)
            .metrics(metrics)
            .service(service)
            .start();
    return new JoinServiceRole(server, answers);
  }

  /** Whoever asks to join or rejoin must not have joined yet, whatever the configuration lists. */
  private static Versioned<Verifier> verifier(Versioned<JoinConfig> config, JoinMetrics metrics) {
    Verifier verifier = config.value().policy().unspent().verifier();
    return new Versioned<>(new TimedVerifier(verifier, metrics), config.generation());
  }

  /** The port bound, also where the address said 0. */
  public int port() {
    return server.port();
  }

  /** Takes no new calls, and lets those that are being answered end within {@code grace}. */
  public void stop(Duration grace) {
    server.shutdown(grace);
    sweeper.interrupt();
    answers.close();
  }

  /** Blocks until it has stopped. */
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }

  @Override
  public void close() {
    stop(CLOSE_GRACE);
  }
}
