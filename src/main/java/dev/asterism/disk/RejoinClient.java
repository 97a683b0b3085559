package dev.asterism.disk;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsClient;
import dev.asterism.attestation.Issuer;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.KeyIds;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueRejoinTicketRequest;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.rpc.Channels;
import dev.asterism.rpc.JoinTrouble;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Asks all join-services at once for this disk's key, round after round, until one gives the right
 * one.
 */
final class RejoinClient {
  private static final System.Logger LOG = System.getLogger(RejoinClient.class.getName());
  private static final double JITTER = 0.2;

  private final LockedDisk disk;
  private final Issuer issuer;
  private final RejoinSettings settings;
  private final Unlock.Endpoints endpoints;
  private final RandomGenerator random;
  private final UnlockNews news;

  RejoinClient(
      LockedDisk disk,
      Issuer issuer,
      RejoinSettings settings,
      Unlock.Endpoints endpoints,
      RandomGenerator random,
      UnlockNews news) {
    this.disk = disk;
    this.issuer = issuer;
    this.settings = settings;
    this.endpoints = endpoints;
    this.random = random;
    this.news = news;
  }

  /** Returns once there is a key that opens the disk. */
  UnlockKeys run() throws InterruptedException {
    Duration pause = settings.firstPause();
    while (true) {
      Optional<UnlockKeys> keys = round();
      if (keys.isPresent()) {
        return keys.get();
      }
      Thread.sleep(jittered(pause));
      Duration next = pause.multipliedBy(2);
      pause = next.compareTo(settings.longestPause()) > 0 ? settings.longestPause() : next;
    }
  }

  private Optional<UnlockKeys> round() throws InterruptedException {
    Set<String> wanted;
    try {
      wanted = new LinkedHashSet<>(endpoints.get());
    } catch (IOException e) {
      news.waiting("no join endpoints: " + e.getMessage());
      return Optional.empty();
    }
    if (wanted.isEmpty()) {
      news.waiting("there is no other control plane to ask");
      return Optional.empty();
    }
    var first = new CompletableFuture<UnlockKeys>();
    var troubles = new ArrayList<JoinTrouble>();
    var workers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rejoin-", 0).factory());
    try {
      var answers = new ExecutorCompletionService<JoinTrouble>(workers);
      wanted.forEach(endpoint -> answers.submit(() -> ask(endpoint, first)));
      for (int i = 0; i < wanted.size() && !first.isDone(); i++) {
        troubles.add(answers.take().get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      // The key came from elsewhere; nobody takes one that comes now.
      var _ = first.thenAccept(UnlockKeys::close);
      throw e;
    } finally {
      // Whoever is still asking is too late.
      workers.shutdownNow();
    }
    if (!first.isDone()) {
      tell(troubles);
    }
    return Optional.ofNullable(first.getNow(null));
  }

  private void tell(List<JoinTrouble> troubles) {
    String all = troubles.stream().map(JoinTrouble::reason).collect(Collectors.joining("; "));
    if (troubles.stream().allMatch(JoinTrouble::refused)) {
      news.refused("no key: " + all);
    } else {
      news.waiting("no key yet: " + all);
    }
  }

  /** Says why there is no key; what it says behind the first one does not count. */
  private JoinTrouble ask(String endpoint, CompletableFuture<UnlockKeys> first) {
    LOG.log(System.Logger.Level.INFO, "asking join-service {0} for the disk''s key", endpoint);
    try {
      return new JoinTrouble(false, endpoint + " " + check(ticket(endpoint), first));
    } catch (StatusRuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "rejoin attempt failed", e);
      return JoinTrouble.of(endpoint, e);
    } catch (IOException | RuntimeException e) {
      // The host chooses the addresses: one that is none must not end the others' round.
      LOG.log(System.Logger.Level.WARNING, "a join-service cannot be used", e);
      return new JoinTrouble(false, endpoint + " cannot be used: " + e.getMessage());
    }
  }

  private IssueRejoinTicketResponse ticket(String endpoint) {
    ManagedChannel channel =
        Channels.open(endpoint, AtlsClient.context(issuer, settings.joinServices()));
    try {
      return APIGrpc.newBlockingStub(channel)
          .withDeadlineAfter(settings.deadline().toMillis(), TimeUnit.MILLISECONDS)
          .issueRejoinTicket(
              IssueRejoinTicketRequest.newBuilder().setDiskUuid(disk.uuid()).build());
    } finally {
      channel.shutdownNow();
    }
  }

  private String check(IssueRejoinTicketResponse ticket, CompletableFuture<UnlockKeys> first)
      throws IOException {
    if (ticket.getStateDiskKey().size() != KeyIds.LENGTH
        || ticket.getMeasurementSecret().size() != KeyIds.LENGTH) {
      return "gave keys of the wrong length";
    }
    var keys =
        new UnlockKeys(secret(ticket.getStateDiskKey()), secret(ticket.getMeasurementSecret()));
    boolean taken = false;
    try {
      boolean opens = disk.opens(keys.diskKey());
      taken = opens && first.complete(keys);
      return opens ? "gave the key" : "gave a key that does not open this disk";
    } finally {
      if (!taken) {
        keys.close();
      }
    }
  }

  /** A copy of its own; the message keeps, and cannot zero, the other one. */
  private static Secret secret(ByteString value) {
    return Secret.takeOver(value.toByteArray());
  }

  private Duration jittered(Duration pause) {
    double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
    return Duration.ofMillis((long) (pause.toMillis() * factor));
  }
}
